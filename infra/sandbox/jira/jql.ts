import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { issueKey } from "./issue.ts";
import { issueId, projectOf, statusName, statusOf, typeId, typeName } from "./vocabulary.ts";

/** A query the server cannot read, said in Jira's words. */
export class JqlError extends Error {}

/** A read query: a test for each issue, bounds on `updated`, and the order. */
export interface Jql {
  readonly bounded: boolean;
  /** Milliseconds since the epoch, inclusive. */
  readonly updatedFrom: number;
  readonly updatedTo: number;
  readonly order: "updated" | "id";
  readonly descending: boolean;
  holds(world: World, item: WorkItem): boolean;
}

/** What a query means different things by. */
export interface Around {
  /** Of the asking user: dates without a zone are read in it. */
  readonly timeZone: string;
  /** What spans such as `-5d` count from. */
  readonly now: number;
  /** Ids, keys and names of the projects that may be named, in lower case. */
  readonly projects: readonly string[];
}

type Token = { readonly kind: "word" | "text" | "sign"; readonly value: string };
type Test = (world: World, item: WorkItem) => boolean;
interface Clause {
  readonly test: Test;
  readonly from?: number;
  readonly to?: number;
}

const tokens = (text: string): readonly Token[] => {
  const found: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|=|>|<|\(|\)|,)|([^\s"'(),=<>!]+))/gy;
  let end = 0;
  for (let part = pattern.exec(text); part !== null; part = pattern.exec(text)) {
    end = pattern.lastIndex;
    const quoted = part[1] ?? part[2];
    if (quoted !== undefined) found.push({ kind: "text", value: quoted.replace(/\\(.)/g, "$1") });
    else if (part[3] !== undefined) found.push({ kind: "sign", value: part[3] });
    else found.push({ kind: "word", value: part[4] ?? "" });
  }
  if (text.slice(end).trim() !== "") {
    throw new JqlError(
      `Error in the JQL Query: The character '${text.slice(end).trim().charAt(0)}' is a reserved JQL character. (line 1, character ${end + 1})`,
    );
  }
  return found;
};

/** Reads a query. */
export const parseJql = (text: string, around: Around): Jql => {
  const [list, orderText] = split(tokens(text));
  const clauses = new Reader(list, around).all();
  const { order, descending } = orderOf(orderText);
  return {
    bounded: clauses.length > 0,
    updatedFrom: Math.max(
      Number.NEGATIVE_INFINITY,
      ...clauses.map((clause) => clause.from ?? Number.NEGATIVE_INFINITY),
    ),
    updatedTo: Math.min(Number.POSITIVE_INFINITY, ...clauses.map((clause) => clause.to ?? Number.POSITIVE_INFINITY)),
    order,
    descending,
    holds: (world, item) => clauses.every((clause) => clause.test(world, item)),
  };
};

const split = (list: readonly Token[]): readonly [readonly Token[], readonly Token[]] => {
  const place = list.findIndex((token, i) => isWord(token, "order") && isWord(list[i + 1], "by"));
  return place < 0 ? [list, []] : [list.slice(0, place), list.slice(place + 2)];
};

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === "word" && token.value.toLowerCase() === word;

const orderOf = (list: readonly Token[]): { order: "updated" | "id"; descending: boolean } => {
  const fields: { name: string; descending: boolean }[] = [];
  for (const token of list) {
    const word = token.value.toLowerCase();
    const last = fields.at(-1);
    if (word === "asc" || word === "desc") {
      if (last === undefined) throw new JqlError("Error in the JQL Query: Expecting a field name after 'ORDER BY'.");
      last.descending = word === "desc";
    } else if (token.value !== ",") fields.push({ name: word, descending: false });
  }
  if (fields.length > 7) throw new JqlError("The maximum number of ORDER BY fields is 7.");
  const unknown = fields.find(({ name }) => !["updated", "id", "key", "issuekey", "created"].includes(name));
  if (unknown !== undefined) {
    throw new JqlError(`Field '${unknown.name}' does not exist or you do not have permission to view it.`);
  }
  const first = fields[0];
  return { order: first?.name === "updated" ? "updated" : "id", descending: first?.descending ?? false };
};

class Reader {
  readonly #list: readonly Token[];
  readonly #around: Around;
  #place = 0;

  constructor(list: readonly Token[], around: Around) {
    this.#list = list;
    this.#around = around;
  }

  all(): readonly Clause[] {
    if (this.#list.length === 0) return [];
    const clauses = [this.#either()];
    if (this.#place < this.#list.length) {
      throw new JqlError(`Error in the JQL Query: Expecting either 'OR' or 'AND' but got '${this.#next().value}'.`);
    }
    return clauses;
  }

  #either(): Clause {
    const options = [this.#both()];
    while (this.#take("or")) options.push(this.#both());
    if (options.length === 1) return options[0] as Clause;
    return { test: (world, item) => options.some((option) => option.test(world, item)) };
  }

  #both(): Clause {
    const parts = [this.#one()];
    while (this.#take("and")) parts.push(this.#one());
    const from = Math.max(...parts.map((part) => part.from ?? Number.NEGATIVE_INFINITY));
    const to = Math.min(...parts.map((part) => part.to ?? Number.POSITIVE_INFINITY));
    return { test: (world, item) => parts.every((part) => part.test(world, item)), from, to };
  }

  #one(): Clause {
    if (this.#sign("(")) {
      const inner = this.#either();
      this.#expect(")");
      return inner;
    }
    if (this.#take("not")) {
      const inner = this.#one();
      return { test: (world, item) => !inner.test(world, item) };
    }
    const field = this.#next().value.toLowerCase();
    const negated = this.#take("not");
    const operator = negated || isWord(this.#list[this.#place], "in") ? this.#in() : this.#next().value;
    const values = operator === "in" ? this.#values() : [this.#next().value];
    return this.#clause(field, operator, values, negated);
  }

  #clause(field: string, operator: string, values: readonly string[], negated: boolean): Clause {
    if (field === "updated" || field === "created") return this.#dateClause(field, operator, values[0] ?? "");
    const read = READERS[field];
    if (read === undefined)
      throw new JqlError(`Field '${field}' does not exist or you do not have permission to view it.`);
    if (!["in", "=", "!="].includes(operator)) {
      throw new JqlError(`The operator '${operator}' is not supported by the '${field}' field.`);
    }
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    for (const value of values) {
      if (field === "project" && !this.#around.projects.includes(value.toLowerCase())) {
        throw new JqlError(`The value '${value}' does not exist for the field '${field}'.`);
      }
    }
    const keep = negated === (operator === "!=");
    return { test: (world, item) => read(world, item).some((value) => wanted.has(value.toLowerCase())) === keep };
  }

  #dateClause(field: "updated" | "created", operator: string, text: string): Clause {
    const time = readDate(text, this.#around);
    if (time === undefined) {
      throw new JqlError(
        `Date value '${text}' for field '${field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
      );
    }
    const bounds: Record<string, { from?: number; to?: number }> = {
      ">=": { from: time },
      ">": { from: time + 1 },
      "<=": { to: time },
      "<": { to: time - 1 },
      "=": { from: time, to: time },
    };
    const bound = bounds[operator];
    if (bound === undefined) throw new JqlError(`The operator '${operator}' is not supported by the '${field}' field.`);
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = bound;
    const test: Test = (_, item) => item[field] >= from && item[field] <= to;
    return field === "updated" ? { test, from, to } : { test };
  }

  #in(): "in" {
    if (!this.#take("in")) throw new JqlError("Error in the JQL Query: Expecting 'in' after 'not'.");
    return "in";
  }

  #values(): readonly string[] {
    this.#expect("(");
    const values: string[] = [];
    do values.push(this.#next().value);
    while (this.#sign(","));
    this.#expect(")");
    return values;
  }

  #next(): Token {
    const token = this.#list[this.#place];
    if (token === undefined) throw new JqlError("Error in the JQL Query: The query ended where a value was expected.");
    this.#place += 1;
    return token;
  }

  #take(word: string): boolean {
    if (!isWord(this.#list[this.#place], word)) return false;
    this.#place += 1;
    return true;
  }

  #sign(sign: string): boolean {
    const token = this.#list[this.#place];
    if (token?.kind !== "sign" || token.value !== sign) return false;
    this.#place += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#sign(sign))
      throw new JqlError(
        `Error in the JQL Query: Expecting '${sign}' but got '${this.#list[this.#place]?.value ?? "the end"}'.`,
      );
  }
}

const project = (_: World, item: WorkItem): readonly string[] => {
  const { id, key, name } = projectOf(item);
  return [id, key, name];
};
const type = (_: World, item: WorkItem): readonly string[] => [typeId(item.kind), typeName(item.kind)];
const identity = (world: World, item: WorkItem): readonly string[] => [issueId(item.n), issueKey(world, item)];
const status = (world: World, item: WorkItem): readonly string[] => {
  const found = statusOf(item.kind, item.stage);
  return [found.id, statusName(world, found)];
};

const READERS: Readonly<Record<string, (world: World, item: WorkItem) => readonly string[]>> = {
  project,
  issuetype: type,
  type,
  id: identity,
  issue: identity,
  key: identity,
  issuekey: identity,
  status,
};

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Epoch milliseconds, a date in the user's zone, or a time span before now. */
const readDate = (text: string, { timeZone, now }: Around): number | undefined => {
  if (/^\d{10,}$/.test(text)) return Number(text);
  const span = /^(-?)(\d+)([mhdw])$/.exec(text);
  if (span !== null) return now + (span[1] === "-" ? -1 : 1) * Number(span[2]) * (UNITS[span[3] ?? ""] ?? 0);
  const date = /^(\d{4})[-/](\d{2})[-/](\d{2})(?: (\d{2}):(\d{2}))?$/.exec(text);
  if (date === null) return undefined;
  const wall = Date.UTC(
    Number(date[1]),
    Number(date[2]) - 1,
    Number(date[3]),
    Number(date[4] ?? 0),
    Number(date[5] ?? 0),
  );
  return wall - offsetAt(wall, timeZone);
};

const offsetAt = (time: number, timeZone: string): number => {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "medium" }).formatToParts(
    time,
  );
  const get = (part: string): number => Number(parts.find((entry) => entry.type === part)?.value ?? 0);
  return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second")) - time;
};
