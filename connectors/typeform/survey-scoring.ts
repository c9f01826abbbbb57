import { type Mapped, mapWord } from "../../shared/domain/mapped.ts";
import type { Field } from "./schema.ts";

type SurveyType = "nps" | "csat" | "ces" | "open";

/** A question that gives a score, what it scores, and its lowest and highest answer. */
export interface Scoring {
  readonly field: Field;
  readonly type: Exclude<SurveyType, "open">;
  readonly scale: [number, number];
}

/** How many steps Typeform gives where nobody chose. */
const STEPS: Readonly<Record<string, number>> = { opinion_scale: 11, rating: 3 };

/** Wordings by which a scale is known, in this order; the README says them too. */
const WORDINGS: readonly (readonly [type: Scoring["type"], words: RegExp])[] = [
  ["nps", /\brecommend/i],
  ["csat", /\b(?:dis)?satisf/i],
  ["ces", /\b(?:easy|easily|ease|effort|difficult)\b/i],
];

/** Every question of a form in order, those inside groups too. */
export const questionsOf = (
  fields:
    | readonly (Field & {
        readonly properties?: { readonly fields?: readonly Field[] | null | undefined } | null | undefined;
      })[]
    | null
    | undefined,
): Field[] => (fields ?? []).flatMap((field) => (field.type === "group" ? (field.properties?.fields ?? []) : [field]));

const scaleOf = ({ type, properties }: Field): [number, number] => {
  if (type === "nps") return [0, 10];
  const steps = properties?.steps ?? STEPS[type ?? ""] ?? 1;
  const lowest = type === "rating" || properties?.start_at_one === true ? 1 : 0;
  return [lowest, lowest + steps - 1];
};

/**
 * The question that says what kind of survey a form is: the first of Typeform's own NPS questions, else the first scale
 * whose wording is known. A recommendation counts as NPS on the scale from 0 to 10 only.
 */
export const scoringOf = (questions: readonly Field[]): Scoring | undefined => {
  const own = questions.find(({ type }) => type === "nps");
  if (own !== undefined) return { field: own, type: "nps", scale: [0, 10] };
  for (const field of questions) {
    if (field.type !== "opinion_scale" && field.type !== "rating") continue;
    const scale = scaleOf(field);
    const isTen = scale[0] === 0 && scale[1] === 10;
    const [type] = WORDINGS.find(([named, words]) => words.test(field.title ?? "") && (named !== "nps" || isTen)) ?? [];
    if (type !== undefined) return { field, type, scale };
  }
  return undefined;
};

/** The kind of a survey beside the type of the question that tells it. */
export const surveyTypeOf = (scoring: Scoring | undefined, formType: string | null | undefined): Mapped<SurveyType> => {
  const name = scoring?.field.type ?? formType ?? "form";
  return mapWord<SurveyType>({ name }, new Map([[name.toLowerCase(), scoring?.type ?? "open"]]));
};
