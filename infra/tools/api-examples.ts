import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Example } from "../../shared/web/api/example.ts";
import { parametersOf } from "../../shared/web/api/open-api.ts";
import type { Route } from "../../shared/web/api/route.ts";
import { ROUTES } from "../../shared/web/api/routes.ts";

/**
 * `node infra/tools/api-examples.ts [address]`: asks the demo (or the hub at that address) every operation and keeps a
 * short form of each answer as its example. Run it after a change of what operations answer.
 */
const FILE = fileURLToPath(new URL("../../shared/web/api/examples.json", import.meta.url));
const CLI = fileURLToPath(new URL("../cli/throughline.mjs", import.meta.url));
const SHOWN = "https://hub.example.com";
const TEXT = 160;
const SETTLES_WITHIN_MS = 10 * 60_000;

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

const settled = async (url: string): Promise<void> => {
  for (const end = Date.now() + SETTLES_WITHIN_MS; ; ) {
    const { data } = (await (await fetch(`${url}/v1/connections?limit=200`)).json()) as {
      data: { state: string; streams: object[] }[];
    };
    if (data.every(({ state, streams }) => streams.length === 0 || state === "healthy")) return;
    if (Date.now() > end) throw new Error("the demo did not settle");
    await sleep(2000);
  }
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

const queryOf = (route: Route): string =>
  parametersOf(route)
    .filter(({ required }) => required)
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
    .join("&");

/** The path with what it names: the first things of the list above each name. */
const pathsOf = async (url: string, path: string): Promise<readonly string[]> => {
  const at = path.indexOf("/{");
  if (at === -1) return [path];
  const above = path.slice(0, at);
  const list = await fetch(`${url}${above === "/v1/links" ? "/v1/links/review" : above}?limit=50`);
  const { data = [] } = (await list.json()) as { data?: readonly Json[] };
  const names = data.flatMap((one) =>
    [one["key"], one["name"], one["id"], one["type"]].filter((name) => typeof name === "string"),
  );
  const named = names.map((name) => path.replace(/\{\w+\}/, encodeURIComponent(name)));
  return path.includes("{", at + 2) ? pathsOf(url, named.at(-1) ?? above) : named;
};

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
      expires_at: "2027-01-01",
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
  for (const path of await pathsOf(url, route.path)) {
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
  const { data = [] } = (await (await fetch(`${hub.url}/v1/work-items?limit=1`)).json()) as { data?: readonly Json[] };
  const examples: Record<string, Example> = {};
  // What is made first is there to be listed; what is removed goes last.
  const order = ["create_webhook_endpoint", "test_webhook_endpoint"];
  const early = order.flatMap((id) => ROUTES.filter((route) => route.id === id));
  const rest = ROUTES.filter(({ id }) => !order.includes(id));
  const isLast = ({ method }: Route) => method === "DELETE";
  for (const route of [...early, ...rest.filter((one) => !isLast(one)), ...rest.filter(isLast)]) {
    const example = await exampleOf(hub.url, route, String(data[0]?.["id"]));
    if (example === undefined) console.error(`no example of ${route.id}: the hub has no such thing`);
    else examples[route.id] = example;
  }
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
