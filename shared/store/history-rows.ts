import type { HistoryEntry } from "../domain/history.ts";

/** Entries of one row, oldest first, which stands where the first of them would alone. */
interface Several {
  readonly entries: readonly HistoryEntry[];
}

/** In characters of JSON, about: what a table on AWS reads and writes in one go for little. */
const ROW_AT_MOST = 32 * 1024;

/** What is stored of entries that came together: one alone as itself. */
export const historyData = (entries: readonly [HistoryEntry, ...HistoryEntry[]]): HistoryEntry | Several =>
  entries.length === 1 ? entries[0] : { entries };

/** The entries of a row as it is stored. */
export const entriesIn = (data: unknown): readonly HistoryEntry[] =>
  "entries" in (data as object) ? (data as Several).entries : [data as HistoryEntry];

/** Cut where a row would grow too long; an entry that is too long alone stays whole. */
export const historyParts = (entries: readonly HistoryEntry[]): [HistoryEntry, ...HistoryEntry[]][] => {
  const parts: [HistoryEntry, ...HistoryEntry[]][] = [];
  let room = 0;
  for (const entry of entries) {
    const length = lengthOf(entry);
    const part = parts.at(-1);
    if (part === undefined || length > room) {
      parts.push([entry]);
      room = ROW_AT_MOST - length;
    } else {
      part.push(entry);
      room -= length;
    }
  }
  return parts;
};

/** As text, without writing it: names of keys and marks are 90 characters of an entry and 80 of a change at the most. */
const lengthOf = ({ id, by = "", changes }: HistoryEntry): number => {
  let length = 90 + id.length + by.length;
  for (const { field, from, to } of changes) {
    length += 80 + field.length;
    for (const value of [from, to])
      if (value !== null) length += (value.id?.length ?? 0) + (value.name?.length ?? 0) + (value.noun?.length ?? 0);
  }
  return length;
};

/** Oldest first, each once: rows may overlap where payloads came at the same time. */
export const inOrder = (entries: HistoryEntry[]): HistoryEntry[] => {
  const isBehind = (entry: HistoryEntry, index: number): boolean => {
    const before = entries[index - 1];
    return before === undefined || compare(before, entry) < 0;
  };
  if (entries.every(isBehind)) return entries;
  entries.sort(compare);
  return entries.filter(isBehind);
};

const compare = (a: HistoryEntry, b: HistoryEntry): number =>
  a.at === b.at ? (a.id === b.id ? 0 : a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1;
