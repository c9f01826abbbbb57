import { cumsum } from "d3-array";
import { STAGES, type Stage } from "../../../domain/stage.ts";
import { STAGE_WORDS } from "../../words.ts";

const WIDTH = 640;

/** How features are spread over the stages: one bar, each part with its word and number under it as a link. */
export const StageBar = ({
  id,
  counts,
  href,
}: {
  readonly id: string;
  readonly counts: Readonly<Record<Stage | "none", number>>;
  readonly href: (stage: Stage) => string;
}) => {
  const values = STAGES.map((stage) => counts[stage]);
  const ends = cumsum(values);
  const total = ends.at(-1) ?? 0;
  const caption = `${total.toLocaleString("en-GB")} features by stage.`;
  return (
    <figure class="chart">
      <figcaption id={id}>{caption}</figcaption>
      <svg class="stages" viewBox={`0 0 ${WIDTH} 16`} role="img" aria-label={caption} preserveAspectRatio="none">
        {total > 0 &&
          STAGES.map((stage, at) => {
            const width = (counts[stage] / total) * WIDTH;
            return (
              width > 0 && (
                <rect class={`p${at}`} x={((ends[at] ?? 0) / total) * WIDTH - width} y="0" width={width} height="16" />
              )
            );
          })}
      </svg>
      <ol class="parts">
        {STAGES.map((stage, at) => (
          <li>
            <a class={`q${at}`} href={href(stage)}>
              {STAGE_WORDS[stage]} <b>{counts[stage].toLocaleString("en-GB")}</b>
            </a>
          </li>
        ))}
      </ol>
    </figure>
  );
};
