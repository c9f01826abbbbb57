import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startLocalHub } from "../../infra/local/start.ts";
import type { Sandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { companyConfig, SECRET, secretsOf } from "../e2e/company-config.ts";
import { bodyOf } from "../e2e/served.ts";
import type { Site } from "./bench-company.ts";

const HOUR = 3600;

/** `main.ts webhook-hub <folder> <site>`: the whole hub of one machine over GitHub. Prints where it answers. */
export const webhookHub = async ([folder = "", said = "{}"]: readonly string[]): Promise<void> => {
  const site = JSON.parse(said) as Site;
  const { products, connections } = companyConfig(site as Sandbox);
  const config: HubConfig = { products: { devkit: products.devkit }, connections: { github: connections.github } };
  const workspace = { folder, config: { config, file: "throughline.config.json", text: "{}" } };
  const local = await startLocalHub({
    workspace,
    port: 0,
    root: folder,
    log: quietLog((line) => process.stderr.write(`${line}\n`)),
    pollEverySeconds: HOUR,
    environment: secretsOf(site as Sandbox),
  });
  process.once("SIGTERM", async () => {
    await local.stop();
    process.exit(0);
  });
  process.stdout.write(`${JSON.stringify({ url: local.url.replace("localhost", "127.0.0.1") })}\n`);
};

/**
 * `main.ts webhook-floor <folder>`: the least that may call itself a receiver. It compares the signature and inserts the
 * body under the id of its delivery; the answer goes out when SQLite has synced it.
 */
export const webhookFloor = async ([folder = ""]: readonly string[]): Promise<void> => {
  const db = new DatabaseSync(join(folder, "floor.db"));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE hook (id TEXT PRIMARY KEY, body BLOB)");
  const insert = db.prepare("INSERT OR IGNORE INTO hook VALUES (?, ?)");
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { headers } = request;
    const told = Buffer.from(String(headers["x-hub-signature-256"]));
    const right = Buffer.from(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
    if (told.length !== right.length || !timingSafeEqual(told, right)) return response.writeHead(401).end();
    insert.run(String(headers["x-github-delivery"]), body);
    return response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.once("SIGTERM", () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
};
