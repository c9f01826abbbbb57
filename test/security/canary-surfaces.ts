import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { COMMANDS } from "../../infra/cli/main.ts";
import type { Route } from "../../shared/web/api/route.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { PAGES } from "../../shared/web/dashboard/dashboard.ts";
import { TOOLS } from "../../shared/web/mcp/tools.ts";
import { openStoreAt } from "../e2e/local-hub.ts";
import { openDuck } from "../lake/duck.ts";
import type { CanaryHub } from "./canary-hub.ts";
import type { Seen } from "./canary-search.ts";

/** One surface: what it said, and which parts of its table were never reached. */
export interface Surface {
  readonly seen: readonly Seen[];
  readonly missed: readonly string[];
}

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;
type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = { "content-type": "application/json" };

/** An answer with its headers: a cookie or an address can tell as much as a body. */
const heard = async (where: string, response: Response): Promise<Seen> => ({
  where: `${where} ${response.status}`,
  text: `${JSON.stringify([...response.headers])}\n${await response.text()}`,
});

/** `/features/:key{[^/]+\\.md}` as what an address must look like. */
const shapeOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/:\w+\{\[\^\/\]\+\\\.(\w+)\}/, "[^/]+[.]$1")
      .replace(/[.](?!\])/g, "[.]")
      .replace(/:\w+/g, "[^/]+")}$`,
  );

/** The same rows as tables. */
const FORMATS = [".csv", ".md"];

/** Of pages of one shape so many are looked at, and every tab. */
const OF_ONE_SHAPE = 2;
const FILES = /\.(?:html|md|csv|json|txt|atom|svg)$/;

/** Every page of the table, files and feeds too, found by following links from those without a name in their address. */
export const pages = async (ask: Ask, begin: readonly string[]): Promise<Surface> => {
  const shapes = PAGES.map(([path]) => [path, shapeOf(path)] as const);
  const reached = new Map<string, number>();
  const missed = new Set(PAGES.map(([path]) => path));
  const seen: Seen[] = [];
  const known = new Set<string>();
  const waiting = [...begin, ...PAGES.map(([path]) => path).filter((path) => !path.includes(":"))];
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    const [path = "", query = ""] = address.split("?", 2);
    const page = shapes.find(([, shape]) => shape.test(path))?.[0];
    const ending = FILES.exec(path)?.[0] ?? "";
    const kind = page?.endsWith(":tab") ? path : `${page ?? path.split("/")[1]}${ending}`;
    if (known.has(path) || (reached.get(kind) ?? 0) >= OF_ONE_SHAPE) continue;
    known.add(path);
    reached.set(kind, (reached.get(kind) ?? 0) + 1);
    if (page !== undefined) missed.delete(page);
    const said = await heard(address, await ask(`${path}${query && `?${query}`}`, { redirect: "manual" }));
    seen.push(said);
    for (const [, href = ""] of said.text.matchAll(/(?:href|hx-get|src)="(\/(?!\/)[^"#]*)/g))
      if (!/^\/(?:v1|assets|share)\//.test(href)) waiting.push(href.replaceAll("&amp;", "&"));
  }
  return { seen, missed: [...missed] };
};

const NEEDED: Readonly<Record<string, string>> = { since: "2026-01-01", q: "a", by: "week" };

/** The addresses of an operation, with what the list above each name begins with. */
const addresses = async (ask: Ask, path: string): Promise<readonly string[]> => {
  const at = path.indexOf("/{");
  if (at === -1) return [path];
  const found: string[] = [];
  for (const above of await addresses(ask, path.slice(0, at))) {
    const list = await ask(`${above === "/v1/links" ? "/v1/links/review" : above}?limit=2`);
    const { data = [] } = (await list.json()) as { data?: readonly Json[] };
    for (const one of data) {
      const name = one["name"] !== undefined && above === "/v1/connections" ? one["name"] : (one["id"] ?? one["type"]);
      found.push(`${above}/${encodeURIComponent(String(name))}${path.slice(at).replace(/^\/\{\w+\}/, "")}`);
    }
  }
  const whole = await Promise.all(found.map((one) => addresses(ask, one)));
  return whole.flat().slice(0, 1);
};

/** After the first board, which is of five minutes before the hub's start, and before all that it read. */
const recently = (): string => new Date(Date.now() - 4 * 60_000).toISOString();

const queryOf = ({ id, query }: Route): string =>
  Object.keys(query.shape)
    .filter((name) => !query.shape[name]?.safeParse(undefined).success)
    .map((name) => `${name}=${id === "summarise_changes" && name === "since" ? recently() : (NEEDED[name] ?? "a")}`)
    .join("&");

/** Every operation that reads, for the first thing that there is, in each of its formats. */
export const answers = async (ask: Ask): Promise<Surface> => {
  const seen: Seen[] = [];
  const missed: string[] = [];
  for (const route of ROUTES.filter(({ method }) => method === "GET")) {
    const all = await addresses(ask, route.path);
    const query = queryOf(route);
    for (const address of all)
      for (const suffix of ["", ...FORMATS.slice(route.path.endsWith("}") ? FORMATS.length : 0)]) {
        const response = await ask(`${address}${suffix}${query && `?${query}`}`);
        if (!response.ok) missed.push(`${route.id}: ${response.status}`);
        seen.push(await heard(`${address}${suffix}`, response));
      }
    if (all.length === 0) missed.push(route.id);
  }
  return { seen, missed };
};

/**
 * Every operation and page as it refuses: without a key, for what is not there, with a query, a body and a method that are
 * none.
 */
export const refusals = async (hub: CanaryHub, ask: Ask): Promise<Surface> => {
  const seen: Seen[] = [];
  const missed: string[] = [];
  const expect = async (where: string, response: Response) => {
    if (response.status < 400) missed.push(`${where}: ${response.status}`);
    seen.push(await heard(where, response));
  };
  for (const { method, path } of ROUTES) {
    const address = path.replace(/\{\w+\}/g, "none");
    const body = method === "GET" ? {} : { body: '{"nothing":1}', headers: JSON_TYPE };
    await expect(`${method} ${address}`, await ask(`${address}?nothing=1`, { method, ...body }));
    await expect(`nobody's ${method} ${address}`, await fetch(`${hub.url}${address}`, { method }));
  }
  await expect("PUT /v1/keys", await ask("/v1/keys", { method: "PUT" }));
  await expect("text to /v1/keys", await ask("/v1/keys", { method: "POST", body: "name" }));
  for (const [path] of PAGES.filter(([one]) => one.includes(":")))
    await expect(path, await ask(path.replace(/:\w+(?:\{[^}]*\\(\.\w+)\})?/g, "none$1")));
  return { seen, missed };
};

/** What tools are told, by the name of what they take. */
const TOLD: Readonly<Record<string, unknown>> = { q: "a", report: "weekly" };

/** Every tool for assistants, without anything and with all that it must be told. */
export const tools = async (ask: Ask): Promise<Surface> => {
  const features = (await (await ask("/v1/features?limit=1")).json()) as { data: readonly { id: string }[] };
  const told: Json = { ...TOLD, since: recently(), feature: features.data[0]?.id };
  const seen: Seen[] = [];
  const missed: string[] = [];
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const call = async (method: string, name: string, params: object) => {
    const headers = {
      ...JSON_TYPE,
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(name !== "" && { "mcp-name": name }),
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } });
    return heard(`${method} ${name} ${JSON.stringify(params)}`, await ask("/mcp", { method: "POST", headers, body }));
  };
  seen.push(await call("tools/list", "", {}));
  for (const { name, input } of TOOLS) {
    const needed = Object.entries(input.shape).filter(([, shape]) => !shape.safeParse(undefined).success);
    const given = Object.fromEntries(needed.map(([key]) => [key, told[key]]));
    const whole = Object.keys(input.shape).includes("report") ? { report: told["report"] } : given;
    const said = await call("tools/call", name, { name, arguments: whole });
    if (!said.where.endsWith(" 200") || /"isError":true/.test(said.text))
      missed.push(`${name}: ${said.text.slice(0, 300)}`);
    seen.push(said, await call("tools/call", name, { name, arguments: { nothing: 1 } }));
  }
  return { seen, missed };
};

/** Commands that are not run here, with the reason. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  start: "is the hub that the others are run beside; its log is searched",
  demo: "is `start` over another company",
  connect: "asks questions: test/e2e/connect.test.ts searches all that it prints",
  import: "writes a config for GitHub: test/e2e/cli.test.ts",
  mcp: "answers what /mcp answers",
  deploy: "needs AWS: test/e2e/aws.test.ts searches its logs",
  diff: "needs AWS",
  outputs: "needs AWS",
  remove: "needs AWS",
  synth: "needs AWS",
};

/** What each command is called with; those of `keys` that tell a secret are called elsewhere. */
const lines = (feature: string, event: string): Readonly<Record<string, readonly (readonly string[])[]>> => ({
  sync: [["github"]],
  normalise: [["linear", "issues"]],
  export: [
    ["feature"],
    ["work_item", "--format", "csv"],
    ["feature_status"],
    ["link"],
    ["person"],
    ["act"],
    ["ddl", "--target", "duckdb", "--out", "lake"],
    ["all", "--format", "parquet", "--out", "lake"],
    ["nothing", "--json"],
  ],
  replay: [["github", "--quarantine"], ["nothing"]],
  rebuild: [["--json"]],
  rules: [["test"]],
  doctor: [[], ["github", "--census", "--json"]],
  status: [[], ["--json"]],
  features: [[], ["--json"]],
  explain: [[feature], [feature, "--json"], ["NOPE-1"]],
  flow: [[], ["--json"]],
  history: [["NOPE-1"]],
  keys: [["list"], ["list", "--json"], ["revoke", "none"]],
  report: [
    ...["text", "html", "md", "csv", "json", "slack", "teams"].map((format) => ["weekly", "--format", format]),
    ["weekly", "--send"],
    ["weekly", "--send-test", "ana@acme.example", "--json"],
  ],
  people: [[], ["--json"], ["erase", "nobody@acme.example"]],
  trace: [[event], [event, "--json"], ["evt_none"]],
  listen: [["--since", "2026-01-01", "--once"]],
  trigger: [["feature.stage.changed"], ["nothing"]],
  events: [["export", "--format", "asyncapi"]],
  changes: [
    ["--since", recently()],
    ["--since", "2026-01-01", "--log", "--json"],
  ],
});

/** Every command of the table, and the lake that `export` writes. */
export const commands = async (hub: CanaryHub, ask: Ask): Promise<Surface> => {
  const { data } = (await (await ask("/v1/changes?since=2026-01-01&type=feature.stage.changed&limit=1")).json()) as {
    data: readonly { id: string; subject: string }[];
  };
  const table = lines(data[0]?.subject ?? "", data[0]?.id ?? "");
  const seen: Seen[] = [];
  for (const name of Object.keys(COMMANDS))
    for (const words of [["--help"], ...(table[name] ?? [])])
      seen.push({ where: [name, ...words].join(" "), text: await hub.command(name, ...words) });
  seen.push(...(await lake(join(hub.data, "..", "lake"))));
  return { seen, missed: Object.keys(COMMANDS).filter((name) => !(name in table) && !(name in NOT_RUN)) };
};

/** Parquet is packed: its rows are read as others would. */
const lake = async (folder: string): Promise<Seen[]> => {
  using duck = await openDuck();
  const seen: Seen[] = [];
  for (const name of readdirSync(folder)) {
    if (name.includes(".")) continue;
    const rows = await duck.rows(
      `SELECT * FROM read_parquet('${join(folder, name)}/*/*.parquet', union_by_name = true)`,
    );
    seen.push({ where: `lake ${name}`, text: JSON.stringify(rows) });
  }
  return seen;
};

/** Where the hub's own key and the digest of addresses stand, by design: for the owner of the folder alone. */
const OWN = /(?:workspace\.key|\.db|\.db-wal|\.db-shm)$/;

/** What is kept: rows, events, queues, and every file by its name and its bytes. */
export const kept = (hub: CanaryHub, isOwn: (row: string) => boolean): readonly Seen[] => {
  const store = openStoreAt(hub.folder);
  const tables = store.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  const rows = tables.flatMap(({ name }) =>
    store.db
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .map((row) => ({ where: `table ${name}`, text: JSON.stringify(row) })),
  );
  store.close();
  const files = readdirSync(hub.data, { recursive: true, withFileTypes: true }).flatMap((file) => {
    const path = join(file.parentPath, file.name);
    const named = { where: "names of files", text: path };
    if (!file.isFile() || OWN.test(file.name)) return [named];
    const bytes = readFileSync(path);
    const text = (file.name.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString("latin1");
    return [named, { where: path, text }];
  });
  return [...rows.filter(({ text }) => !isOwn(text)), ...files];
};
