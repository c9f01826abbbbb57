import type { Change, HistoryEntry } from "../../shared/domain/history.ts";
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
    .flatMap((history) => entry(history, dueField))
    .sort((a, b) => (a.at === b.at ? byNumber(a.id, b.id) : a.at < b.at ? -1 : 1));

/** Keys that the issue had before it was moved, oldest first. */
export const previousKeysOf = (issue: Issue, history: readonly HistoryEntry[]): string[] => {
  const keys = history.flatMap(({ changes }) => changes.flatMap(({ field, from }) => (field === "key" ? [from] : [])));
  const names = keys.flatMap((key) => key?.name?.toUpperCase() ?? []);
  return [...new Set(names)].filter((key) => key !== issue.key?.toUpperCase());
};

const entry = ({ id, author, created, items }: ChangeHistory, dueField: string): HistoryEntry[] => {
  const at = maybeInstant(created);
  if (at === undefined) return [];
  const by = authorOf(author);
  return [{ id, at, ...(by !== undefined && { by }), changes: present(items).map((item) => change(item, dueField)) }];
};

const change = (item: ChangeItem, dueField: string): Change => {
  const told = item.field ?? item.fieldId ?? "unknown";
  const ours = FIELD_NAMES.get(told.toLowerCase()) ?? FIELD_NAMES.get((item.fieldId ?? "").toLowerCase());
  const field = ours === "target" ? dueField : (ours ?? told);
  if (LONG_TEXTS.has(told.toLowerCase())) return { field, from: null, to: null };
  const name = Object.hasOwn(item, "toString") ? (item as { readonly toString: unknown }).toString : undefined;
  return { field, from: side(item.from, item.fromString), to: side(item.to, name) };
};

const side = (id: unknown, name: unknown): Change["from"] => {
  const known = {
    ...(typeof id === "string" && id !== "" && { id }),
    ...(typeof name === "string" && name !== "" && { name: name.slice(0, NAME_AT_MOST) }),
  };
  return Object.keys(known).length === 0 ? null : known;
};

const present = <T>(list: readonly (T | null | undefined)[] | null | undefined): T[] =>
  (list ?? []).filter((one): one is T => one != null);

const byNumber = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);
