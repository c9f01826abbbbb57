import type { SQSEvent } from "aws-lambda";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import jira from "../../connectors/jira/index.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { batch } from "../../shared/platform/batch.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";

const Message = z.object({
  id: z.string(),
  fails: z.union([z.literal("no"), z.literal("never"), z.literal("later"), z.literal("unknown"), z.number()]),
});
type Message = z.output<typeof Message>;

let pipeline: ReturnType<typeof openPipeline> | undefined;
afterEach(() => pipeline?.[Symbol.dispose]());

/** A function over messages that fail as they say. */
const opened = (givesUp = true) => {
  pipeline = openPipeline({ connector: jira as Connector });
  const hub = pipeline.hub("one");
  useHub(hub);
  const done: string[] = [];
  const hopeless: string[] = [];
  const handler = batch(Message, {
    async each(_, { id, fails }) {
      done.push(id);
      if (fails === "unknown") throw new TypeError("a defect of ours");
      if (fails === "never" || fails === "later") throw new HubError("vendor_forbidden", "no", { retry: fails });
      if (typeof fails === "number")
        throw new HubError("vendor_rate_limited", "wait", { retry: { afterSeconds: fails } });
    },
    async hopeless(_, { id }, { code }) {
      if (!givesUp) throw new Error("the table is down");
      hopeless.push(`${id} ${code}`);
    },
    queue: ({ ports }) => ports.jobs,
  });
  const run = async (...messages: readonly (Message | string)[]) => {
    const records = messages.map((message, at) => ({
      messageId: `m${at}`,
      body: typeof message === "string" ? message : JSON.stringify(message),
    }));
    const { batchItemFailures } = await handler({ Records: records } as SQSEvent);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { run, done, hopeless, ...pipeline };
};

const message = (id: string, fails: Message["fails"] = "no"): Message => ({ id, fails });

describe("a batch of messages", () => {
  it("reports exactly those that may succeed when they come again, wherever they stand", async () => {
    for (let position = 0; position < 4; position++) {
      const { run, done } = opened();
      const all = ["a", "b", "c", "d"].map((id, at) => message(id, at === position ? "later" : "no"));
      expect(await run(...all)).toEqual([`m${position}`]);
      expect(done).toEqual(["a", "b", "c", "d"]);
      pipeline?.[Symbol.dispose]();
    }
    pipeline = undefined;
  });

  it("gives up what no retry can mend, and does not see it again", async () => {
    const { run, hopeless } = opened();
    expect(await run(message("a", "never"), message("b"))).toEqual([]);
    expect(hopeless).toEqual(["a vendor_forbidden"]);
  });

  it("keeps what it could not give up either", async () => {
    const { run } = opened(false);
    expect(await run(message("a", "never"), message("b"))).toEqual(["m0"]);
  });

  it("takes a failure that nobody named for one that may pass, and says so without its content", async () => {
    const { run, logged } = opened();
    expect(await run(message("a", "unknown"))).toEqual(["m0"]);
    expect(logged).toEqual([
      { code: "internal_error", reason: expect.stringMatching(/^TypeError/), verb: "message failed" },
    ]);
  });

  it.each([
    [30, 29, 31],
    [900, 899, 901],
    [86_400, 899, 901],
  ])("puts a message that must wait %i s back for as long as the queue can", async (seconds, before, after) => {
    const { run, pass, consumers } = opened();
    expect(await run(message("a", seconds))).toEqual([]);
    pass(before);
    expect(await consumers.jobs.receive(1, 1)).toEqual([]);
    pass(after - before);
    expect(await consumers.jobs.receive(1, 1)).toMatchObject([{ body: JSON.stringify(message("a", seconds)) }]);
  });

  it.each(["", "not JSON", "[]", '{"id":1}', '{"id":"a","fails":"sometimes"}'])(
    "leaves a message that is not of its own shape to the dead letters: %j",
    async (body) => {
      const { run, done, hopeless } = opened();
      expect(await run(body, message("b"))).toEqual(["m0"]);
      expect([done, hopeless]).toEqual([["b"], []]);
    },
  );

  it("may be empty", async () => {
    const { run } = opened();
    expect(await run()).toEqual([]);
  });
});
