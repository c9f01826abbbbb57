import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

/** One instance of a function: its bundle in a thread of its own, with its own environment and modules, under the test's clock. */
const { code, time } = workerData as { readonly code: string; readonly time: Float64Array };

const SystemDate = Date;
const now = () => time[0] ?? 0;
globalThis.Date = new Proxy(SystemDate, {
  construct: (_, given: unknown[]) => Reflect.construct(SystemDate, given.length === 0 ? [now()] : given),
  get: (_, name) => (name === "now" ? now : Reflect.get(SystemDate, name)),
});

interface Order {
  readonly id: number;
  /** JSON, as everything that Lambda hands over. */
  readonly event: string;
  readonly leftMs: number;
}

const { handler } = createRequire(import.meta.url)(code) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};

parentPort?.on("message", async ({ id, event, leftMs }: Order) => {
  const end = performance.now() + leftMs;
  const context = { getRemainingTimeInMillis: () => Math.max(0, Math.floor(end - performance.now())) };
  try {
    parentPort?.postMessage({ id, result: JSON.stringify(await handler(JSON.parse(event), context)) });
  } catch (error) {
    parentPort?.postMessage({
      id,
      failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
  }
});
