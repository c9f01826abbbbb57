import * as z from "zod";

/** Who chose the category: the tool's own coarse type, the hub's config, or nobody (`unknown`). */
const MappedBy = z.enum(["tool", "user", "default"]);

/** An enum value: our closed word beside the tool's own text, so that nothing is lost when tools invent words. */
export interface Mapped<Category extends string = string> {
  readonly category: Category | "unknown";
  readonly detail: string;
  readonly mappedBy: z.output<typeof MappedBy>;
  /** The tool's id of the value, where it has one; tables go by id because names get renamed. */
  readonly id?: string | undefined;
}

/** Schema of {@link Mapped} over the given categories; `unknown` is always one of them. */
export const mapped = <const C extends readonly [string, ...string[]]>(categories: C) =>
  z.object({
    category: z.enum([...categories, "unknown"]),
    detail: z.string().describe("the tool's own word"),
    mappedBy: MappedBy,
    id: z.string().optional(),
  });

/** A value as the vendor says it: its id, its name, and the vendor's own coarse type of it. */
export interface Word {
  readonly id?: string | undefined;
  readonly name: string;
  readonly type?: string | undefined;
}

/** A Map, not an object: a vendor may call a status "constructor". */
export type Table<Category extends string> = ReadonlyMap<string, Category>;

/**
 * A vendor's value mapped: by the user's table (id first, then name), else by the tool's type, else `unknown`.
 * The present and its history go through this one function, so the two cannot disagree.
 *
 * @param tool the vendor's types, lower case, and what they mean
 * @param own the exceptions that the hub's config makes, by id or name
 */
export const mapWord = <Category extends string>(
  word: Word,
  tool: Table<Category>,
  own: Table<Category> = new Map(),
): Mapped<Category> => {
  const identity = { detail: word.name, ...(word.id !== undefined && { id: word.id }) };
  const user = (word.id === undefined ? undefined : own.get(word.id)) ?? own.get(word.name);
  if (user !== undefined) return { category: user, ...identity, mappedBy: "user" };
  const theirs = tool.get((word.type ?? word.name).toLowerCase());
  if (theirs !== undefined) return { category: theirs, ...identity, mappedBy: "tool" };
  return { category: "unknown", ...identity, mappedBy: "default" };
};
