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

/** Whether a record passes one of Linear's filters. Works on any record, since filters have the shape of what they filter. @param now what durations count from */
export const passes = (filter: Filter, record: Held, now: number): boolean =>
  Object.entries(filter).every(([name, wanted]) => {
    if (wanted === null || wanted === undefined) return true;
    if (name === "and") return (wanted as readonly Filter[]).every((part) => passes(part, record, now));
    if (name === "or") return (wanted as readonly Filter[]).some((part) => passes(part, record, now));
    const field = FIELDS.get(name) ?? name;
    if (!(field in record)) throw wrongInput(`The sandbox cannot filter by ${name}.`);
    const held = record[field];
    return passesValue(
      wanted as Filter,
      typeof held === "function" ? (held as (args: object) => unknown)({}) : held,
      now,
    );
  });

const passesValue = (wanted: Filter, held: unknown, now: number): boolean => {
  const names = Object.keys(wanted).filter((name) => wanted[name] !== null && wanted[name] !== undefined);
  if (names.every((name) => COMPARATORS.has(name)))
    return names.every((name) => compare(name, held, wanted[name], now));
  if (isConnection(held)) return passesCollection(wanted, held.nodes, now);
  if (held === null || held === undefined) return wanted["null"] === true;
  const { null: isNull, ...rest } = wanted;
  return isNull !== true && passes(rest, held as Held, now);
};

const isConnection = (held: unknown): held is { readonly nodes: readonly Held[] } =>
  typeof held === "object" && held !== null && Array.isArray((held as { nodes?: unknown }).nodes);

const passesCollection = (wanted: Filter, nodes: readonly Held[], now: number): boolean => {
  const { some, every, length, and, or, ...each } = wanted;
  if (or !== undefined) return (or as readonly Filter[]).some((part) => passesCollection(part, nodes, now));
  return (
    ((and ?? []) as readonly Filter[]).every((part) => passesCollection(part, nodes, now)) &&
    (some === undefined || nodes.some((node) => passes(some as Filter, node, now))) &&
    (every === undefined || nodes.every((node) => passes(every as Filter, node, now))) &&
    (length === undefined || passesValue(length as Filter, nodes.length, now)) &&
    (Object.keys(each).length === 0 || nodes.some((node) => passes(each, node, now)))
  );
};

const compare = (name: string, held: unknown, wanted: unknown, now: number): boolean => {
  if (name === "null") return (held === null || held === undefined) === wanted;
  if (name === "in") return (wanted as readonly unknown[]).some((value) => same(held, value, now));
  if (name === "nin") return !(wanted as readonly unknown[]).some((value) => same(held, value, now));
  if (name === "eq") return same(held, wanted, now);
  if (name === "neq") return !same(held, wanted, now);
  if (held === null || held === undefined) return false;
  if (name === "gt" || name === "gte" || name === "lt" || name === "lte") {
    const [a, b] = [ordinal(held, now), ordinal(wanted, now)];
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

const same = (held: unknown, wanted: unknown, now: number): boolean => {
  if (held === wanted) return true;
  if (held === null || held === undefined || wanted === null) return false;
  return isDate(held) && typeof wanted === "string" && readTime(wanted, now) === Date.parse(String(held));
};

const isDate = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value);

const ordinal = (value: unknown, now: number): number =>
  typeof value === "number" ? value : readTime(String(value), now);

/** ISO 8601, a shorter form of it, or a duration from now such as `-P2W1D`. @throws an input error for anything else */
const readTime = (text: string, now: number): number => {
  const span = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (span !== null) {
    const units = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1];
    const seconds = units.reduce((sum, unit, index) => sum + unit * Number(span[index + 2] ?? 0), 0);
    return now + (span[1] === "-" ? -1000 : 1000) * seconds;
  }
  const time = /^\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw wrongInput(`Invalid date: ${text}`);
  return time;
};

/** The lowest time a filter lets through for a field, as far as its outermost level says. */
export const lowerBound = (filter: Filter | null | undefined, field: string, now: number): number => {
  if (filter === null || filter === undefined) return Number.NEGATIVE_INFINITY;
  const own = filter[field] as Filter | null | undefined;
  const bounds = ["gte", "gt", "eq"].map((name) => own?.[name]).filter((value) => typeof value === "string");
  const nested = ((filter["and"] ?? []) as readonly Filter[]).map((part) => lowerBound(part, field, now));
  return Math.max(Number.NEGATIVE_INFINITY, ...bounds.map((value) => readTime(String(value), now)), ...nested);
};
