import type { EvidenceLine } from "../../store/views.ts";
import { KIND_WORDS, toolName } from "../words.ts";
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
      {line.status !== undefined && (
        <span class={`pill ${line.status.category}`}>{line.status.detail || line.status.category}</span>
      )}
    </span>
    <span class="quiet">
      {toolName(line.tool)} · <Day at={line.at} /> · {line.via}
      {sure(line.confidence)}
    </span>
  </li>
);

/** The records of all tools that belong to a feature, by kind. */
export const FeatureWork = ({
  lines,
  more,
}: {
  readonly lines: readonly EvidenceLine[];
  readonly more: string | undefined;
}) => {
  const byKind = Map.groupBy(lines, ({ kind }) => kind);
  return (
    <section aria-labelledby="work">
      <h2 id="work">Work</h2>
      {lines.length === 0 && (
        <p class="quiet">
          No record of any tool is linked to this feature yet. Mention its key in a branch, a pull request or an issue.
        </p>
      )}
      {[...byKind].map(([kind, records]) => (
        <>
          <h3>
            {KIND_WORDS[kind]} <span class="quiet">{records.length}</span>
          </h3>
          <ul class="records">
            {records.map((line) => (
              <Record line={line} />
            ))}
          </ul>
        </>
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
