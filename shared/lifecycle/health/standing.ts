import type { Instant } from "../../domain/instant.ts";
import type { Stage } from "../../domain/stage.ts";
import { DAY, RULE_SET } from "../rule-set.ts";
import { dayIn } from "../sentence.ts";
import type { HealthInput, WorkItemSummary } from "./input.ts";

const MONTHS_OF = { month: 1, quarter: 3, half_year: 6, year: 12 } as const;

/** The moment a target has passed: "March" means the end of March. Undefined if there is none. */
export const targetEndOf = ({ feature }: HealthInput): number | undefined => {
  const { targetDate, targetDateResolution = "day" } = feature.fields;
  if (targetDate === undefined) return undefined;
  const date = new Date(`${targetDate}T00:00:00.000Z`);
  if (targetDateResolution === "day") return date.getTime() + DAY;
  const months = MONTHS_OF[targetDateResolution];
  return Date.UTC(date.getUTCFullYear(), (Math.floor(date.getUTCMonth() / months) + 1) * months, 1);
};

export const isStarted = ({ status }: WorkItemSummary["fields"]): boolean =>
  status.category === "in_progress" || status.category === "in_review";

export const isOpen = ({ status }: WorkItemSummary["fields"]): boolean =>
  status.category !== "done" && status.category !== "cancelled";

/** Days as texts name them; by the year of the newest record, so that no text changes because time passes. */
export const dayOf = ({ feature, items }: HealthInput) =>
  dayIn(
    Number.parseInt(
      [feature, ...items]
        .map(({ sourceUpdatedAt }) => sourceUpdatedAt)
        .toSorted()
        .at(-1) ?? "",
      10,
    ),
  );

export const keyOf = ({ source }: WorkItemSummary): string => source.key ?? source.externalId;

/** Whether a stage is active or done beyond doubt. */
export const isReached = ({ explanation }: HealthInput, stage: Stage): boolean => {
  const { state, confidence } = explanation.stages[stage];
  return (state === "active" || state === "done") && confidence >= RULE_SET.establishedAt[stage];
};

/** From development on there is work to judge; a feature that is out and has nothing open is judged by its users. */
export const isUnderWay = (input: HealthInput): boolean =>
  input.items.some(({ fields }) => isStarted(fields)) ||
  isReached(input, "development") ||
  input.explanation.stages.development.state === "regressed" ||
  isReached(input, "testing") ||
  isReached(input, "production");

/** Customers have it; or nobody could see that they have it, and the work is done. */
export const isDelivered = (input: HealthInput): boolean =>
  isReached(input, "production") ||
  (input.explanation.stages.production.state === "unknown" &&
    (input.explanation.stages.development.state === "done" ||
      input.feature.fields.declaredStatus.category === "completed"));

/** Since when customers have it: before it was done, production was active. */
export const exposedAt = (input: HealthInput): Instant | undefined => {
  if (!isReached(input, "production")) return undefined;
  const { path, stages } = input.explanation;
  const first = path.find(({ headline }) => headline !== null && OUT.has(headline))?.at;
  const { since } = stages.production;
  return first === undefined || (since !== undefined && since < first) ? since : first;
};

const OUT: ReadonlySet<Stage> = new Set(["production", "marketing", "support"]);

/** `12.5 %` */
export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
