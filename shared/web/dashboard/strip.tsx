import { type Explanation, STAGES, type StageState } from "../../domain/stage.ts";
import { STAGE_WORDS } from "../words.ts";

const STEP = 10;
/** One short class and one pen stroke per state: a card must stay small (surfaces 3.1). Empty slots are drawn by CSS. */
const STROKES: Readonly<Partial<Record<StageState, { readonly class: string; readonly pen: string }>>> = {
  done: { class: "d", pen: "h9" },
  active: { class: "a", pen: "h9" },
  skipped: { class: "s", pen: "h9" },
  regressed: { class: "r", pen: "h2m2 0h5" },
  unknown: { class: "u", pen: "h9" },
};

type Stages = Explanation["stages"];

/** The strip as a sentence: `4 of 8 stages done, Testing active`. */
const stripText = (stages: Stages): string => {
  const named = (state: StageState) => STAGES.filter((stage) => stages[stage].state === state);
  const say = (state: StageState, word: string) =>
    named(state)
      .map((stage) => `, ${STAGE_WORDS[stage]} ${word}`)
      .join("");
  return `${named("done").length} of 8 stages done${say("active", "active")}${say("regressed", "regressed")}`;
};

/** All eight stages of a feature in one small picture. */
export const Strip = ({ stages }: { readonly stages: Stages }) => (
  <svg class="strip" viewBox="0 0 79 10" role="img" aria-label={stripText(stages)}>
    {Object.entries(STROKES).map(([state, { class: name, pen }]) => {
      const path = STAGES.flatMap((stage, place) =>
        stages[stage].state === state ? `M${place * STEP} 5${pen}` : [],
      ).join("");
      return path === "" ? null : <path class={name} d={path} />;
    })}
  </svg>
);
