import { parseArgs } from "node:util";
import { startSandbox } from "./index.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1200" },
    seed: { type: "string", default: "7" },
    until: { type: "string" },
    port: { type: "string", default: "0" },
    journal: { type: "string" },
  },
});

const sandbox = await startSandbox({
  size: Number(values.size),
  seed: Number(values.seed),
  port: Number(values.port),
  ...(values.until === undefined ? {} : { until: new Date(values.until) }),
  ...(values.journal === undefined ? {} : { journal: values.journal }),
});
console.log(
  JSON.stringify({ urls: sandbox.urls, credentials: sandbox.credentials, company: sandbox.company }, undefined, 2),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await sandbox.stop();
    process.exit(0);
  });
}
