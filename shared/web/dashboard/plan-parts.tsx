import { STAGES } from "../../domain/stage.ts";
import type { KeyResultView, PlanRollUp } from "../../store/shown-plan.ts";
import { HEALTH_WORDS, STAGE_WORDS, toolName } from "../words.ts";
import { Health } from "./health.tsx";
import { Outside } from "./link.tsx";
import { Day, Target } from "./time.tsx";

const figure = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

const amount = (value: number, unit: string | undefined): string =>
  `${figure.format(value)}${unit === undefined ? "" : ` ${unit}`}`;

/** One result: how far it is, in figures and as a bar, and what measures it. */
export const KeyResult = ({ result }: { readonly result: KeyResultView }) => {
  const { title, current, target, baseline, unit, progress, metric, dueDate } = result;
  return (
    <li>
      <span class="what">
        <span>{title}</span>
        <span>
          {progress !== null && (
            <>
              <meter min={0} max={1} value={progress} aria-label={`${title}: progress`} />{" "}
              {`${Math.round(progress * 100)} %`}
            </>
          )}
        </span>
      </span>
      <span class="quiet">
        {current === undefined ? "not measured yet" : `now ${amount(current, unit)}`}
        {target !== undefined &&
          `, ${baseline === undefined ? "" : `from ${amount(baseline, unit)} `}to ${amount(target, unit)}`}
        {dueDate !== undefined && (
          <>
            {" "}
            by <Target date={dueDate} />
          </>
        )}
        {metric !== undefined && (
          <>
            , measured by <Outside href={metric.url}>{metric.name}</Outside> in {toolName(metric.tool)}
            {metric.at !== undefined && (
              <>
                {" "}
                on <Day at={metric.at} />
              </>
            )}
          </>
        )}
      </span>
    </li>
  );
};

/** Where the features below something stand, in one line; stages with none are left out. */
export const StageCounts = ({ rollUp }: { readonly rollUp: PlanRollUp }) => {
  const shown = ([...STAGES, "none"] as const).filter((stage) => rollUp.stages[stage] > 0);
  return (
    <span class="quiet">
      {rollUp.features === 0
        ? "no features yet"
        : shown.map((stage) => `${rollUp.stages[stage]} ${STAGE_WORDS[stage]}`).join(" · ")}
    </span>
  );
};

/** The worst health with how many stand behind it. */
export const HealthCounts = ({ rollUp }: { readonly rollUp: PlanRollUp }) => (
  <>
    <Health value={rollUp.health} />{" "}
    <span class="quiet">
      {(["off_track", "at_risk", "on_track", "unknown"] as const)
        .filter((value) => rollUp.healthCounts[value] > 0)
        .map((value) => `${rollUp.healthCounts[value]} ${HEALTH_WORDS[value].word.toLowerCase()}`)
        .join(", ")}
    </span>
  </>
);
