import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import "../../infra/local/jsx.ts";

/**
 * The whole hub in a process with few file descriptors. It prints its address, then does what lines of its input say: `take` uses
 * up all descriptors, `give` gives them back, the end of the input stops it. Each is answered by a line.
 */
const [, , folder = "."] = process.argv;
const { startLocalHub } = await import("../../infra/local/start.ts");
const config = {
  connections: {
    shop: { connector: "segment" as const, config: { webhookSecret: { secret: "HOOK" }, events: { Opened: {} } } },
  },
};
const hub = await startLocalHub({
  workspace: { folder, config: { config, file: "throughline.config.json", text: "" } },
  port: 0,
  root: folder,
  log: { info: () => {}, warn: (fields, verb) => process.stderr.write(`${verb} ${JSON.stringify(fields)}\n`) },
  environment: { HOOK: "a secret of this test" },
});
process.stdout.write(`${hub.url}\n`);

const taken: number[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "give") for (const one of taken.splice(0)) closeSync(one);
  while (line === "take") {
    try {
      taken.push(openSync(import.meta.filename, "r"));
    } catch {
      break;
    }
  }
  process.stdout.write(`${line}\n`);
}
await hub.stop();
