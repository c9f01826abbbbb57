import { type Explanation, STAGES, type Stage } from "./stage.ts";

const from = (first: Stage, last: Stage): ReadonlySet<Stage | null> =>
  new Set(STAGES.slice(STAGES.indexOf(first), STAGES.indexOf(last) + 1));

const SHIPPED = from("production", "support");

/** Where the evidence may place a feature of which its plan says so. What is done may be launched and supported. */
const FITS: Readonly<Record<string, ReadonlySet<Stage | null>>> = {
  proposed: new Set([null, ...from("vision", "design")]),
  planned: new Set([null, ...from("vision", "design")]),
  active: from("strategy", "marketing"),
  paused: new Set([null, ...from("vision", "marketing")]),
  completed: SHIPPED,
};

/** Whether what a plan says and what the evidence shows fit together; undefined: the plan's word is not mapped. */
export const planAgrees = (
  category: string,
  { headline, disposition }: Pick<Explanation, "headline" | "disposition">,
): boolean | undefined => {
  if (category === "cancelled") return disposition !== "open" || !SHIPPED.has(headline);
  return FITS[category]?.has(headline);
};
