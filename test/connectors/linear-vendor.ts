import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type FieldNode, Kind, parse, type SelectionSetNode, type ValueNode } from "graphql";

type Row = Record<string, unknown>;
type Variables = Readonly<Record<string, unknown>>;

/** What a test makes the vendor say instead of an answer. */
type Trick = (asked: {
  readonly operation: string;
  readonly variables: Variables;
  readonly count: number;
}) => { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> } | undefined;

export interface LinearVendor {
  readonly url: string;
  /** Rows by list field of the query root; nested lists are plain arrays. Tests change them between reads. */
  readonly rows: Record<string, Row[]>;
  readonly asked: { readonly operation: string; readonly variables: Variables; readonly authorization: string }[];
  trick: Trick | undefined;
  readonly stop: () => Promise<void>;
}

const SINGLE: Readonly<Record<string, string>> = { issue: "issues", project: "projects" };

/**
 * A small server that runs this connector's documents as Linear documents them: selections, `first` and `after`,
 * `filter`, `sort` and `orderBy`; https://linear.app/developers/pagination and /filtering.
 */
export const linearVendor = async (rows: Record<string, Row[]>): Promise<LinearVendor> => {
  const asked: LinearVendor["asked"] = [];
  const vendor: { trick: Trick | undefined } = { trick: undefined };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { query, variables = {} } = JSON.parse(Buffer.concat(parts).toString()) as {
        query: string;
        variables?: Variables;
      };
      const operation = parse(query).definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
      if (operation === undefined) throw new Error("no operation");
      const name = operation.name?.value ?? "";
      asked.push({ operation: name, variables, authorization: request.headers.authorization ?? "" });
      const told = vendor.trick?.({ operation: name, variables, count: asked.length });
      const body = told?.body ?? { data: rootOf(operation.selectionSet, rows, variables) };
      response.writeHead(told?.status ?? 200, { "content-type": "application/json", ...told?.headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    rows,
    asked,
    get trick() {
      return vendor.trick;
    },
    set trick(trick) {
      vendor.trick = trick;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const fieldsOf = ({ selections }: SelectionSetNode): FieldNode[] =>
  selections.filter((node) => node.kind === Kind.FIELD);

const rootOf = (selection: SelectionSetNode, rows: Record<string, Row[]>, variables: Variables): Row =>
  Object.fromEntries(
    fieldsOf(selection).map((field) => {
      const name = field.name.value;
      const list = rows[name];
      if (list !== undefined) return [name, listOf(field, list, variables)];
      const row = rows[SINGLE[name] ?? ""]?.find(({ id }) => id === argumentsOf(field, variables)["id"]);
      if (row === undefined || field.selectionSet === undefined) throw new Error(`no ${name}`);
      return [name, select(field.selectionSet, row, variables)];
    }),
  );

const select = (selection: SelectionSetNode, row: Row, variables: Variables): Row =>
  Object.fromEntries(
    fieldsOf(selection).map((field) => {
      const value = row[field.name.value];
      if (field.selectionSet === undefined || value === null || value === undefined)
        return [field.name.value, value ?? null];
      if (Array.isArray(value)) return [field.name.value, listOf(field, value as Row[], variables)];
      return [field.name.value, select(field.selectionSet, value as Row, variables)];
    }),
  );

const listOf = (field: FieldNode, rows: readonly Row[], variables: Variables): Row => {
  const given = argumentsOf(field, variables);
  const chosen = rows.filter((row) => matches(row, (given["filter"] ?? {}) as Row));
  const ascending = given["sort"] !== undefined;
  const ordered =
    ascending || given["orderBy"] === "updatedAt"
      ? chosen.toSorted((a, b) => compare(a, b) * (ascending ? 1 : -1))
      : chosen;
  const from = given["after"] === undefined ? 0 : ordered.findIndex(({ id }) => id === given["after"]) + 1;
  const first = typeof given["first"] === "number" ? given["first"] : 50;
  const page = ordered.slice(from, from + first);
  const nodes = fieldsOf(field.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] }).find(
    ({ name }) => name.value === "nodes",
  );
  return {
    nodes: page.map((row) => (nodes?.selectionSet === undefined ? row : select(nodes.selectionSet, row, variables))),
    pageInfo: { hasNextPage: from + first < ordered.length, endCursor: page.at(-1)?.["id"] ?? null },
  };
};

const compare = (a: Row, b: Row): number => {
  const [left, right] = [`${a["updatedAt"]} ${a["id"]}`, `${b["updatedAt"]} ${b["id"]}`];
  return left < right ? -1 : left > right ? 1 : 0;
};

const matches = (row: unknown, filter: Row): boolean =>
  Object.entries(filter).every(([name, wanted]) => {
    if (name === "or") return (wanted as Row[]).some((part) => matches(row, part));
    if (name === "some") return (row as Row[]).some((item) => matches(item, wanted as Row));
    if (name === "in") return (wanted as unknown[]).includes(row);
    if (name === "eq") return row === wanted;
    if (name === "gte") return typeof row === "string" && row >= (wanted as string);
    if (name === "null") return (row === null || row === undefined) === wanted;
    const held = row as Row | null | undefined;
    return matches(held?.[name === "accessibleTeams" ? "teams" : name], wanted as Row);
  });

const argumentsOf = (field: FieldNode, variables: Variables): Row =>
  Object.fromEntries((field.arguments ?? []).map(({ name, value }) => [name.value, literalOf(value, variables)]));

const literalOf = (value: ValueNode, variables: Variables): unknown => {
  if (value.kind === Kind.VARIABLE) return variables[value.name.value];
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind === Kind.LIST) return value.values.map((item) => literalOf(item, variables));
  return "value" in value ? value.value : {};
};
