import type { Change, HistoryEntry, PastValue } from "../../shared/domain/history.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
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
export const historyOf = (issue: Issue, dueField: "dueAt" | "target"): HistoryEntry[] =>
  present(issue.changelog?.histories)
    .flatMap((history) => entry(history, dueField, issue.pointsField))
    .sort((a, b) => (a.at === b.at ? byNumber(a.id, b.id) : a.at < b.at ? -1 : 1));

/** Keys that the issue had before it was moved, oldest first. */
export const previousKeysOf = (issue: Issue, history: readonly HistoryEntry[]): string[] => {
  const keys = history.flatMap(({ changes }) => changes.flatMap(({ field, from }) => (field === "key" ? [from] : [])));
  const names = keys.flatMap((key) => key?.name?.toUpperCase() ?? []);
  return [...new Set(names)].filter((key) => key !== issue.key?.toUpperCase());
};

const entry = (
  { id, author, created, items }: ChangeHistory,
  dueField: string,
  pointsField: string | null | undefined,
): HistoryEntry[] => {
  const at = maybeInstant(created);
  if (at === undefined) return [];
  const by = authorOf(author);
  const changes = present(items).flatMap((item) => changesOf(item, dueField, pointsField));
  return [{ id, at, ...(by !== undefined && { by }), changes }];
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
  return Array.from({ length: Math.max(left.length, joined.length) }, (_, index) => ({
    field: "cycle",
    from: left[index] ?? null,
    to: joined[index] ?? null,
    isOneOfMany: true,
  }));
};

/** `15, 16` and `Sprint 1, Sprint 2`. A name may have commas of its own: then only the ids are certain. */
const listed = (ids: unknown, names: unknown): PastValue[] => {
  const parts = typeof ids === "string" ? ids.split(",").map((id) => id.trim()) : [];
  const words = typeof names === "string" ? names.split(", ") : [];
  return parts.flatMap((id, index) => {
    const name = parts.length === words.length ? words[index]?.slice(0, NAME_AT_MOST) : undefined;
    return id === "" ? [] : [{ id, ...(name && { name }), noun: "sprint" }];
  });
};

/** Jira estimates time in seconds. */
const hours = (seconds: unknown): PastValue | null =>
  typeof seconds === "string" && /^\d{1,12}$/.test(seconds) ? { name: String(Number(seconds) / 3600) } : null;

/** What the values of a field are records of. */
const NOUNS: ReadonlyMap<string, string> = new Map([
  ["assignee", "user"],
  ["parent", "issue"],
]);

const side = (id: unknown, name: unknown, noun: string | undefined): PastValue | null => {
  const known: PastValue = {
    ...(typeof id === "string" && id !== "" && { id }),
    ...(typeof name === "string" && name !== "" && { name: name.slice(0, NAME_AT_MOST) }),
  };
  if (Object.keys(known).length === 0) return null;
  return noun === undefined || known.id === undefined ? known : { ...known, noun };
};

const present = <T>(list: readonly (T | null | undefined)[] | null | undefined): T[] =>
  (list ?? []).filter((one): one is T => one != null);

const byNumber = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);
