import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { answer, httpEvent } from "../../infra/local/http-event.ts";
import { endless } from "../../infra/local/pumps.ts";
import type { Sandbox } from "../../infra/sandbox/index.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { useHub } from "../../shared/platform/current.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { serveAs } from "../../shared/platform/serving.ts";
import { webOf } from "../../shared/platform/web.ts";
import { companyConfig } from "../e2e/company-config.ts";
import { served } from "../e2e/served.ts";
import { featuresFor, fillStore } from "./api-store.ts";
import { scratchFolder } from "./bench-company.ts";
import { table, times } from "./report.ts";

const AT_ONCE = 8;
const ROUNDS = 5;
/** Addresses of one kind that are asked in turn, so that no answer is that of the request before. */
const ADDRESSES = 60;

const FIELDS = "id,key,name,stage,health";
/** What is asked: one address, one for each of many features, or the pages of a walk. */
const ASKED: Readonly<Record<string, { readonly at: string; readonly each?: "feature" | "page" }>> = {
  status: { at: "/v1/status" },
  feature: { at: "/v1/features/ACME-", each: "feature" },
  list: { at: `/v1/features?limit=20&fields=${FIELDS}`, each: "page" },
  "work-item filter": { at: "/v1/work-items?status=in_review&limit=20&fields=id,key,name,status", each: "page" },
};

export interface Measured {
  /** Of a CPU second, in which the asking is counted too: others may have the core meanwhile. */
  readonly perSecond: number;
  readonly p99: number;
}

/** One request over a connection that stays open. @returns its body */
const ask = (agent: Agent, url: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(chunks))
          : reject(new Error(`${response.statusCode} ${url}`)),
      );
    }).once("error", reject);
  });

const measure = async (url: string, addresses: readonly string[], requests: number): Promise<Measured> => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const took: number[] = [];
  let asked = 0;
  const before = process.cpuUsage();
  const worker = async () => {
    while (asked < requests) {
      const address = addresses[asked++ % addresses.length];
      const from = performance.now();
      await ask(agent, `${url}${address}`);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(before);
  agent.destroy();
  const p99 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0;
  return { perSecond: (took.length * 1e6) / (user + system), p99 };
};

/** The addresses of one kind, with what is answered under each. */
const answersOf = async (url: string, name: string, items: number): Promise<ReadonlyMap<string, Buffer>> => {
  const { at, each } = ASKED[name] ?? { at: "/" };
  const agent = new Agent();
  const answers = new Map<string, Buffer>();
  const features = featuresFor(items);
  for (let n = 0, address = each === "feature" ? `${at}0` : at; n < ADDRESSES; n++) {
    const body = await ask(agent, `${url}${address}`);
    answers.set(address, body);
    const { next_cursor: next } = JSON.parse(body.toString()) as { next_cursor?: string | null };
    if (each === undefined || (each === "page" && typeof next !== "string")) break;
    address = each === "page" ? `${at}&cursor=${next}` : `${at}${Math.floor(((n + 1) * features) / ADDRESSES)}`;
  }
  return answers;
};

/** The same server as the local hub's: an event of API Gateway in, its answer out. */
const serve = (app: Hono) => {
  const handler = handle(app);
  return served(async (request, response) =>
    answer(response, (await handler(await httpEvent(request), endless)) as Parameters<typeof answer>[1]),
  );
};

/** A hub over what a folder holds, and so many work items more; its tools are never asked. */
const openApi = async (items: number, folder: string) => {
  const nowhere = { urls: { jira: "http://127.0.0.1:9", linear: "http://127.0.0.1:9", github: "http://127.0.0.1:9" } };
  const config = companyConfig({
    ...nowhere,
    credentials: { jira: { email: "a@acme.example" } },
  } as unknown as Sandbox);
  const environment = { JIRA_TOKEN: "a", LINEAR_KEY: "b", GITHUB_TOKEN: "c" };
  const url = "http://localhost:4100";
  const embedded = openEmbedded({ folder, exclusive: true, environment, envFile: `${folder}/.env`, url });
  if (items > 0) fillStore(embedded.db, items, new Date());
  const log = quietLog(() => {});
  const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
  useHub(hub);
  const key = async () => new Uint8Array(32).fill(7);
  serveAs({ cursorKey: key, sealKey: key, demo: false, signIn: { required: false } });
  return { app: (await webOf(() => hub)) as unknown as Hono, close: () => embedded.close() };
};

/** One request of the API over so many items, and a handler that sends the same bytes; medians of several rounds. */
export interface ApiSpeed {
  readonly items: number;
  readonly name: string;
  readonly addresses: number;
  readonly bytes: number;
  readonly ours: Measured;
  readonly bare: Measured;
}

const medianOf = (rounds: readonly Measured[]): Measured => {
  const middle = (of: (one: Measured) => number) => rounds.map(of).toSorted((a, b) => a - b)[rounds.length >> 1] ?? 0;
  return { perSecond: middle(({ perSecond }) => perSecond), p99: middle(({ p99 }) => p99) };
};

/** All sizes and requests by turns, so that a busy moment of the machine falls on all alike; the first turn warms up. */
export const measureApi = async (
  sizes: readonly number[],
  requests: number,
  names: readonly string[] = Object.keys(ASKED),
): Promise<ApiSpeed[]> => {
  const ends: (() => Promise<void> | void)[] = [];
  const all = [];
  for (const items of sizes) {
    const { folder, remove } = scratchFolder();
    const { app, close } = await openApi(items, folder);
    const server = await serve(app);
    ends.push(server.close, close, remove);
    for (const name of names) {
      const answers = await answersOf(server.url, name, items);
      const type = { "Content-Type": "application/json" };
      const held = new Map([...answers].map(([address, body]) => [address, body.toString()]));
      const bare = await serve(
        new Hono().get("*", (c) => {
          const { pathname, search } = new URL(c.req.url);
          return c.body(held.get(`${pathname}${search}`) ?? "", 200, type);
        }),
      );
      ends.unshift(bare.close);
      all.push({ items, name, answers, urls: { ours: server.url, bare: bare.url }, ours: [], bare: [] } as {
        items: number;
        name: string;
        answers: ReadonlyMap<string, Buffer>;
        urls: Readonly<Record<"ours" | "bare", string>>;
      } & Record<"ours" | "bare", Measured[]>);
    }
  }
  for (let round = 0; round <= ROUNDS; round++)
    for (const { answers, urls, ...one } of all)
      for (const who of ["ours", "bare"] as const) {
        const measured = await measure(urls[who], [...answers.keys()], Math.ceil(requests / ROUNDS));
        if (round > 0) one[who].push(measured);
      }
  for (const end of ends) await end();
  return all.map(({ items, name, answers, ours, bare }) => {
    const bytes = [...answers.values()].reduce((sum, body) => sum + body.byteLength, 0) / answers.size;
    return { items, name, addresses: answers.size, bytes, ours: medianOf(ours), bare: medianOf(bare) };
  });
};

/** `main.ts start-run <folder> [<items to fill it with first>]`: how long a process takes until the hub has answered. */
export const startRun = async ([folder = "", items = "0"]: readonly string[]): Promise<void> => {
  const { app, close } = await openApi(Number(items), folder);
  const answer = await app.request("/v1/status");
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
  await answer.text();
  const { user, system } = process.cpuUsage();
  close();
  process.stdout.write(`${JSON.stringify({ seconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 })}\n`);
};

/**
 * `npm run bench -- api`: requests a CPU second and the slowest hundredth, beside a handler that sends the same bytes
 * without looking at anything, over the same server and in the same process as who asks.
 */
export const apiBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { full: { type: "boolean" }, json: { type: "boolean" }, requests: { type: "string" } },
  });
  const sizes = values.full === true ? [1000, 10_000, 100_000] : [1000, 10_000];
  const rows = await measureApi(sizes, Number(values.requests ?? 1000));
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const least = (name: string) => rows.find((row) => row.name === name);
  const lines = rows.map(({ items, name, addresses, bytes, ours, bare }) => {
    const first = least(name);
    return [
      name,
      items,
      addresses,
      bytes.toFixed(0),
      ours.perSecond.toFixed(0),
      ours.p99.toFixed(1),
      bare.perSecond.toFixed(0),
      `${((100 * ours.perSecond) / bare.perSecond).toFixed(0)} %`,
      times(ours.p99, first?.ours.p99 ?? 0),
    ];
  });
  const head = ["request", "items", "addresses", "bytes", "a CPU second", "p99 ms", "bare", "of bare", "p99 growth"];
  process.stdout.write(`${table(head, lines)}\n`);
};
