import { createHash } from "node:crypto";
import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { hash, pick } from "../company/random.ts";
import type { World } from "../company/world.ts";

/** A question as Typeform's API gives it. */
export interface Field {
  readonly id: string;
  readonly ref: string;
  readonly title: string;
  readonly type: string;
  readonly properties?: object;
}

/** A form, times in milliseconds since the epoch. */
export interface Form {
  readonly id: string;
  readonly title: string;
  readonly workspace: string;
  readonly fields: readonly Field[];
  readonly created: number;
  readonly updated: number;
  readonly isPublic: boolean;
}

export interface Response {
  readonly token: string;
  readonly form: string;
  readonly submitted: number;
  readonly score: number;
  readonly text: string;
  readonly hidden: Readonly<Record<string, string>>;
}

type Ask = "nps" | "csat" | "ces";

const token = (...parts: readonly (string | number)[]): string =>
  createHash("sha256").update(parts.join("/")).digest("hex");

/** Question types as the three kinds of survey have them. */
const QUESTIONS: Readonly<Record<Ask, Omit<Field, "id" | "ref">>> = {
  nps: { type: "nps", title: "How likely are you to recommend us to a colleague?", properties: {} },
  csat: {
    type: "rating",
    title: "How satisfied are you with it?",
    properties: { shape: "star", steps: 5 },
  },
  ces: {
    type: "opinion_scale",
    title: "It was easy to do what I wanted to do",
    properties: { steps: 7, start_at_one: true, labels: { left: "Disagree", right: "Agree" } },
  },
};

const workspaceOf = (product: number): string => `wrk${product}Acm`;

const formOf = (world: World, id: string, title: string, ask: Ask, product: number, day: number): Form => ({
  id,
  title,
  workspace: workspaceOf(product),
  fields: [
    { id: `${id}Score`, ref: `score-${ask}`, ...QUESTIONS[ask] },
    { id: `${id}Text`, ref: "why", type: "long_text", title: "What made you say so?", properties: {} },
    { id: `${id}Name`, ref: "name", type: "short_text", title: "What is your name?", properties: {} },
    { id: `${id}Mail`, ref: "mail", type: "email", title: "Where may we write to you?", properties: {} },
  ],
  created: timeOf(world, day),
  updated: timeOf(world, day + 1),
  isPublic: true,
});

/** One survey for each product, and one for features that are out, at most eight. */
const surveyed = (world: World): readonly Exposure[] =>
  exposures(world)
    .filter(({ days }) => days.shipped !== undefined)
    .slice(0, 8);

const WHY = {
  good: ["Faster than before.", "Exactly what we needed.", "Does what it says."],
  bad: ["I could not find it.", "Too many steps.", "It stopped in the middle."],
} as const;

export const formsOf = (world: World): readonly Form[] => [
  ...world.company.products.map(({ index, name }) =>
    formOf(world, `nps${index}Form`, `How is ${name}?`, "nps", index, 4),
  ),
  ...surveyed(world).map((exposure) => {
    const { product, feature, key, days } = exposure;
    const known = referenceOf(world, exposure)?.key;
    const title = known === undefined ? `${key}: feedback` : `${key}: feedback (${known})`;
    const ask = feature.index % 2 === 0 ? "csat" : "ces";
    return formOf(world, `fb${product.index}x${feature.index}Form`, title, ask, product.index, (days.shipped ?? 0) + 2);
  }),
];

/** Answers come in the weeks after a form was made. */
export const responsesOf = (world: World): readonly Response[] => [
  ...world.company.products.flatMap(({ index }) =>
    Array.from({ length: 14 }, (_, n) => responseOf(world, `nps${index}Form`, n, 6 + n * 8.7, 10, {})),
  ),
  ...surveyed(world).flatMap((exposure) => {
    const { product, feature, days, care } = exposure;
    const form = `fb${product.index}x${feature.index}Form`;
    const key = referenceOf(world, exposure)?.key;
    const highest = feature.index % 2 === 0 ? 5 : 7;
    return Array.from({ length: 6 }, (_, n) => {
      // Late care: the field was put there once somebody had noticed.
      const isTold = key !== undefined && (care !== "late" || n >= 3);
      return responseOf(world, form, n, (days.shipped ?? 0) + 3 + n * 1.3, highest, isTold ? { feature: key } : {});
    });
  }),
];

const responseOf = (
  world: World,
  form: string,
  n: number,
  day: number,
  highest: number,
  hidden: Readonly<Record<string, string>>,
): Response => {
  const id = token("response", world.company.seed, form, n);
  const h = hash(world.company.seed, 121, parseInt(id.slice(0, 7), 16));
  const score = Math.max(1, highest - (h % Math.ceil(highest / 2)));
  return {
    token: id.slice(0, 26),
    form,
    submitted: timeOf(world, day),
    score,
    text: pick(score > highest * 0.7 ? WHY.good : WHY.bad, h >>> 4),
    hidden,
  };
};
