import { Worker } from "node:worker_threads";
import { REGION } from "../doubles/aws-calls.ts";
import { SQS_ORIGIN, type StackFunction } from "./stack-as-deployed.ts";

/** A failed run, with what the function threw. */
export class Failed extends Error {}

export interface Lambda {
  /** Runs one event; those that come meanwhile wait, as for the one instance that there is. @throws Failed */
  run(event: unknown, leftMs?: number): Promise<unknown>;
  /** Ends the instance wherever it is, as AWS may: none of its code goes on. The next event starts another. */
  kill(): Promise<void>;
  /** How many events it was given. */
  readonly runs: () => number;
  /** What it wrote to its log. */
  readonly log: () => string;
}

interface Reply {
  readonly id: number;
  readonly result?: string;
  readonly failure?: string;
}

/** One function as Lambda runs it: started by its first event, kept for the next ones. */
export const lambda = (
  { name, environment, timeoutSeconds }: StackFunction,
  around: { readonly code: string; readonly endpoint: string; readonly time: Float64Array },
): Lambda => {
  let worker: Worker | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let orders = 0;
  let log = "";
  const waiting = new Map<number, { done: (result: unknown) => void; fail: (error: Error) => void }>();
  const failAll = (why: string) => {
    for (const { fail } of waiting.values()) fail(new Failed(why));
    waiting.clear();
  };

  const started = (): Worker => {
    const made = new Worker(new URL("lambda-worker.ts", import.meta.url), {
      workerData: { code: around.code, time: around.time },
      env: {
        // The client of SQS asks where the queue's address says.
        ...JSON.parse(JSON.stringify(environment).replaceAll(SQS_ORIGIN, around.endpoint)),
        // Source maps, which take longer to read than the code.
        NODE_OPTIONS: "",
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_REGION: REGION,
        // Its calls are known by it, as by the credentials of a role.
        AWS_ACCESS_KEY_ID: name,
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_ENDPOINT_URL: around.endpoint,
      },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const output of [made.stdout, made.stderr]) output.on("data", (text) => (log += String(text)));
    made.on("message", ({ id, result, failure }: Reply) => {
      const order = waiting.get(id);
      waiting.delete(id);
      if (failure !== undefined) order?.fail(new Failed(`${name}: ${failure}`));
      else order?.done(result === undefined ? undefined : JSON.parse(result));
    });
    made.on("error", (error) => failAll(`${name}: ${String(error)}`));
    made.on("exit", () => {
      if (worker === made) worker = undefined;
      failAll(`${name} ended`);
    });
    return made;
  };

  return {
    log: () => log,
    runs: () => orders,
    async kill() {
      await worker?.terminate();
    },
    run(event, leftMs = timeoutSeconds * 1000) {
      const turn = running.then(
        () =>
          new Promise((done, fail) => {
            worker ??= started();
            waiting.set(++orders, { done, fail });
            worker.postMessage({ id: orders, event: JSON.stringify(event), leftMs });
          }),
      );
      running = turn.catch(() => {});
      return turn;
    },
  };
};
