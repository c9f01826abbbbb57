import { join } from "node:path";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";

/** A process of its own: reads each named stream once over the folder's store, as soon as it is told to. */
const [folder = "", config = "", ...streams] = process.argv.slice(2);
const embedded = openEmbedded({
  folder,
  exclusive: false,
  environment: process.env,
  envFile: join(folder, ".env"),
  url: "http://localhost",
});
const silent = { info: () => {}, warn: () => {} };
const hub = await openHub({
  config: JSON.parse(config) as HubConfig,
  ports: embedded.ports,
  log: silent,
  url: "http://localhost",
  alone: false,
});
// Loading it holds up everything else in this process, an open write to the store among it.
await import("../../connectors/jira/endpoints.ts");
process.send?.("ready");
await new Promise((resolve) => process.once("message", resolve));
for (const stream of streams) await poll(hub, { connection: "jira", stream }, new AbortController().signal);
embedded.close();
process.disconnect();
