import type { Query } from "../../ports/table.ts";
import { TABLE } from "./table-shape.ts";

/** Of an index or of the table itself, where all rows of a query stand in one stretch. */
export interface KeyCondition {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  /** Sort keys at the ends of the stretch that do not belong to it: a condition on both ends includes them. */
  readonly without: ReadonlySet<string>;
}

interface End {
  readonly at: string;
  readonly isIncluded: boolean;
}

const SORT_KEY_BYTES = 1024;
const PARTITION_KEY_BYTES = 2048;

/**
 * A query as the one range that a key condition may have, by the order of UTF-8 bytes.
 *
 * @returns undefined where nothing can match
 */
export const keyCondition = (query: Omit<Query, "limit">): KeyCondition | undefined => {
  const { by, prefix = "", after, upTo, descending = false } = query;
  const bytes = Buffer.byteLength(query.pk);
  if (bytes === 0 || bytes > PARTITION_KEY_BYTES || Buffer.byteLength(prefix) > SORT_KEY_BYTES) return undefined;
  const names = by === undefined ? TABLE.key : TABLE.indexes[by];
  const made = (range: string, values: Readonly<Record<string, string>>, without: readonly string[] = []) => ({
    KeyConditionExpression: `#pk = :pk${range}`,
    ExpressionAttributeNames: { "#pk": names.pk, ...(range !== "" && { "#sk": names.sk }) },
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries({ ":pk": query.pk, ...values }).map(([name, text]) => [name, { S: text.toWellFormed() }]),
    ),
    without: new Set(without),
  });

  const isBehind = !descending && after !== undefined && (prefix === "" || compare(after, prefix) >= 0);
  const low: End | undefined = isBehind ? { at: after, isIncluded: false } : startOf(prefix);
  const ends = [endOf(prefix), upTo === undefined ? undefined : { at: upTo, isIncluded: true }];
  if (descending && after !== undefined) ends.push({ at: after, isIncluded: false });
  const high = ends
    .filter((end) => end !== undefined)
    .sort(nearer)
    .at(0);

  if (high?.at === "") return undefined;
  if (low === undefined || low.at === "") {
    if (high === undefined) return made("", {});
    return made(` AND #sk ${high.isIncluded ? "<=" : "<"} :high`, { ":high": high.at });
  }
  if (!isBehind && high === ends[0]) return made(" AND begins_with(#sk, :low)", { ":low": low.at });
  if (high === undefined) return made(" AND #sk > :low", { ":low": low.at });
  const order = compare(low.at, high.at);
  if (order > 0 || (order === 0 && !(low.isIncluded && high.isIncluded))) return undefined;
  return made(
    " AND #sk BETWEEN :low AND :high",
    { ":low": low.at, ":high": high.at },
    [low, high].filter(({ isIncluded }) => !isIncluded).map(({ at }) => at),
  );
};

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const startOf = (prefix: string): End | undefined => (prefix === "" ? undefined : { at: prefix, isIncluded: true });

/** The first text behind all that start with the prefix. */
const endOf = (prefix: string): End | undefined => {
  // No key goes on behind the longest one.
  if (Buffer.byteLength(prefix) === SORT_KEY_BYTES) return { at: prefix, isIncluded: true };
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point === 0x10ffff) continue;
    // What lies between is half of a character.
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return { at: `${characters.join("")}${String.fromCodePoint(next)}`, isIncluded: false };
  }
  return undefined;
};

/** Of two ends, the one that leaves less comes first. */
const nearer = (a: End, b: End): number => compare(a.at, b.at) || Number(a.isIncluded) - Number(b.isIncluded);
