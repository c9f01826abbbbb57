import { readFileSync } from "node:fs";
import type { Place } from "../../shared/ports/table.ts";

/** Rows that follow from other rows alone: what only newer code derived is no longer true, so they are written anew. */
const DERIVED = [
  "words of its name",
  "facts about a feature, by record",
  "every item that was ever in a cycle",
  "a feature's timeline",
  "a feature as shown",
  "its place among those changed last",
  "its place among the newest",
  "how far releases are listed by their day",
  "the board as it stood then, counted",
  "its features, a stage page by page",
  "what has a word in its name",
  "who is called so",
  "who points to that name",
  "records that flow figures count",
  "a person",
  "accounts with that identity key",
];
/** Rows about one occurrence: the next one takes their place whole. */
const REPLACED = [
  "how its last replay ended",
  "a job that waits, or waited",
  "the answer to a request that names itself",
  "what somebody asked of it beside that",
];
const WRITTEN_ONCE = [
  "its past, by the first entry of a row",
  "what was shown of it until then",
  "updates posted, oldest first",
  "webhook deliveries seen",
  "an event",
  "a test event that somebody asked for",
  "entities that a payload brought",
  "entities that a batch announced",
  "what an output refused for good",
  "an act of the audit log",
  "what it remembers of features",
];

/** Kinds of rows that need not keep what this version does not know. */
export const NOT_KEPT: ReadonlySet<string> = new Set([...DERIVED, ...REPLACED, ...WRITTEN_ONCE]);

const patternOf = (key: string): RegExp => {
  const parts = key.split(/\{[^}]*\}/);
  return new RegExp(`^${parts.slice(0, -1).join("[^# ]*")}${parts.length > 1 ? ".*" : ""}${parts.at(-1)}$`);
};

/** Every row of the table of keys, but for lists and what is due: those are places of these. */
const ROWS = readFileSync(new URL("../../shared/store/keys.ts", import.meta.url), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, what = "", pk, sk] = /^ \* \| ([^|]+?) +\| ([^|]+?) +\| ([^|]+?) +\|$/.exec(line) ?? [];
    if (/^(|read|-+|list:.*|due:.*)$/.test(what)) return [];
    const key = `${pk} ${sk}`;
    return [{ what, pattern: patternOf(key), literal: key.replace(/\{[^}]*\}/g, "").length }];
  });

export const ROW_KINDS: readonly string[] = ROWS.map(({ what }) => what);

/** What the table of keys calls a row: of several patterns the one that leaves the least open. */
export const rowKind = ({ pk, sk }: Place): string =>
  ROWS.filter(({ pattern }) => pattern.test(`${pk} ${sk}`)).toSorted((a, b) => b.literal - a.literal)[0]?.what ??
  `${pk} ${sk}`;
