import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { byText } from "./envelope.ts";
import type { Issue, IssueHistory, StateSpan } from "./schema.ts";
import { priorityLabel } from "./words.ts";

/** Every change of an issue that its record tells: its states by their spans, the rest by Linear's history. */
export const historyOf = (issue: Issue): readonly HistoryEntry[] => {
  const entries = issue.history
    .flatMap((entry) => {
      const at = maybeInstant(entry.createdAt);
      return at === undefined ? [] : [{ entry, at }];
    })
    .sort((a, b) => byText(a.at, b.at) || byText(a.entry.id, b.entry.id));
  const parents = parentChanges(
    issue,
    entries.map(({ entry }) => entry),
  );
  const changed = entries.flatMap(({ entry, at }): HistoryEntry[] => {
    const changes = [...fieldChanges(entry), ...(parents.get(entry.id) ?? [])];
    return changes.length === 0 ? [] : [{ id: entry.id, at, ...(entry.actorId && { by: entry.actorId }), changes }];
  });
  return [...statusChanges(issue.stateHistory), ...changed].sort((a, b) => byText(a.at, b.at) || byText(a.id, b.id));
};

/** A span begins where the one before ended; the first is the issue's creation and no change. */
const statusChanges = (spans: readonly StateSpan[]): HistoryEntry[] => {
  const ordered = spans
    .flatMap((span) => {
      const at = maybeInstant(span.startedAt);
      return at === undefined ? [] : [{ ...span, at }];
    })
    // What began in one moment is told in the order in which it ended, and else in Linear's own order.
    .sort((a, b) => byText(a.at, b.at) || byText(a.endedAt ?? "9999", b.endedAt ?? "9999"));
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

/** The parent of an issue as its draft has it, the parent issue or else the project, after each entry that moved it. */
const parentChanges = (issue: Issue, entries: readonly IssueHistory[]): ReadonlyMap<string, Change[]> => {
  const moves = entries.map((entry) => ({
    id: entry.id,
    issue: change(
      "parent",
      named(entry.fromParentId, entry.fromParent?.identifier, "issue"),
      named(entry.toParentId, entry.toParent?.identifier, "issue"),
    )[0],
    project: projectChange(entry)[0],
  }));
  const first = (of: "issue" | "project", present: Change["from"]) => {
    const move = moves.find((one) => one[of] !== undefined);
    return move === undefined ? present : (move[of]?.from ?? null);
  };
  let parent = first("issue", named(issue.parent?.id ?? issue.parentId, undefined, "issue"));
  let project = first("project", named(issue.project?.id ?? issue.projectId, undefined, "project"));
  return new Map(
    moves.map((move) => {
      const from = parent ?? project;
      if (move.issue !== undefined) parent = move.issue.to;
      if (move.project !== undefined) project = move.project.to;
      const to = parent ?? project;
      return [move.id, from?.id === to?.id ? [] : change("parent", from, to)];
    }),
  );
};

const projectChange = (entry: IssueHistory): Change[] =>
  change(
    "project",
    named(entry.fromProjectId, entry.fromProject?.name, "project"),
    named(entry.toProjectId, entry.toProject?.name, "project"),
  );

const fieldChanges = (entry: IssueHistory): Change[] =>
  [
    change(
      "assignee",
      named(entry.fromAssigneeId, entry.fromAssignee?.name, "user"),
      named(entry.toAssigneeId, entry.toAssignee?.name, "user"),
    ),
    change(
      "cycle",
      named(entry.fromCycleId, cycle(entry.fromCycle), "cycle"),
      named(entry.toCycleId, cycle(entry.toCycle), "cycle"),
    ),
    projectChange(entry),
    change("team", named(entry.fromTeamId), named(entry.toTeamId)),
    change("estimate", byValue(entry.fromEstimate), byValue(entry.toEstimate)),
    change("priority", priority(entry.fromPriority), priority(entry.toPriority)),
    change("title", byName(entry.fromTitle), byName(entry.toTitle)),
    change("dueAt", byName(entry.fromDueDate), byName(entry.toDueDate)),
    labelChanges(entry.removedLabels, entry.removedLabelIds, "from"),
    labelChanges(entry.addedLabels, entry.addedLabelIds, "to"),
    presenceChange("archived", entry.archived),
    presenceChange("trashed", entry.trashed),
  ].flat();

/** A label that is gone from the workspace is told by its id alone. */
const labelChanges = (labels: IssueHistory["addedLabels"], ids: IssueHistory["addedLabelIds"], side: "from" | "to") => {
  const names = new Map((labels ?? []).map(({ id, name }) => [id, name]));
  return [...new Set([...(ids ?? []), ...names.keys()])].toSorted(byText).map((id): Change => {
    const value = named(id, names.get(id));
    return {
      field: "labels",
      from: side === "from" ? value : null,
      to: side === "to" ? value : null,
      isOneOfMany: true,
    };
  });
};

/** `true` for into the archive or the trash, `false` for out of it. */
const presenceChange = (field: "archived" | "trashed", told: boolean | null | undefined): Change[] => {
  if (typeof told !== "boolean") return [];
  return change(field, told ? null : { name: field }, told ? { name: field } : null);
};

const change = (field: string, from: Change["from"], to: Change["to"]): Change[] =>
  from === null && to === null ? [] : [{ field, from, to }];

const named = (id: string | null | undefined, name?: string | null, noun?: string): Change["to"] =>
  id ? { id, ...(name && { name }), ...(noun && { noun }) } : null;
const cycle = (told: { readonly number?: number | null | undefined } | null | undefined): string | undefined =>
  typeof told?.number === "number" ? `Cycle ${told.number}` : undefined;
const byName = (name: string | null | undefined): Change["to"] => (typeof name === "string" ? { name } : null);
const byValue = (value: number | null | undefined): Change["to"] =>
  typeof value === "number" ? { name: String(value) } : null;
const priority = (value: number | null | undefined): Change["to"] =>
  typeof value === "number" ? { id: String(value), name: priorityLabel(value) } : null;
