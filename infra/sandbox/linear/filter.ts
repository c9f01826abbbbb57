import { wrongInput } from "./connection.ts";

type Filter = Readonly<Record<string, unknown>>;
type Held = Readonly<Record<string, unknown>>;

const COMPARATORS = new Set([
  "eq",
  "neq",
  "in",
  "nin",
  "gt",
  "gte",
  "lt",
  "lte",
  "null",
  "contains",
  "notContains",
  "containsIgnoreCase",
  "notContainsIgnoreCase",
  "startsWith",
  "notStartsWith",
  "endsWith",
  "notEndsWith",
  "eqIgnoreCase",
  "neqIgnoreCase",
  "startsWithIgnoreCase",
]);

/** Filters that have another name than the field they look at. */
const FIELDS: ReadonlyMap<string, string> = new Map([["accessibleTeams", "teams"]]);

/** Whether a record passes one of Linear's filters. Works on any record, since filters have the shape of what they filter. */
export const passes = (filter: Filter, record: Held): boolean =>
  Object.entries(filter).every(([name, wanted]) => {
    if (wanted === null || wanted === undefined) return true;
    if (name === "and") return (wanted as readonly Filter[]).every((part) => passes(part, record));
    if (name === "or") return (wanted as readonly Filter[]).some((part) => passes(part, record));
    const field = FIELDS.get(name) ?? name;
    if (!(field in record)) throw wrongInput(`The sandbox cannot filter by ${name}.`);
    const held = record[field];
    return passesValue(wanted as Filter, typeof held === "function" ? (held as (args: object) => unknown)({}) : held);
  });

const passesValue = (wanted: Filter, held: unknown): boolean => {
  const names = Object.keys(wanted).filter((name) => wanted[name] !== null && wanted[name] !== undefined);
  if (names.every((name) => COMPARATORS.has(name))) return names.every((name) => compare(name, held, wanted[name]));
  if (isConnection(held)) return passesCollection(wanted, held.nodes);
  if (held === null || held === undefined) return wanted["null"] === true;
  const { null: isNull, ...rest } = wanted;
  return isNull !== true && passes(rest, held as Held);
};

const isConnection = (held: unknown): held is { readonly nodes: readonly Held[] } =>
  typeof held === "object" && held !== null && Array.isArray((held as { nodes?: unknown }).nodes);

const passesCollection = (wanted: Filter, nodes: readonly Held[]): boolean => {
  const { some, every, length, and, or, ...each } = wanted;
  if (or !== undefined) return (or as readonly Filter[]).some((part) => passesCollection(part, nodes));
  return (
    ((and ?? []) as readonly Filter[]).every((part) => passesCollection(part, nodes)) &&
    (some === undefined || nodes.some((node) => passes(some as Filter, node))) &&
    (every === undefined || nodes.every((node) => passes(every as Filter, node))) &&
    (length === undefined || passesValue(length as Filter, nodes.length)) &&
    (Object.keys(each).length === 0 || nodes.some((node) => passes(each, node)))
  );
};

const compare = (name: string, held: unknown, wanted: unknown): boolean => {
  if (name === "null") return (held === null || held === undefined) === wanted;
  if (name === "in") return (wanted as readonly unknown[]).some((value) => same(held, value));
  if (name === "nin") return !(wanted as readonly unknown[]).some((value) => same(held, value));
  if (name === "eq") return same(held, wanted);
  if (name === "neq") return !same(held, wanted);
  if (held === null || held === undefined) return false;
  if (name === "gt" || name === "gte" || name === "lt" || name === "lte") {
    const [a, b] = [ordinal(held), ordinal(wanted)];
    return name === "gt" ? a > b : name === "gte" ? a >= b : name === "lt" ? a < b : a <= b;
  }
  return compareText(name, String(held), String(wanted));
};

const compareText = (name: string, held: string, wanted: string): boolean => {
  const ignoring = name.endsWith("IgnoreCase");
  const [a, b] = ignoring ? [held.toLowerCase(), wanted.toLowerCase()] : [held, wanted];
  const plain = name.replace(/IgnoreCase$/, "");
  const negated = plain.startsWith("not") || plain === "neq";
  const positive = plain.replace(/^not/, "").toLowerCase();
  const found =
    positive === "contains"
      ? a.includes(b)
      : positive === "startswith"
        ? a.startsWith(b)
        : positive === "endswith"
          ? a.endsWith(b)
          : a === b;
  return found !== negated;
};

const same = (held: unknown, wanted: unknown): boolean => {
  if (held === wanted) return true;
  if (held === null || held === undefined || wanted === null) return false;
  return isDate(held) && typeof wanted === "string" && readTime(wanted) === Date.parse(String(held));
};

const isDate = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value);

const ordinal = (value: unknown): number => (typeof value === "number" ? value : readTime(String(value)));

/** ISO 8601, a shorter form of it, or a duration from now such as `-P2W1D`. @throws an input error for anything else */
const readTime = (text: string): number => {
  const span = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (span !== null) {
    const units = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1];
    const seconds = units.reduce((sum, unit, index) => sum + unit * Number(span[index + 2] ?? 0), 0);
    return Date.now() + (span[1] === "-" ? -1000 : 1000) * seconds;
  }
  const time = /^\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw wrongInput(`Invalid date: ${text}`);
  return time;
};

/** The lowest time a filter lets through for a field, as far as its outermost level says. */
export const lowerBound = (filter: Filter | null | undefined, field: string): number => {
  if (filter === null || filter === undefined) return Number.NEGATIVE_INFINITY;
  const own = filter[field] as Filter | null | undefined;
  const bounds = ["gte", "gt", "eq"].map((name) => own?.[name]).filter((value) => typeof value === "string");
  const nested = ((filter["and"] ?? []) as readonly Filter[]).map((part) => lowerBound(part, field));
  return Math.max(Number.NEGATIVE_INFINITY, ...bounds.map((value) => readTime(String(value))), ...nested);
};
