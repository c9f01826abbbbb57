import type { Change, HistoryEntry, PastValue } from "../../shared/domain/history.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { authorOf } from "./account.ts";
import type { ChangeHistory, ChangeItem, Issue } from "./schema.ts";

/** Jira's names of fields and ours. A map: Jira lets people name a field "constructor". */
const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  ["status", "status"],
  ["assignee", "assignee"],
  ["reporter", "reporter"],
  ["parent", "parent"],
  ["issueparentassociation", "parent"],
  ["epic link", "parent"],
  ["sprint", "cycle"],
  ["story points", "estimate"],
  ["story point estimate", "estimate"],
  ["timeoriginalestimate", "hours"],
  ["key", "key"],
  ["priority", "priority"],
  ["resolution", "resolution"],
  ["summary", "title"],
  ["duedate", "target"],
  ["due date", "target"],
  ["fix version", "fixVersions"],
  ["fixversions", "fixVersions"],
]);

/** Whole texts are no history: that they changed is kept, what they said is in the archive. */
const LONG_TEXTS: ReadonlySet<string> = new Set(["description", "environment", "comment"]);
const NAME_AT_MOST = 255;

/**
 * An issue's changelog as told, oldest first; entries without a time cannot be placed and are left out.
 *
 * @param dueField our name of the due date for this kind of record
 */
export const historyOf = (issue: Issue, dueField: "dueAt" | "target"): HistoryEntry[] => {
  const entries: HistoryEntry[] = [];
  for (const history of issue.changelog?.histories ?? []) {
    const at = maybeInstant(history?.created);
    if (history != null && at !== undefined) entries.push(entryOf(history, at, dueField, issue.pointsField));
  }
  return entries.sort((a, b) => (a.at === b.at ? byNumber(a.id, b.id) : a.at < b.at ? -1 : 1));
};

/** Keys that the issue had before it was moved, oldest first. */
export const previousKeysOf = (issue: Issue, history: readonly HistoryEntry[]): string[] => {
  const names = new Set<string>();
  for (const { changes } of history)
    for (const { field, from } of changes)
      if (field === "key" && from?.name !== undefined) names.add(from.name.toUpperCase());
  names.delete(issue.key?.toUpperCase() ?? "");
  return [...names];
};

const entryOf = (
  { id, author, items }: ChangeHistory,
  at: Instant,
  dueField: string,
  pointsField: string | null | undefined,
): HistoryEntry => {
  const by = authorOf(author);
  const changes: Change[] = [];
  for (const item of items ?? []) if (item != null) changes.push(...changesOf(item, dueField, pointsField));
  return by === undefined ? { id, at, changes } : { id, at, by, changes };
};

const changesOf = (item: ChangeItem, dueField: string, pointsField: string | null | undefined): Change[] => {
  const told = item.field ?? item.fieldId ?? "unknown";
  const ours = FIELD_NAMES.get(told.toLowerCase()) ?? FIELD_NAMES.get((item.fieldId ?? "").toLowerCase());
  const field = ours === "target" ? dueField : isPoints(item, ours, pointsField) ? "estimate" : nameOf(ours, told);
  if (LONG_TEXTS.has(told.toLowerCase())) return [{ field, from: null, to: null }];
  const name = Object.hasOwn(item, "toString") ? (item as { readonly toString: unknown }).toString : undefined;
  if (field === "cycle") return sprintChanges(listed(item.from, item.fromString), listed(item.to, name));
  if (field === "hours") return [{ field, from: hours(item.from), to: hours(item.to) }];
  const noun = NOUNS.get(field);
  return [{ field, from: side(item.from, item.fromString, noun), to: side(item.to, name, noun) }];
};

const isPoints = (item: ChangeItem, ours: string | undefined, pointsField: string | null | undefined): boolean =>
  pointsField == null ? ours === "estimate" : item.fieldId === pointsField;

/** Another field of points than the configured one keeps its own name. */
const nameOf = (ours: string | undefined, told: string): string =>
  ours === undefined || ours === "estimate" ? told : ours;

/** Jira tells all sprints before and all after; who stayed did not change. One for one is told as a move. */
const sprintChanges = (before: readonly PastValue[], after: readonly PastValue[]): Change[] => {
  const [was, is] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
  const left = before.filter(({ id }) => !is.has(id));
  const joined = after.filter(({ id }) => !was.has(id));
  const changes: Change[] = [];
  for (let at = 0; at < left.length || at < joined.length; at++)
    changes.push({ field: "cycle", from: left[at] ?? null, to: joined[at] ?? null, isOneOfMany: true });
  return changes;
};

/** `15, 16` and `Sprint 1, Sprint 2`. A name may have commas of its own: then only the ids are certain. */
const listed = (ids: unknown, names: unknown): PastValue[] => {
  if (typeof ids !== "string" || ids === "") return [];
  const parts = ids.split(",");
  const words = typeof names === "string" ? names.split(", ") : [];
  const found: PastValue[] = [];
  for (const [index, part] of parts.entries()) {
    const id = part.trim();
    const name = parts.length === words.length ? words[index]?.slice(0, NAME_AT_MOST) : undefined;
    if (id !== "") found.push(name ? { id, name, noun: "sprint" } : { id, noun: "sprint" });
  }
  return found;
};

/** Jira estimates time in seconds. */
const hours = (seconds: unknown): PastValue | null =>
  typeof seconds === "string" && /^\d{1,12}$/.test(seconds) ? { name: String(Number(seconds) / 3600) } : null;

/** What the values of a field are records of. */
const NOUNS: ReadonlyMap<string, string> = new Map([
  ["assignee", "user"],
  ["parent", "issue"],
]);

const side = (told: unknown, word: unknown, noun: string | undefined): PastValue | null => {
  const id = typeof told === "string" && told !== "" ? told : undefined;
  const name = typeof word === "string" && word !== "" ? word.slice(0, NAME_AT_MOST) : undefined;
  if (id === undefined) return name === undefined ? null : { name };
  const known = name === undefined ? { id } : { id, name };
  return noun === undefined ? known : { ...known, noun };
};

const byNumber = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);
