import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { derivedKey } from "../../shared/platform/serving.ts";
import type { Example } from "../../shared/web/api/example.ts";
import { parametersOf } from "../../shared/web/api/open-api.ts";
import type { Route } from "../../shared/web/api/route.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";
import { WITHOUT_EXAMPLE } from "./without-example.ts";

/**
 * `node infra/tools/api-examples.ts [address]`: asks the demo (or the hub at that address) every operation and keeps a
 * short form of each answer as its example. Run it after a change of what operations answer.
 */
const FILE = fileURLToPath(new URL("../../shared/web/api/examples.json", import.meta.url));
const CLI = fileURLToPath(new URL("../cli/throughline.mjs", import.meta.url));
const SHOWN = "https://hub.example.com";
const TEXT = 160;
const SETTLES_WITHIN_MS = 10 * 60_000;
const A_MONTH_MS = 30 * 86_400_000;

type Json = Readonly<Record<string, unknown>>;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A demo of its own in this folder. */
const startDemo = async (data: string) => {
  const child = spawn(process.execPath, [CLI, "demo", "--port", "0", "--size", "400"], {
    env: { ...process.env, THROUGHLINE_DATA: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (;;) {
    const url = /http:\/\/localhost:\d+/.exec(said)?.[0];
    if (url !== undefined) return { url, stop: () => child.kill("SIGTERM") };
    if (child.exitCode !== null) throw new Error(`the demo ended: ${said}`);
    await sleep(200);
  }
};

/** Asks until it is so. @param what that is waited for, as the error says it */
const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + SETTLES_WITHIN_MS; !(await isSo()); await sleep(1000))
    if (Date.now() > end) throw new Error(`${what} did not come within ten minutes`);
};

const listOf = async (address: string): Promise<readonly Json[]> => {
  const { data = [] } = (await (await fetch(address)).json()) as { data?: readonly Json[] };
  return data;
};

/** All tools read, and the first report of each kind made of that: it comes a while after the last read. */
const settled = async (url: string): Promise<void> => {
  await until("the first reads", async () =>
    (await listOf(`${url}/v1/connections?limit=200`)).every(
      ({ state, streams }) => (streams as object[]).length === 0 || state === "healthy",
    ),
  );
  await until("the first reports", async () =>
    (await listOf(`${url}/v1/reports`)).every(({ last_run: run }) => run !== null),
  );
};

/** A webhook of GitHub, signed as the demo's own, that no reader understands: it is set aside. */
const setOneAside = async (url: string, data: string): Promise<void> => {
  const [file = ""] = globSync("*/workspace.key", { cwd: data });
  const secret = Buffer.from(derivedKey(readFileSync(join(data, file), "utf8"), "demo webhooks")).toString("hex");
  const repository = { full_name: "acme/devkit" };
  const body = JSON.stringify({ action: "edited", issue: { title: "An issue without a number" }, repository });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  await fetch(`${url}/hooks/github`, {
    method: "POST",
    body,
    headers: { "x-github-event": "issues", "x-github-delivery": "1", "x-hub-signature-256": `sha256=${signature}` },
  });
  await until("a dead letter", async () => (await listOf(`${url}/v1/connections/github/dead-letters`)).length > 0);
};

/** The same with one thing of each list, and texts that are not longer than they need be. */
const shortened = (value: unknown, url: string): unknown => {
  if (typeof value === "string") {
    const shown = value
      .replace(/\btl_\w+/g, "tl_…")
      .replace(/\bwhsec_[\w+/=]+/g, "whsec_…")
      .replaceAll(url, SHOWN)
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, "https://tool.example.com");
    return shown.length > TEXT ? `${shown.slice(0, TEXT - 1)}…` : shown;
  }
  if (Array.isArray(value)) return value.slice(0, 1).map((one) => shortened(one, url));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortened(part, url)]));
};

/** The hub knows nothing of earlier days: what it compares with must be of its own time. */
const BEGAN = new Date().toISOString();

const queryOf = (route: Route): string =>
  parametersOf(route)
    .filter(({ required }) => required)
    .map(({ name, example }) => {
      const value = route.id === "summarise_changes" && name === "since" ? BEGAN : String(example);
      return `${name}=${encodeURIComponent(value)}`;
    })
    .join("&");

/** The path with what it names, one after the other: the first things of the list above each name. */
async function* pathsOf(url: string, path: string): AsyncGenerator<string> {
  const at = path.indexOf("/{");
  if (at === -1) {
    yield path;
    return;
  }
  const above = path.slice(0, at);
  const list = await listOf(`${url}${above === "/v1/links" ? "/v1/links/review" : above}?limit=50`);
  const names = list.flatMap((one) =>
    [one["key"], one["name"], one["id"], one["type"]].filter((name) => typeof name === "string"),
  );
  for (const name of names) yield* pathsOf(url, path.replace(/\{\w+\}/, encodeURIComponent(name)));
}

/** Somebody's endpoint, which takes what it gets. */
const startReceiver = async () => {
  const server = createServer((_, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
};
const receiver = await startReceiver();

/** What is sent, by operation: those without one are asked with nothing. `record` is any work item's id. */
const SENT: Readonly<Record<string, (record: string) => Json>> = {
  override_feature: () => ({
    override: {
      stage: "marketing",
      polarity: "skip",
      reason: "Nobody needs to be told of it.",
      expires_at: new Date(Date.now() + A_MONTH_MS).toISOString().slice(0, 10),
    },
  }),
  post_feature_update: () => ({ health: "at_risk", text: "Waits for the certificate of the bank." }),
  post_initiative_update: () => ({ health: "on_track", text: "Both teams have begun." }),
  create_feature_link: (record) => ({ record, type: "relates_to" }),
  sync_connection: () => ({ full: false }),
  create_key: () => ({ name: "Nightly export", role: "viewer" }),
  create_webhook_endpoint: () => ({
    url: `${receiver.url}/hooks`,
    events: ["feature.*"],
    description: "The team's bot",
  }),
  replay_webhook_events: () => ({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }),
  change_webhook_endpoint: () => ({ description: "The bot of the team" }),
  test_report: () => ({ to: "ana.ruiz@example.com" }),
  create_share: () => ({ path: "/features", name: "For the board" }),
  invite_member: () => ({ address: "ana.ruiz@example.com", name: "Ana Ruiz", role: "pm" }),
};

const exampleOf = async (url: string, route: Route, record: string): Promise<Example | undefined> => {
  const sent = SENT[route.id]?.(record) ?? (route.request === undefined ? undefined : {});
  for await (const path of pathsOf(url, route.path)) {
    const query = queryOf(route);
    const address = `${path}${query === "" ? "" : `?${query}`}`;
    const tag = route.method === "PATCH" ? (await fetch(`${url}${address}`)).headers.get("etag") : null;
    const response = await fetch(`${url}${address}`, {
      method: route.method,
      ...(sent !== undefined && {
        body: JSON.stringify(sent),
        headers: { "Content-Type": "application/json", ...(tag !== null && { "If-Match": tag }) },
      }),
    });
    if (!response.ok) continue;
    const text = await response.text();
    if (text === "") return undefined;
    return { address, ...(sent !== undefined && { sent }), answer: shortened(JSON.parse(text), url) };
  }
  return undefined;
};

const folder = mkdtempSync(join(tmpdir(), "throughline-examples-"));
const [given] = process.argv.slice(2);
const hub = given === undefined ? await startDemo(folder) : { url: given, stop: () => undefined };
try {
  await settled(hub.url);
  if (given === undefined) await setOneAside(hub.url, folder);
  const [item] = await listOf(`${hub.url}/v1/work-items?limit=1`);
  const examples: Record<string, Example> = {};
  // What is made first is there to be listed; what is removed goes last.
  const order = ["create_webhook_endpoint", "test_webhook_endpoint"];
  const early = order.flatMap((id) => ROUTES.filter((route) => route.id === id));
  const rest = ROUTES.filter(({ id }) => !order.includes(id));
  const isLast = ({ method }: Route) => method === "DELETE";
  for (const route of [...early, ...rest.filter((one) => !isLast(one)), ...rest.filter(isLast)]) {
    const example = await exampleOf(hub.url, route, String(item?.["id"]));
    if (example !== undefined) examples[route.id] = example;
  }
  const missing = ROUTES.filter(({ id, status }) => status !== 204 && !(id in examples) && !(id in WITHOUT_EXAMPLE));
  if (missing.length > 0)
    throw new Error(`no example of ${missing.map(({ id }) => id).join(", ")}: nothing is written`);
  writeFileSync(
    FILE,
    `${JSON.stringify(Object.fromEntries(ROUTES.flatMap(({ id }) => (examples[id] ? [[id, examples[id]]] : []))), null, 1)}\n`,
  );
  console.log(`${Object.keys(examples).length} of ${ROUTES.length} operations have an example`);
} finally {
  hub.stop();
  receiver.stop();
  rmSync(folder, { recursive: true, force: true });
}
