import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Json;
}
interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly security?: readonly Json[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/** Whoever answers may say more than before; whoever asks may be asked for no more than before. */
type Way = "answered" | "asked";

const isSaid = (value: unknown): value is Json => typeof value === "object" && value !== null;
/** So deep no answer goes; shapes that hold themselves end here. */
const DEPTH = 12;

/** What a client of the first document could no longer rely on in the second, each in one line. */
export const breaksBetween = (before: OpenApi, after: OpenApi): string[] => {
  const breaks: string[] = [];
  const named = (document: OpenApi, schema: Json): Json => {
    const reference = schema["$ref"];
    return typeof reference === "string"
      ? (document.components.schemas[reference.slice("#/components/schemas/".length)] ?? {})
      : schema;
  };
  const compare = (was: Json, is: Json, at: string, way: Way, depth = 0): void => {
    if (depth > DEPTH) return;
    const [old, now] = [named(before, was), named(after, is)];
    const [wasType, isType] = [typeOf(old), typeOf(now)];
    if (wasType !== isType) return void breaks.push(`${at}: ${wasType} became ${isType}`);
    const [values, newValues] = [old["enum"], now["enum"]] as (readonly unknown[] | undefined)[];
    // Enums of answers are open; one that a client may send must stay.
    for (const value of way === "asked" && newValues !== undefined ? (values ?? []) : [])
      if (!newValues?.includes(value)) breaks.push(`${at}: the value ${String(value)} is gone`);
    if (way === "asked" && values === undefined && newValues !== undefined) breaks.push(`${at}: takes no other value`);
    compareFields(old, now, at, way, depth);
    if (isSaid(old["items"]) && isSaid(now["items"])) compare(old["items"], now["items"], `${at}[]`, way, depth + 1);
    const [some, others] = [old["anyOf"], now["anyOf"]] as (readonly Json[] | undefined)[];
    const [first, second] = [some, others].map((all) => all?.filter(({ type }) => type !== "null") ?? []);
    if (first?.length === 1 && second?.length === 1) compare(first[0] ?? {}, second[0] ?? {}, at, way, depth + 1);
  };
  const compareFields = (old: Json, now: Json, at: string, way: Way, depth: number): void => {
    const [fields, newFields] = [old["properties"], now["properties"]] as (
      | Readonly<Record<string, Json>>
      | undefined
    )[];
    const required = (schema: Json) => new Set((schema["required"] ?? []) as string[]);
    const [had, has] = [required(old), required(now)];
    for (const [name, schema] of Object.entries(fields ?? {})) {
      const next = newFields?.[name];
      if (next === undefined) breaks.push(`${at}: the field ${name} is gone`);
      else {
        if (way === "answered" && had.has(name) && !has.has(name))
          breaks.push(`${at}: the field ${name} may be absent`);
        compare(schema, next, `${at}.${name}`, way, depth + 1);
      }
    }
    if (way === "asked")
      for (const name of has) if (!had.has(name)) breaks.push(`${at}: the field ${name} must be sent`);
  };
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, was] of Object.entries(methods)) {
      const at = `${method.toUpperCase()} ${path}`;
      const is = after.paths[path]?.[method];
      if (is === undefined) breaks.push(`${at}: is gone`);
      else compareOperation(was, is, at, compare, breaks);
    }
  }
  return breaks;
};

const typeOf = (schema: Json): string => {
  const { type, anyOf } = schema as { type?: string | readonly string[]; anyOf?: readonly Json[] };
  if (anyOf !== undefined) return anyOf.map(typeOf).toSorted().join(" or ");
  return Array.isArray(type)
    ? type.toSorted().join(" or ")
    : schema["$ref"] === undefined
      ? String(type ?? "anything")
      : "object";
};

const compareOperation = (
  was: Operation,
  is: Operation,
  at: string,
  compare: (was: Json, is: Json, at: string, way: Way) => void,
  breaks: string[],
): void => {
  if (was.operationId !== is.operationId) breaks.push(`${at}: is called ${is.operationId}, was ${was.operationId}`);
  if (JSON.stringify(was.security) !== JSON.stringify(is.security)) breaks.push(`${at}: needs another scope`);
  for (const parameter of was.parameters) {
    const now = is.parameters.find((one) => one.name === parameter.name && one.in === parameter.in);
    if (now === undefined) breaks.push(`${at}: the parameter ${parameter.name} is gone`);
    else compare(parameter.schema, now.schema, `${at}?${parameter.name}`, "asked");
  }
  for (const { name, required, in: place } of is.parameters) {
    const old = was.parameters.find((one) => one.name === name && one.in === place);
    if (required && !old?.required) breaks.push(`${at}: the parameter ${name} must be sent`);
  }
  for (const [status, { content }] of Object.entries(was.responses)) {
    const now = is.responses[status];
    if (now === undefined) breaks.push(`${at}: no longer answers ${status}`);
    for (const [type, { schema }] of Object.entries(content ?? {})) {
      const next = now?.content?.[type];
      if (now !== undefined && next === undefined) breaks.push(`${at}: ${status} is no longer ${type}`);
      if (next !== undefined) compare(schema, next.schema, `${at} ${status}`, "answered");
    }
  }
  const sent = is.requestBody?.content["application/json"]?.schema;
  const sentBefore = was.requestBody?.content["application/json"]?.schema;
  if (sent !== undefined) compare(sentBefore ?? { type: "object" }, sent, `${at} body`, "asked");
};

/** Breaks that somebody decided and wrote down: each line of the page that is an item names one. */
export const acknowledged = (page: string): Set<string> =>
  new Set([...page.matchAll(/^- `(.+)`/gm)].flatMap(([, line]) => line ?? []));

if (import.meta.main) {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../docs/${path}`, import.meta.url)), "utf8");
  const known = acknowledged(read("api-breaks.md"));
  const breaks = breaksBetween(JSON.parse(read("openapi.baseline.json")), JSON.parse(read("openapi.json")));
  const fresh = breaks.filter((line) => !known.has(line));
  for (const line of breaks) console.log(`${known.has(line) ? "written down" : "BREAK"}  ${line}`);
  if (fresh.length > 0) {
    console.error(
      `${fresh.length} breaking changes of the API: take them back, or write them down in docs/api-breaks.md`,
    );
    process.exitCode = 1;
  } else console.log("nothing that a client relies on was taken away");
}
