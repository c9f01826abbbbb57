import type { Entity, Fields } from "./entity.ts";
import type { Instant } from "./instant.ts";

/** What is asked of an experiment, by all who judge or show it. */
export interface Tried {
  readonly fields: Fields<"experiment">;
  readonly sourceUpdatedAt: Instant;
  readonly presence?: Pick<Entity["presence"], "state"> | undefined;
}

const DECIDED: ReadonlySet<string> = new Set(["ship", "rollback", "keep_running", "invalid"]);

/** Somebody said what follows, or a variation was given to everybody. */
const isDecided = ({ decision, released }: Fields<"experiment">): boolean =>
  released !== undefined || DECIDED.has(decision?.category ?? "");

/**
 * Since when an experiment waits for a decision: one that ended since its end, one that its tool calls ready since its
 * numbers say so. What it found is no decision. Undefined: it does not wait.
 */
export const waitsSince = ({ fields, sourceUpdatedAt, presence }: Tried): Instant | undefined => {
  const { status, decision, endedAt, snapshot } = fields;
  if (presence?.state === "deleted" || presence?.state === "out_of_scope" || isDecided(fields)) return undefined;
  if (status.category === "stopped") return endedAt ?? sourceUpdatedAt;
  if (status.category === "running" && decision?.category === "review") return snapshot?.at ?? sourceUpdatedAt;
  return undefined;
};

const RESULTS: Readonly<Record<string, string>> = {
  lost: "lost",
  inconclusive: "no clear winner",
  dnf: "stopped before it had a result",
};

const nameOf = ({ variations }: Fields<"experiment">, wanted: string): string =>
  `“${variations.find(({ key }) => key === wanted)?.name ?? wanted}”`;

/** What it found: `“On” won`. Undefined: nothing yet. */
export const resultWords = (fields: Fields<"experiment">): string | undefined => {
  const { result, winner } = fields;
  if (result?.category === "won") return winner === undefined ? "won" : `${nameOf(fields, winner)} won`;
  return result && (RESULTS[result.category] ?? result.detail);
};

const DECISIONS: Readonly<Record<string, string>> = {
  ship: "Ship it",
  rollback: "Roll it back",
  keep_running: "Keep it running",
  invalid: "Invalid",
};

/** What was decided: `Ship it`, `Waiting for a decision`, `none yet` while nothing is to be decided. */
export const decisionWords = (one: Tried): string => {
  const { decision, released } = one.fields;
  const said = decision && DECISIONS[decision.category];
  if (said !== undefined) return said;
  if (released !== undefined) return `${nameOf(one.fields, released)} is released`;
  if (decision?.category === "unknown") return `${decision.detail} (not mapped)`;
  return waitsSince(one) === undefined ? "none yet" : "Waiting for a decision";
};
