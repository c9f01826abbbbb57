import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { snakeCase } from "../../domain/snake-case.ts";
import { didYouMean } from "./did-you-mean.ts";

type Given = Readonly<Record<string, unknown>>;

const wrong = (code: "unknown_parameter" | "invalid_parameter", message: string, parameter: string) =>
  new HubError(code, message, { retry: "never", details: { parameter } });

/** The schema below optional and default. */
export const bare = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? bare(schema.unwrap()) : schema;

/** Whether a parameter takes several values, divided by commas, any of which may hold. */
export const takesMany = (schema: unknown): boolean => bare(schema) instanceof z.ZodArray;

interface Parameter {
  /** Its name in the schema. */
  readonly name: string;
  readonly takesMany: boolean;
}

/** The parameters of a schema, by their names on the wire. */
const spelt = new WeakMap<z.ZodRawShape, ReadonlyMap<string, Parameter>>();

const parametersOf = (shape: z.ZodRawShape): ReadonlyMap<string, Parameter> =>
  new Map(
    Object.entries(shape).map(([name, schema]) => [snakeCase(name), { name, takesMany: takesMany(schema) }] as const),
  );

/**
 * The parameters of an address under the names that the schema has, not yet checked.
 *
 * @param operation named in messages, e.g. `GET /v1/features`
 * @throws HubError `unknown_parameter`, with the word that was probably meant; `invalid_parameter` for one given twice or empty
 */
export const givenIn = (search: URLSearchParams, shape: z.ZodRawShape, operation: string): Given => {
  const parameters = spelt.get(shape) ?? parametersOf(shape);
  spelt.set(shape, parameters);
  const given = new Map<string, unknown>();
  for (const told of new Set(search.keys())) {
    const parameter = parameters.get(told);
    if (parameter === undefined) {
      const shown = told.slice(0, 64);
      const hint = didYouMean(told, [...parameters.keys()]);
      throw wrong("unknown_parameter", `'${shown}' is not a parameter of ${operation}${hint}`, shown);
    }
    const values = search.getAll(told);
    if (values.includes("")) throw wrong("invalid_parameter", `'${told}' is empty; leave it out for all`, told);
    if (parameter.takesMany)
      given.set(
        parameter.name,
        values.flatMap((value) => value.split(",")),
      );
    else if (values.length === 1) given.set(parameter.name, values[0]);
    else throw wrong("invalid_parameter", `'${told}' is given more than once`, told);
  }
  return Object.fromEntries(given);
};

const complaint = (issue: z.core.$ZodIssue, given: Given): HubError => {
  const [name, place] = issue.path;
  const held = given[String(name)];
  const value = Array.isArray(held) && typeof place === "number" ? held[place] : held;
  const told = snakeCase(String(name));
  if (value === undefined) return wrong("invalid_parameter", `'${told}' is missing`, told);
  const shown = `'${String(value).slice(0, 64)}' is not a value of '${told}'`;
  if (issue.code !== "invalid_value") return wrong("invalid_parameter", `${shown}: ${issue.message}`, told);
  const allowed = issue.values.map(String);
  const hint = didYouMean(String(value), allowed);
  return wrong("invalid_parameter", `${shown}${hint === "" ? `; it is one of ${allowed.join(", ")}` : hint}`, told);
};

/**
 * Checks what {@link givenIn} found.
 *
 * @throws HubError `invalid_parameter`, with what is allowed
 */
export const checked = <Schema extends z.ZodType>(schema: Schema, given: Given): z.output<Schema> => {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined
    ? new HubError("invalid_parameter", "a value is not allowed", { retry: "never" })
    : complaint(issue, given);
};

const CURSOR = /(?:^|&)cursor=([\w-]+)(?=&|$)/;
const KNOWN_AT_MOST = 200;
/** Whoever asks for more than this is answered as well, and asks anew each time. */
const LONGEST = 500;

/**
 * What the addresses of a list ask for, found out once for all pages of a walk and all who ask alike: they differ by their
 * cursors alone.
 *
 * @param read what a whole address asks for; it throws what is wrong with it, which is never kept
 */
export const readOnce = <Asked extends { readonly cursor?: string | undefined }>(
  read: (search: URLSearchParams) => Asked,
): ((url: URL) => Asked) => {
  const known = new Map<string, Asked>();
  return (url) => {
    const search = url.search.slice(1);
    const cursor = CURSOR.exec(search)?.[1];
    const others = cursor === undefined ? search : search.replace(CURSOR, "");
    const held = known.get(others);
    if (held !== undefined) return { ...held, cursor };
    const asked = read(url.searchParams);
    // One spelt in another way stands among the others, of which nothing may be left out.
    if (asked.cursor !== cursor || others.length > LONGEST) return asked;
    if (known.size >= KNOWN_AT_MOST) known.clear();
    known.set(others, asked);
    return asked;
  };
};
