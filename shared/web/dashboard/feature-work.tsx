import type { EvidenceLine } from "../../store/views.ts";
import { detailWords, KIND_WORDS, toolName } from "../words.ts";
import { Outside } from "./link.tsx";
import { Day } from "./time.tsx";

const sure = (confidence: number): string => (confidence >= 1 ? "" : `, ${Math.round(confidence * 100)} % sure`);

const Record = ({ line }: { readonly line: EvidenceLine }) => (
  <li>
    <span class="what">
      <Outside href={line.url}>
        {line.key !== undefined && <b>{line.key} </b>}
        {line.name}
      </Outside>
      {line.status !== undefined && <span class={`pill ${line.status.category}`}>{detailWords(line.status)}</span>}
    </span>
    <span class="quiet">
      {toolName(line.tool)} · <Day at={line.at} /> · {line.via}
      {sure(line.confidence)}
      {line.kind === "release" && (
        <>
          {" · "}
          <a href={`/releases/${line.id}`}>
            contents<span class="vh"> with {line.name}</span>
          </a>
        </>
      )}
    </span>
  </li>
);

const SHOWN = 6;
/** What people look for, in this order; of all else only how many there are is told at first. */
const FIRST: readonly string[] = ["workItem", "pullRequest", "release", "deployment", "featureFlag", "design"];

const Records = ({ records }: { readonly records: readonly EvidenceLine[] }) => (
  <ul class="records">
    {records.map((line) => (
      <Record line={line} />
    ))}
  </ul>
);

const newest = (records: readonly EvidenceLine[]) => records.toSorted((a, b) => (a.at > b.at ? -1 : 1));

/** The records of all tools that belong to a feature, by kind, with how each is connected. */
export const FeatureWork = ({
  lines,
  more,
}: {
  readonly lines: readonly EvidenceLine[];
  readonly more: string | undefined;
}) => {
  const kinds = [...Map.groupBy(lines, ({ kind }) => kind)];
  const first = FIRST.flatMap((kind) => kinds.filter(([of]) => of === kind));
  const rest = kinds.filter(([kind]) => !FIRST.includes(kind));
  return (
    <section aria-labelledby="work">
      <h2 id="work">Work</h2>
      {lines.length === 0 && (
        <p class="quiet">
          No records are linked to this feature yet. Mention its key in a branch, a pull request or an issue.
        </p>
      )}
      {first.map(([kind, records]) => (
        <>
          <h3>
            {KIND_WORDS[kind]} <span class="quiet">{records.length}</span>
          </h3>
          <Records records={newest(records).slice(0, SHOWN)} />
          {records.length > SHOWN && (
            <details>
              <summary>
                {records.length - SHOWN} more<span class="vh"> of {KIND_WORDS[kind]}</span>
              </summary>
              <Records records={newest(records).slice(SHOWN)} />
            </details>
          )}
        </>
      ))}
      {rest.map(([kind, records]) => (
        <details>
          <summary>
            {KIND_WORDS[kind]} ({records.length})
          </summary>
          <Records records={newest(records)} />
        </details>
      ))}
      {more !== undefined && (
        <p>
          <a class="more" href={more}>
            Show more work
          </a>
        </p>
      )}
    </section>
  );
};
