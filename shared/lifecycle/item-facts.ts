import type { Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { type Claim, changedAt, createdAt, earliestOf, latestOf, settle } from "./claim.ts";
import type { FactsContext } from "./facts.ts";

interface Step {
  readonly at: Instant;
  readonly value: string;
}

/** A child work item: its category when it was made and after each change of status, the present last. */
export const itemFacts = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: FactsContext["statusOf"],
): Claim[] => {
  const past = pastOf(entity, history, statusOf);
  const steps = past.length > 0 ? endingNow(entity, past) : withoutHistory(entity);
  return settle(steps.map(({ at, value }) => ({ stage: "development", signal: "item", tier: "workflow", value, at })));
};

const statusChanges = (history: readonly HistoryEntry[]) =>
  [...history]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .flatMap(({ at, changes }) =>
      changes.filter(({ field }) => field === "status").map(({ from, to }) => ({ at, from, to })),
    );

/** What history tells, mapped by today's table; the last change takes the present's category if it has its word. */
const pastOf = (
  entity: Entity<"workItem">,
  history: readonly HistoryEntry[],
  statusOf: FactsContext["statusOf"],
): Step[] => {
  const changes = statusChanges(history);
  const [first] = changes;
  if (first === undefined) return [];
  const { status } = entity.fields;
  const last = changes.at(-1);
  const began =
    first.from === null ? [] : [{ at: earliestOf(createdAt(entity), first.at), value: statusOf(first.from).category }];
  return [
    ...began,
    ...changes.map((change) => {
      const isPresent = change === last && isSameWord(change.to, status);
      return { at: change.at, value: isPresent || change.to === null ? status.category : statusOf(change.to).category };
    }),
  ];
};

const isSameWord = (
  word: { readonly id?: string | undefined; readonly name?: string | undefined } | null,
  status: Entity<"workItem">["fields"]["status"],
): boolean => {
  if (word === null) return false;
  if (word.id !== undefined && status.id !== undefined) return word.id === status.id;
  return word.name === status.detail;
};

/** History may lag behind the record: then the present is added, at the time its tool tells for it. */
const endingNow = (entity: Entity<"workItem">, past: readonly Step[]): Step[] => {
  const { category } = entity.fields.status;
  const last = past.at(-1);
  if (last === undefined || last.value === category) return [...past];
  const told = toldAt(entity);
  const at = told !== undefined && told > last.at ? told : latestOf(changedAt(entity), last.at);
  return [...past, { at, value: category }];
};

/** The tool's own time of reaching the present category. */
const toldAt = ({ fields }: Entity<"workItem">): Instant | undefined => {
  if (fields.status.category === "done") return fields.completedAt;
  if (fields.status.category === "cancelled") return fields.cancelledAt ?? fields.completedAt;
  if (fields.status.category === "in_progress" || fields.status.category === "in_review") return fields.startedAt;
  return undefined;
};

/** Without history, the few times that the record itself tells. What it was before is not known. */
const withoutHistory = (entity: Entity<"workItem">): Step[] => {
  const { category } = entity.fields.status;
  const created = createdAt(entity);
  if (category === "triage" || category === "backlog" || category === "todo" || category === "unknown")
    return [{ at: created, value: category }];
  const { startedAt } = entity.fields;
  const at = latestOf(toldAt(entity) ?? changedAt(entity), created);
  const isFinished = category === "done" || category === "cancelled";
  return [
    { at: created, value: "unknown" },
    ...(isFinished && startedAt !== undefined && startedAt > created && startedAt < at
      ? [{ at: startedAt, value: "in_progress" }]
      : []),
    { at, value: category },
  ];
};
