import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Defer, invokedQueue } from "../../shared/adapters/aws/invocation.ts";
import { atDouble, quick } from "../doubles/aws-client.ts";
import { startLambda } from "../doubles/lambda.ts";

let aws: Awaited<ReturnType<typeof startLambda>>;
beforeAll(async () => {
  aws = await startLambda();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.taken.length = 0;
  aws.tried.length = 0;
  aws.control.refuse = undefined;
});

const open = async (defer?: Defer) =>
  invokedQueue("hub-poll-source-jira", {
    client: await quick(new LambdaClient({ ...atDouble(aws.endpoint), maxAttempts: 4 })),
    ...(defer && { defer }),
  });
const BODIES = Array.from({ length: 23 }, (_, at) => JSON.stringify({ connection: "jira", scope: `P${at}` }));
const taken = () => aws.taken.map(({ event }) => JSON.stringify(event)).sort();
const numberOf = (event: unknown): number => Number((event as { scope: string }).scope.slice(1));

describe("a queue of invocations", () => {
  it("is one event for each body, of the function that it names", async () => {
    await (await open()).send(BODIES);
    expect(taken()).toEqual([...BODIES].sort());
    expect(new Set(aws.taken.map(({ functionName }) => functionName))).toEqual(new Set(["hub-poll-source-jira"]));
  });

  it("sends nothing when there is nothing", async () => {
    await (await open()).send([]);
    expect(aws.tried).toEqual([]);
  });

  it("carries any JSON, also characters that no queue may hold", async () => {
    const odd = '{"text":"\u{1F600} \uffff \\u0001 \\ud800"}';
    await (await open()).send([odd]);
    expect(aws.taken[0]?.event).toEqual(JSON.parse(odd));
  });

  it("refuses a message over 256 KB, and sends none of those beside it", async () => {
    const sized = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
    const queue = await open();
    await expect(queue.send(['"small"', sized(256 * 1024 + 1)])).rejects.toMatchObject({
      code: "message_too_large",
      retry: "never",
    });
    expect(aws.tried).toEqual([]);
    await queue.send([sized(256 * 1024)]);
    expect(aws.taken).toHaveLength(1);
  });

  it("gives messages with a delay to whoever keeps them, and calls nobody", async () => {
    const deferred: unknown[] = [];
    const queue = await open(async (...given) => void deferred.push(given));
    await queue.send(BODIES.slice(0, 2), 30);
    expect(deferred).toEqual([[BODIES.slice(0, 2), 30]]);
    expect(aws.tried).toEqual([]);
    await expect((await open()).send(BODIES, 1)).rejects.toThrow("no message of this queue may be delayed");
  });
});

describe("a queue of invocations, when AWS fails", () => {
  it("sends the k-th again, alone, when it alone was throttled, for all k of a parcel", async () => {
    const bodies = BODIES.slice(0, 10);
    for (let k = 0; k < 10; k++) {
      aws.taken.length = 0;
      aws.tried.length = 0;
      let left = 2;
      aws.control.refuse = (event) =>
        numberOf(event) === k && left-- > 0 ? [429, "TooManyRequestsException"] : undefined;
      await (await open()).send(bodies);
      expect(taken()).toEqual([...bodies].sort());
      expect(aws.tried).toHaveLength(12);
    }
  });

  it("gives up after four tries, says how many were not taken, and has sent the others once", async () => {
    aws.control.refuse = (event) => ([3, 7].includes(numberOf(event)) ? [429, "TooManyRequestsException"] : undefined);
    await expect((await open()).send(BODIES.slice(0, 10))).rejects.toMatchObject({
      code: "storage_unavailable",
      retry: "later",
      message: "hub-poll-source-jira did not take 2 messages: TooManyRequestsException",
    });
    expect(taken()).toEqual(
      BODIES.slice(0, 10)
        .filter((_, at) => at !== 3 && at !== 7)
        .sort(),
    );
    expect(aws.tried).toHaveLength(8 + 2 * 4);
  });

  it("tries a refusal that no try mends once, and does not take it for a success", async () => {
    for (const refusal of [
      [403, "AccessDeniedException"],
      [413, "RequestTooLargeException"],
      [404, "ResourceNotFoundException"],
    ] as [number, string][]) {
      aws.tried.length = 0;
      aws.control.refuse = () => refusal;
      await expect((await open()).send(BODIES.slice(0, 1))).rejects.toThrow(refusal[1]);
      expect(aws.tried).toHaveLength(1);
    }
  });
});
