import type * as z from "zod";

type Schema = z.core.$ZodType;

/** Only zod itself can tell what comes of a value. */
const ASK = Symbol("ask zod");
type Reading = (value: unknown) => unknown;

/** What of a schema is looked at, of whatever type it is. */
interface Definition {
  readonly type: string;
  readonly checks?: readonly unknown[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly keyType?: Schema;
  readonly options?: readonly Schema[];
  readonly in?: Schema;
  readonly out?: Schema;
}

const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition;
const made = new WeakMap<Schema, Reading>();

/**
 * A JSON value read by its schema, as `safeParse` reads it but for the order of keys. What a schema leaves as it is
 * is not copied through each of its layers, which takes most of the time of reading a record.
 */
export const readRecord = <S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> => {
  const data = readingOf(schema)(value);
  return data === ASK ? schema.safeParse(value) : { success: true, data: data as z.output<S> };
};

const readingOf = (schema: Schema): Reading => {
  const held = made.get(schema);
  if (held !== undefined) return held;
  const reading = compiled(schema);
  made.set(schema, reading);
  return reading;
};

const compiled = (schema: Schema): Reading => {
  const definition = definitionOf(schema);
  const { type, checks = [], innerType, element } = definition;
  if (checks.length > 0) return asking(schema);
  if (type === "unknown" || type === "any") return (value) => value;
  if (type === "string" && !("format" in definition)) return (value) => (typeof value === "string" ? value : ASK);
  if (type === "number" && !("format" in definition)) return (value) => (Number.isFinite(value) ? value : ASK);
  if (type === "boolean") return (value) => (typeof value === "boolean" ? value : ASK);
  if (type === "object") return object(definition);
  if (type === "array" && element !== undefined) return array(element);
  if (type === "record") return record(schema, definition);
  if (type === "union" && definition.options !== undefined) return union(definition.options);
  if (type === "pipe") return pipe(schema, definition);
  if (innerType === undefined) return asking(schema);
  const inner = readingOf(innerType);
  if (type === "catch") return inner;
  if (type === "nullable") return (value) => (value === null ? null : inner(value));
  const isGiven = innerType._zod.optin === "defaulted";
  if (type === "optional") return (value) => (value !== undefined ? inner(value) : isGiven ? ASK : undefined);
  return asking(schema);
};

/** What is not known here is asked: small things, and those alone. */
const asking =
  (schema: Schema): Reading =>
  (value) => {
    if (typeof value === "object" && value !== null) return ASK;
    const result = schema._zod.run({ value, issues: [] }, { async: false });
    return result instanceof Promise || result.issues.length > 0 ? ASK : result.value;
  };

type Keyed = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Keyed =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Object.hasOwn(value, "__proto__");

/** Its parts are made when it is first used, since a shape may name itself. */
const object = ({ shape = {}, catchall }: Definition): Reading => {
  const isLoose = catchall !== undefined && definitionOf(catchall).type === "unknown";
  const partsOf = () =>
    Object.entries(shape).map(([key, part]) => {
      const { optin, optout } = part._zod;
      return { key, read: readingOf(part), isNeeded: optin === undefined, isLeftOut: optout === "optional" };
    });
  let parts: ReturnType<typeof partsOf> | undefined;
  return (value) => {
    if (!isObject(value)) return ASK;
    parts ??= partsOf();
    let copy: Record<string, unknown> | undefined;
    for (const { key, read, isNeeded, isLeftOut } of parts) {
      const was = value[key];
      const is = read(was);
      if (is === ASK || (was === undefined && isNeeded && !(key in value))) return ASK;
      if (is === was) continue;
      if (isLeftOut && !(key in value)) return ASK;
      copy ??= { ...value };
      copy[key] = is;
    }
    if (!isLoose && !Object.keys(value).every((key) => Object.hasOwn(shape, key))) return ASK;
    return copy ?? value;
  };
};

const array = (element: Schema): Reading => {
  const read = readingOf(element);
  return (value) => {
    if (!Array.isArray(value)) return ASK;
    let copy: unknown[] | undefined;
    for (let at = 0; at < value.length; at++) {
      const is = read(value[at]);
      if (is === ASK) return ASK;
      if (is === value[at]) continue;
      copy ??= [...value];
      copy[at] = is;
    }
    return copy ?? value;
  };
};

const record = (schema: Schema, { keyType, valueType }: Definition): Reading => {
  const key = keyType && definitionOf(keyType);
  if (valueType === undefined || key?.type !== "string" || key.checks?.length || "format" in key) return asking(schema);
  const read = readingOf(valueType);
  return (value) => (isObject(value) && Object.values(value).every((one) => read(one) === one) ? value : ASK);
};

/** The first option that may take a value of this type decides. */
const union = (options: readonly Schema[]): Reading => {
  const parts = options.map((option) => ({ takes: typesOf(option), read: readingOf(option) }));
  return (value) => {
    const type = typeOf(value);
    for (const { takes, read } of parts) if (takes === undefined || takes.has(type)) return read(value);
    return ASK;
  };
};

/** What is made of a value once it is read. */
const pipe = (schema: Schema, definition: Definition): Reading => {
  const { in: from, out: to } = definition;
  if (from === undefined || to === undefined || definitionOf(to).type !== "transform" || "transform" in definition)
    return asking(schema);
  const read = readingOf(from);
  return (value) => {
    const inner = read(value);
    if (inner === ASK) return ASK;
    const result = to._zod.run({ value: inner, issues: [] }, { async: false });
    return result instanceof Promise || result.issues.length > 0 ? ASK : result.value;
  };
};

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : value === undefined ? "undefined" : typeof value;

const PLAIN: ReadonlySet<string> = new Set(["string", "number", "boolean", "null", "array", "object"]);

/** Types of values that a schema may take; undefined if any. */
const typesOf = (schema: Schema): ReadonlySet<string> | undefined => {
  const definition = definitionOf(schema);
  const { type, innerType } = definition;
  if (PLAIN.has(type)) return "coerce" in definition ? undefined : new Set([type]);
  if (type === "record") return new Set(["object"]);
  if (type === "pipe" && definition.in !== undefined) return typesOf(definition.in);
  const inner = innerType && typesOf(innerType);
  if (inner !== undefined && type === "nullable") return new Set([...inner, "null"]);
  return undefined;
};
