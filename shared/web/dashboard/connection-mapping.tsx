import { STATUS_CATEGORIES } from "../../domain/entity.ts";
import type { HubEvent } from "../../domain/event.ts";
import type { ConnectionDetail, MappedWord } from "../../store/connection-detail.ts";
import type { ConnectionView } from "../../store/views.ts";
import { STAGE_WORDS, toolName } from "../words.ts";
import { Scroll } from "./scroll.tsx";
import { Moment } from "./time.tsx";

const BY_WORDS: Readonly<Record<MappedWord["by"], string>> = {
  user: "a line of your config",
  tool: "the tool's own type",
  default: "not mapped",
};

/** Lines to paste, each word with a place for what it means. A vendor's word is text in them and nothing else. */
const Snippet = ({ connection, gaps }: { readonly connection: string; readonly gaps: readonly MappedWord[] }) => (
  <>
    <p>
      Put these lines into <code>throughline.config.ts</code> and choose for each word one of{" "}
      {STATUS_CATEGORIES.map((category, index) => (
        <>
          {index > 0 && ", "}
          <code>{category}</code>
        </>
      ))}
      .
    </p>
    <Scroll label="Lines for the config">
      <pre>
        <code>
          {[
            "statuses: {",
            `  ${JSON.stringify(connection)}: {`,
            ...gaps.map(({ name }) => `    ${JSON.stringify(name)}: "in_progress",`),
            "  },",
            "},",
          ].join("\n")}
        </code>
      </pre>
    </Scroll>
  </>
);

const Words = ({ words }: { readonly words: readonly MappedWord[] }) => (
  <Scroll label="Status words">
    <table>
      <thead>
        <tr>
          <th scope="col">Status of the tool</th>
          <th scope="col">Type in the tool</th>
          <th scope="col">Mapped to</th>
          <th scope="col">Decided by</th>
        </tr>
      </thead>
      <tbody>
        {words.map(({ name, type, scope, means, by }) => (
          <tr>
            <th scope="row">
              {name}
              {scope !== undefined && <span class="quiet sub">{scope}</span>}
            </th>
            <td>{type}</td>
            <td>{means === "unknown" ? <span class="h at_risk">not mapped</span> : <code>{means}</code>}</td>
            <td>{BY_WORDS[by]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

/** Values of other fields that no table knows, each as it was first seen. */
const OtherGaps = ({ gaps }: { readonly gaps: readonly HubEvent<"mapping.gap.detected">[] }) => (
  <section aria-labelledby="other-gaps">
    <h2 id="other-gaps">Other unmapped values</h2>
    {gaps.length === 0 ? (
      <p class="quiet">None seen in the last two weeks.</p>
    ) : (
      <ul class="plain">
        {gaps.map(({ data: { field, value }, time }) => (
          <li>
            <code>{field}</code>: {value.name}{" "}
            <span class="quiet">
              first seen <Moment at={time} />
            </span>
          </li>
        ))}
      </ul>
    )}
  </section>
);

const Own = ({ detail }: { readonly detail: ConnectionDetail }) => (
  <section aria-labelledby="own">
    <h2 id="own">Other mappings in your config</h2>
    {detail.environments.length + detail.stages.length === 0 ? (
      <p class="quiet">
        Nothing: deployment environments are known by their names, and no status stands for a stage of its own.
      </p>
    ) : (
      <ul class="plain">
        {detail.environments.map(({ name, means }) => (
          <li>
            Environment {name}: <code>{means}</code>
          </li>
        ))}
        {detail.stages.map(({ name, means }) => (
          <li>
            Status {name} stands for the stage {STAGE_WORDS[means]}
          </li>
        ))}
      </ul>
    )}
  </section>
);

/** What words of the tool mean here and why; those that mean nothing stand first, with lines to paste. */
export const Mapping = ({
  connection,
  words,
  next,
  gaps,
  detail,
}: {
  readonly connection: ConnectionView;
  readonly words: readonly MappedWord[];
  /** The address of the words behind these. */
  readonly next: string | undefined;
  readonly gaps: readonly HubEvent<"mapping.gap.detected">[];
  readonly detail: ConnectionDetail | undefined;
}) => {
  const unknown = words.filter(({ means }) => means === "unknown");
  return (
    <>
      <section aria-labelledby="mapping">
        <h2 id="mapping">Statuses</h2>
        {words.length === 0 && (
          <p class="quiet">{toolName(connection.tool)} has not reported any statuses to map yet.</p>
        )}
        {unknown.length > 0 && <Snippet connection={connection.name} gaps={unknown} />}
        {words.length > 0 && <Words words={[...unknown, ...words.filter(({ means }) => means !== "unknown")]} />}
        {next !== undefined && (
          <p>
            <a class="more" rel="next" href={next}>
              Show more
            </a>
          </p>
        )}
      </section>
      <OtherGaps gaps={gaps} />
      {detail !== undefined && <Own detail={detail} />}
    </>
  );
};
