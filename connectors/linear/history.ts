import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { byText } from "./envelope.ts";
import type { Issue, IssueHistory, StateSpan } from "./schema.ts";
import { priorityLabel } from "./words.ts";

/** Every change of an issue that its record tells: its states by their spans, the rest by Linear's history. */
export const historyOf = ({ stateHistory, history }: Issue): readonly HistoryEntry[] =>
  [...statusChanges(stateHistory), ...history.flatMap(fieldChanges)].sort(
    (a, b) => byText(a.at, b.at) || byText(a.id, b.id),
  );

/** A span begins where the one before ended; the first is the issue's creation and no change. */
const statusChanges = (spans: readonly StateSpan[]): HistoryEntry[] => {
  const ordered = spans
    .flatMap((span) => {
      const at = maybeInstant(span.startedAt);
      return at === undefined ? [] : [{ ...span, at }];
    })
    .sort((a, b) => byText(a.at, b.at) || byText(String(a.id), String(b.id)));
  return ordered.slice(1).map((span, index) => ({
    id: span.id ?? `${stateId(span)}@${span.at}`,
    at: span.at,
    changes: [{ field: "status", from: state(ordered[index]), to: state(span) }],
  }));
};

const stateId = (span: StateSpan): string | undefined => span.stateId ?? span.state?.id;

const state = (span: StateSpan | undefined): Change["to"] => {
  return span === undefined ? null : named(stateId(span), span.state?.name);
};

const fieldChanges = (entry: IssueHistory): HistoryEntry[] => {
  const at = maybeInstant(entry.createdAt);
  const changes = [
    change(
      "assignee",
      named(entry.fromAssigneeId, entry.fromAssignee?.name),
      named(entry.toAssigneeId, entry.toAssignee?.name),
    ),
    change("cycle", named(entry.fromCycleId, cycle(entry.fromCycle)), named(entry.toCycleId, cycle(entry.toCycle))),
    change(
      "parent",
      named(entry.fromParentId, entry.fromParent?.identifier),
      named(entry.toParentId, entry.toParent?.identifier),
    ),
    // A project is the parent of its issues too.
    change(
      "parent",
      named(entry.fromProjectId, entry.fromProject?.name),
      named(entry.toProjectId, entry.toProject?.name),
    ),
    change("team", named(entry.fromTeamId), named(entry.toTeamId)),
    change("estimate", byValue(entry.fromEstimate), byValue(entry.toEstimate)),
    change("priority", priority(entry.fromPriority), priority(entry.toPriority)),
    change("title", byName(entry.fromTitle), byName(entry.toTitle)),
  ].flat();
  if (at === undefined || changes.length === 0) return [];
  return [{ id: entry.id, at, ...(entry.actorId && { by: entry.actorId }), changes }];
};

const change = (field: string, from: Change["from"], to: Change["to"]): Change[] =>
  from === null && to === null ? [] : [{ field, from, to }];

const named = (id: string | null | undefined, name?: string | null): Change["to"] =>
  id ? { id, ...(name && { name }) } : null;
const cycle = (told: { readonly number?: number | null | undefined } | null | undefined): string | undefined =>
  typeof told?.number === "number" ? `Cycle ${told.number}` : undefined;
const byName = (name: string | null | undefined): Change["to"] => (typeof name === "string" ? { name } : null);
const byValue = (value: number | null | undefined): Change["to"] =>
  typeof value === "number" ? { name: String(value) } : null;
const priority = (value: number | null | undefined): Change["to"] =>
  typeof value === "number" ? { id: String(value), name: priorityLabel(value) } : null;
