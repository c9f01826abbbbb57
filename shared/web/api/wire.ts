import { snakeCase, snakeKeys } from "../../domain/snake-case.ts";

const MADE = Symbol("made");

/** What becomes JSON only where its text is not held yet. */
export interface Made<Json extends object> {
  readonly [MADE]: true;
  readonly of: object;
  readonly with: string;
  readonly json: () => Json;
}

/**
 * An answer made of one value that nobody changes, and of a text such as the hub's address; of nothing else, the clock
 * and who asks among them. Of the same value comes the same text, which is held for as long as the value is.
 */
export const made = <Json extends object>(of: object, beside: string, json: () => Json): Made<Json> => ({
  [MADE]: true,
  of,
  with: beside,
  json,
});

const isMade = <Json extends object>(item: Json | Made<Json>): item is Made<Json> => MADE in item;

/** Fields are asked for in few ways; whoever makes up more of them finds nothing held. */
const TEXTS_AT_MOST = 4;
const held = new WeakMap<object, Map<string, string>>();

/** The JSON of an item as it goes on the wire: all of it, or the top-level fields that were asked for. */
export const wireText = <Json extends object>(
  item: Json | Made<Json>,
  fields: readonly string[] | undefined,
): string => {
  if (!isMade(item)) return JSON.stringify(projected(item, fields));
  const key = shapeOf(item.with, fields);
  const texts = held.get(item.of) ?? new Map<string, string>();
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(projected(item.json(), fields));
  if (texts.size >= TEXTS_AT_MOST) texts.clear();
  held.set(item.of, texts.set(key, text));
  return text;
};

let last:
  | { readonly beside: string; readonly fields: readonly string[] | undefined; readonly shape: string }
  | undefined;

/** What an item's text depends on beside the item, made once for all items of a list. */
const shapeOf = (beside: string, fields: readonly string[] | undefined): string => {
  if (last === undefined || last.beside !== beside || last.fields !== fields)
    last = { beside, fields, shape: `${beside} ${fields?.join() ?? "*"}` };
  return last.shape;
};

const projected = (body: object, fields: readonly string[] | undefined): unknown => {
  if (fields === undefined) return snakeKeys(body);
  return snakeKeys(Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(snakeCase(name)))));
};
