import * as z from "zod";
import { snakeSchema } from "../../domain/snake-case.ts";

type Json = Readonly<Record<string, unknown>>;

/** A column of a table: its name, with dots where it lies within another object. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/** Deeper objects stay whole, as JSON in one cell. */
const DEPTH = 2;

/** The columns of an object on the wire, in the order of its shape; a place that holds an object becomes several. */
export const columnsOf = (schema: z.ZodObject): Column[] => {
  const whole = snakeSchema(z.toJSONSchema(schema, { io: "input" })) as Json;
  const parts = (whole["$defs"] ?? {}) as Readonly<Record<string, Json>>;
  const named = (one: Json): Json => {
    const other = one["anyOf"] as readonly Json[] | undefined;
    const present = other?.find(({ type }) => type !== "null");
    if (present !== undefined && other?.length === 2) return named(present);
    const reference = one["$ref"];
    return typeof reference === "string" ? (parts[reference.slice("#/$defs/".length)] ?? {}) : one;
  };
  const within = (one: Json, path: readonly string[]): Column[] => {
    const properties = named(one)["properties"] as Readonly<Record<string, Json>> | undefined;
    if (properties === undefined || path.length > DEPTH) return [{ name: path.join("."), path }];
    return Object.entries(properties).flatMap(([name, part]) => within(part, [...path, name]));
  };
  const { properties } = named(whole) as { readonly properties: Readonly<Record<string, Json>> };
  return Object.entries(properties).flatMap(([name, part]) => within(part, [name]));
};

/** What stands in a cell; undefined where there is nothing. */
export const cellOf = (row: unknown, { path }: Column): string | number | boolean | undefined => {
  let value = row;
  for (const name of path) value = (value as Json | null | undefined)?.[name];
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const isPlain = Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number");
  return isPlain ? (value as readonly (string | number)[]).join("; ") : JSON.stringify(value);
};
