import type { SQSEvent } from "aws-lambda";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import jira from "../../connectors/jira/index.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { alone, batch } from "../../shared/platform/batch.ts";
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
  const handling = {
    async each(_: Hub, { id, fails }: Message) {
      done.push(id);
      if (fails === "unknown") throw new TypeError("a defect of ours");
      if (id === "storage") throw new HubError("storage_unavailable", "no", { retry: "later" });
      if (fails === "never" || fails === "later") throw new HubError("vendor_forbidden", "no", { retry: fails });
      if (typeof fails === "number")
        throw new HubError("vendor_rate_limited", "wait", { retry: { afterSeconds: fails } });
    },
    async hopeless(_: Hub, { id }: Message, { code }: HubError) {
      if (!givesUp) throw new Error("the table is down");
      hopeless.push(`${id} ${code}`);
    },
    queue: ({ ports }: Hub) => ports.jobs,
  };
  const handler = batch(Message, handling);
  const run = async (...messages: readonly (Message | string)[]) => {
    const records = messages.map((message, at) => ({
      messageId: `m${at}`,
      body: typeof message === "string" ? message : JSON.stringify(message),
    }));
    const { batchItemFailures } = await handler({ Records: records } as SQSEvent);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { run, invoked: alone(Message, handling), done, hopeless, ...pipeline };
};

const message = (id: string, fails: Message["fails"] = "no"): Message => ({ id, fails });

describe("a batch of messages", () => {
  it("F13 reports exactly those that may succeed when they come again, wherever they stand", async () => {
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

  it("hands a message that must wait back to a queue that nothing is put back into", async () => {
    const { consumers } = opened();
    const wait = { retry: { afterSeconds: 30 } } as const;
    const handler = batch(Message, {
      each: () => Promise.reject(new HubError("lease_held", "wait", wait)),
      hopeless: () => Promise.reject(new Error("not asked")),
    });
    const Records = [{ messageId: "m0", body: JSON.stringify(message("a")) }];
    expect(await handler({ Records } as SQSEvent)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(await consumers.jobs.depth()).toMatchObject({ waiting: 0, inFlight: 0 });
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

describe("a message that is an invocation of its own", () => {
  it("is done, or thrown for Lambda to try again", async () => {
    const { invoked, done, hopeless } = opened();
    await invoked(message("a"));
    await expect(invoked(message("storage"))).rejects.toThrow("storage_unavailable: no");
    expect([done, hopeless]).toEqual([["a", "storage"], []]);
  });

  it("is thrown without the words of others, and told in the log", async () => {
    const { invoked, logged } = opened();
    const thrown: Error = await invoked(message("a", "unknown")).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(thrown.message).toMatch(/^internal_error: TypeError/);
    expect(thrown.message).not.toContain("a defect of ours");
    expect(thrown.cause).toBeUndefined();
    expect(logged).toMatchObject([{ code: "internal_error", verb: "message failed" }]);
  });

  it("is given up, by whoever knows how to wait, when a tool failed: minutes of tries outlast no outage", async () => {
    const { invoked, hopeless } = opened();
    await invoked(message("a", "never"));
    await invoked(message("b", "later"));
    expect(hopeless).toEqual(["a vendor_forbidden", "b vendor_forbidden"]);
  });

  it("is kept when it could not be given up either", async () => {
    await expect(opened(false).invoked(message("a", "later"))).rejects.toThrow("internal_error: Error");
  });

  it("that must wait is put back for so long", async () => {
    const { invoked, pass, consumers } = opened();
    await invoked(message("a", 30));
    pass(29);
    expect(await consumers.jobs.receive(1, 1)).toEqual([]);
    pass(2);
    expect(await consumers.jobs.receive(1, 1)).toMatchObject([{ body: JSON.stringify(message("a", 30)) }]);
  });

  it.each([undefined, {}, [], { id: 1 }, "text"])("that is not of its own shape is a failure: %j", async (event) => {
    const { invoked, done } = opened();
    await expect(invoked(event)).rejects.toThrow("internal_error: ");
    expect(done).toEqual([]);
  });
});
