import type { SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parcels } from "../../shared/adapters/aws/parcels.ts";
import { sqsQueue } from "../../shared/adapters/aws/queue.ts";
import { testQueue } from "../contract/queue.ts";
import { failing, fault, intercept, quick } from "../doubles/aws-client.ts";
import { startQueuesAndBuckets } from "../doubles/fauxqs.ts";
import { sqsConsumer } from "../doubles/sqs-consumer.ts";

let aws: Awaited<ReturnType<typeof startQueuesAndBuckets>>;
let queues = 0;
beforeAll(async () => {
  aws = await startQueuesAndBuckets();
});
afterAll(() => aws.stop());

const open = async () => {
  const client = await quick(aws.sqs());
  const { url, deadUrl } = aws.queue(`queue-${++queues}`);
  return { client, queue: sqsQueue(url, client), consumer: sqsConsumer(aws.sqs(), url, deadUrl) };
};

/** All that a queue holds, in order of their texts. */
const all = async ({ consumer }: Awaited<ReturnType<typeof open>>): Promise<string[]> => {
  const bodies: string[] = [];
  for (let got = await consumer.receive(10, 30); got.length > 0; got = await consumer.receive(10, 30))
    bodies.push(...got.map(({ body }) => body));
  return bodies.sort();
};
const BODIES = Array.from({ length: 10 }, (_, at) => `"${at}"`);

describe("with a clock of its own", () => {
  afterEach(() => void vi.useRealTimers());
  testQueue("SQS queue", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { client, queue, consumer } = await open();
    return {
      queue,
      consumer,
      pass: async (seconds) => void vi.setSystemTime(Date.now() + seconds * 1000),
      close: async () => client.destroy(),
    };
  });
});

describe("the SQS queue, when AWS fails", () => {
  beforeEach(() => {
    // No waits between the rounds.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => vi.restoreAllMocks());

  /** Leaves the entries out of a batch that `isLeftOut` names, and tells so, as SQS does when it is short of room. */
  const shortOfRoom = (client: SQSClient, isLeftOut: (body: string, batch: number) => boolean) => {
    const sent: string[][] = [];
    intercept(client, "command", async ({ input }, run) => {
      const { Entries, ...rest } = input as { Entries: { Id: string; MessageBody: string }[] };
      sent.push(Entries.map(({ MessageBody }) => MessageBody));
      const batch = sent.length;
      const taken = Entries.filter(({ MessageBody }) => !isLeftOut(MessageBody, batch));
      const Failed = Entries.filter((entry) => !taken.includes(entry)).map(({ Id }) => ({
        Id,
        SenderFault: false,
        Code: "InternalError",
      }));
      const answer = taken.length === 0 ? { output: { Successful: [] } } : await run({ ...rest, Entries: taken });
      return { output: { ...answer.output, Failed } };
    });
    return sent;
  };

  it("sends the k-th entry again alone when it alone was not taken, for all k", async () => {
    for (const failed of BODIES) {
      const opened = await open();
      const sent = shortOfRoom(opened.client, (body, batch) => batch === 1 && body === failed);
      await opened.queue.send(BODIES);
      expect(sent).toEqual([BODIES, [failed]]);
      expect(await all(opened)).toEqual(BODIES);
    }
  });

  it("gives up after a few rounds, says so, and has sent the others once", async () => {
    const opened = await open();
    const sent = shortOfRoom(opened.client, (body) => body === '"3"');
    await expect(opened.queue.send(BODIES)).rejects.toMatchObject({ code: "storage_unavailable", retry: "later" });
    expect(sent.length).toBe(5);
    expect(await all(opened)).toEqual(BODIES.filter((body) => body !== '"3"'));
  });

  it("F06 sends again what a whole call failed with, a few times and not for ever", async () => {
    for (const [name, status] of [
      ["ThrottlingException", 400],
      ["ServiceUnavailable", 503],
      ["RequestThrottled", 400],
    ] as const) {
      const opened = await open();
      let left = 2;
      const seen = failing(opened.client, () => (left-- > 0 ? fault(name, status) : undefined));
      await opened.queue.send(BODIES);
      expect(seen.tries).toBe(3);
      left = Number.POSITIVE_INFINITY;
      await expect(opened.queue.send(['"never"'])).rejects.toThrow(name);
      expect(seen.tries).toBe(7);
      expect(await all(opened)).toEqual(BODIES);
    }
  });

  it("does not send again what the queue never takes", async () => {
    const opened = await open();
    let calls = 0;
    intercept(opened.client, "command", async () => {
      calls += 1;
      return { output: { Failed: [{ Id: "0", SenderFault: true, Code: "InvalidMessageContents" }] } };
    });
    await expect(opened.queue.send(['"1"'])).rejects.toThrow("InvalidMessageContents");
    expect(calls).toBe(1);
  });
});

describe("parcels", () => {
  it("F21 hold everything once and in order, none over a limit that one thing alone does not break", () => {
    const sizes = fc.array(fc.nat(300), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 256 }), (things, count, bytes) => {
        const made = [...parcels(things, (size) => size, { count, bytes })];
        expect(made.flat()).toEqual(things);
        const sum = (parcel: readonly number[]) => parcel.reduce((a, b) => a + b, 0);
        for (const [at, parcel] of made.entries()) {
          expect(parcel.length).toBeGreaterThan(0);
          expect(parcel.length).toBeLessThanOrEqual(count);
          if (parcel.length > 1) expect(sum(parcel)).toBeLessThanOrEqual(bytes);
          const next = made[at + 1]?.[0];
          if (next !== undefined) expect(parcel.length === count || sum(parcel) + next > bytes).toBe(true);
        }
      }),
    );
  });
});
