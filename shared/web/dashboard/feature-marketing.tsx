import type { Entity } from "../../domain/entity.ts";
import type { ConnectionView } from "../../store/views.ts";
import { detailWords, toolName } from "../words.ts";
import { Outside } from "./link.tsx";
import { Nothing } from "./needs-connection.tsx";
import { Scroll } from "./scroll.tsx";
import { Day } from "./time.tsx";

/** What a tool did not tell is no zero. */
const told = (count: number | undefined) =>
  count === undefined ? <span class="quiet">not reported</span> : count.toLocaleString("en-GB");

/** The campaigns of a feature: to whom, when, and what came of them. */
export const FeatureMarketing = ({
  campaigns,
  announcements,
  connections,
}: {
  readonly campaigns: readonly Entity<"campaign">[];
  readonly announcements: readonly Entity<"announcement">[];
  readonly connections: readonly ConnectionView[];
}) => (
  <section aria-labelledby="marketing">
    <h2 id="marketing">Marketing</h2>
    {campaigns.length + announcements.length === 0 && (
      <Nothing
        connections={connections}
        kinds={["campaign", "announcement"]}
        what="a marketing"
        none="No campaigns or announcements are linked to this feature."
      />
    )}
    {campaigns.length > 0 && (
      <Scroll label="Campaigns">
        <table>
          <thead>
            <tr>
              <th scope="col">Campaign</th>
              <th scope="col">State</th>
              <th scope="col">Sent</th>
              {["Sends", "Clicks", "Sign-ups"].map((word) => (
                <th scope="col" class="num">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {campaigns.map(({ fields, source }) => (
              <tr>
                <th scope="row">
                  <Outside href={source.url}>{fields.name}</Outside>
                  <span class="quiet sub">
                    {toolName(source.tool)} · {detailWords(fields.channel)}
                  </span>
                </th>
                <td>{detailWords(fields.status)}</td>
                <td>{fields.sentAt !== undefined && <Day at={fields.sentAt} />}</td>
                <td class="num">{told(fields.sent)}</td>
                <td class="num">{told(fields.clicks)}</td>
                <td class="num">{told(fields.conversions)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
    {announcements.length > 0 && (
      <ul class="records">
        {announcements.map(({ fields, source }) => (
          <li>
            <span class="what">
              <Outside href={source.url}>{fields.title}</Outside>
              <span class="pill">{detailWords(fields.audience)}</span>
            </span>
            <span class="quiet">
              {toolName(source.tool)} · <Day at={fields.at} />
            </span>
          </li>
        ))}
      </ul>
    )}
  </section>
);
