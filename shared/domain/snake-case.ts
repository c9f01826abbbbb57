/** Names are few and come again with every row; those that somebody made up are not kept without end. */
const SPELT = new Map<string, string>();
const NAMES_AT_MOST = 2000;

/** `updatedSince` as it stands on the wire: `updated_since`. */
export const snakeCase = (name: string): string => {
  const known = SPELT.get(name);
  if (known !== undefined) return known;
  const spelt = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (SPELT.size < NAMES_AT_MOST) SPELT.set(name, spelt);
  return spelt;
};

/** Keys whose texts are names of ours (kinds, fields), so that they are spelt on the wire as the keys are. */
const HOLDS_NAMES: ReadonlySet<string> = new Set(["kind", "changed"]);
/** A vendor's own value and a JSON Schema: their keys are not ours to rename. */
const HOLDS_FOREIGN: ReadonlySet<string> = new Set(["value", "schema"]);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const namesIn = (value: unknown): unknown => {
  if (typeof value === "string") return snakeCase(value);
  return Array.isArray(value) ? value.map(namesIn) : snakeKeys(value);
};

/** A value of ours as it goes on the wire: all keys in snake_case, values as they are. */
export const snakeKeys = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(snakeKeys);
  const spelt: [string, unknown][] = [];
  for (const [key, held] of Object.entries(value)) {
    if (HOLDS_FOREIGN.has(key)) spelt.push([snakeCase(key), held]);
    else spelt.push([snakeCase(key), HOLDS_NAMES.has(key) ? namesIn(held) : snakeKeys(held)]);
  }
  return Object.fromEntries(spelt);
};

/** A JSON Schema of a value of ours, made the schema of what {@link snakeKeys} gives. */
export const snakeSchema = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(snakeSchema);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, held]) => {
      if (keyword === "properties" && isObject(held))
        return [
          keyword,
          Object.fromEntries(Object.entries(held).map(([key, one]) => [snakeCase(key), snakeSchema(one)])),
        ];
      if (keyword === "required" && Array.isArray(held)) return [keyword, held.map((key) => snakeCase(String(key)))];
      return [keyword, snakeSchema(held)];
    }),
  );
};
