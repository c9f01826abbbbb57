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
import { fillStore } from "./api-store.ts";
import { scratchFolder } from "./bench-company.ts";
import { table, times } from "./report.ts";

const AT_ONCE = 8;
const ASKED: readonly (readonly [name: string, address: string])[] = [
  ["status", "/v1/status"],
  ["feature", "/v1/features/ACME-7"],
  ["list", "/v1/features?limit=20&fields=id,key,name,stage,health"],
  ["work-item filter", "/v1/work-items?status=in_review&limit=20&fields=id,key,name,status"],
];

interface Measured {
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

const measure = async (url: string, requests: number): Promise<Measured> => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  for (let n = 0; n < Math.min(200, requests); n++) await ask(agent, url);
  const took: number[] = [];
  let left = requests;
  const begun = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const from = performance.now();
      await ask(agent, url);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { perSecond: took.length / seconds, p99: took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0 };
};

/** The same server as the local hub's: an event of API Gateway in, its answer out. */
const serve = (app: Hono) => {
  const handler = handle(app);
  return served(async (request, response) =>
    answer(response, (await handler(await httpEvent(request), endless)) as Parameters<typeof answer>[1]),
  );
};

/** A hub over so many work items; its tools are never asked. */
const openApi = async (items: number, folder: string) => {
  const nowhere = { urls: { jira: "http://127.0.0.1:9", linear: "http://127.0.0.1:9", github: "http://127.0.0.1:9" } };
  const config = companyConfig({
    ...nowhere,
    credentials: { jira: { email: "a@acme.example" } },
  } as unknown as Sandbox);
  const environment = { JIRA_TOKEN: "a", LINEAR_KEY: "b", GITHUB_TOKEN: "c" };
  const url = "http://localhost:4100";
  const embedded = openEmbedded({ folder, exclusive: true, environment, envFile: `${folder}/.env`, url });
  fillStore(embedded.db, items, new Date());
  const log = quietLog(() => {});
  const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
  useHub(hub);
  const key = async () => new Uint8Array(32).fill(7);
  serveAs({ cursorKey: key, sealKey: key, demo: false, signIn: { required: false } });
  return { app: (await webOf(() => hub)) as unknown as Hono, close: () => embedded.close() };
};

/**
 * `npm run bench -- api`: requests a second and the slowest hundredth, beside a handler that sends the same bytes
 * without looking at anything, over the same server and in the same process as who asks.
 */
export const apiBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { full: { type: "boolean" }, json: { type: "boolean" }, requests: { type: "string" } },
  });
  const requests = Number(values.requests ?? 1000);
  const rows: { items: number; name: string; bytes: number; ours: Measured; bare: Measured }[] = [];
  for (const items of values.full === true ? [1000, 10_000, 100_000] : [1000, 10_000]) {
    const { folder, remove } = scratchFolder();
    const { app, close } = await openApi(items, folder);
    const server = await serve(app);
    for (const [name, address] of ASKED) {
      const body = await ask(new Agent(), `${server.url}${address}`);
      const bare = await serve(
        new Hono().get("*", (c) => c.body(body.toString(), 200, { "Content-Type": "application/json" })),
      );
      const measured = {
        ours: await measure(`${server.url}${address}`, requests),
        bare: await measure(`${bare.url}/`, requests),
      };
      await bare.close();
      rows.push({ items, name, bytes: body.byteLength, ...measured });
    }
    await server.close();
    close();
    remove();
  }
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const least = (name: string) => rows.find((row) => row.name === name);
  const lines = rows.map(({ items, name, bytes, ours, bare }) => {
    const first = least(name);
    return [
      name,
      items,
      bytes,
      ours.perSecond.toFixed(0),
      ours.p99.toFixed(1),
      bare.perSecond.toFixed(0),
      `${((100 * ours.perSecond) / bare.perSecond).toFixed(0)} %`,
      times((first?.ours.perSecond ?? 0) / (first?.bare.perSecond ?? 1), ours.perSecond / bare.perSecond),
    ];
  });
  const head = ["request", "items", "bytes", "a second", "p99 ms", "bare", "of bare", "growth"];
  process.stdout.write(`${table(head, lines)}\n`);
};
