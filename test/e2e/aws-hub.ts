import { join } from "node:path";
import type { SQSEvent } from "aws-lambda";
import { answer, httpEvent } from "../../infra/local/http-event.ts";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import type { Aws } from "../doubles/aws.ts";
import { arn } from "../doubles/aws-calls.ts";
import { isAllowed } from "../doubles/policy.ts";
import { sqsConsumer } from "../doubles/sqs-consumer.ts";
import type { SharedTime } from "./aws-company.ts";
import { Failed, type Lambda, lambda } from "./lambda.ts";
import { served } from "./served.ts";
import type { Stack } from "./stack-as-deployed.ts";

const SCHEDULED = "<aws.scheduler.scheduled-time>";
const TRIES = 3;
const ROUNDS_AT_MOST = 2000;
/** Longer than a message is ever out of sight. */
const PASSES_MS = 60_000;

/** A thing that Lambda does all the time. @returns whether it found something to do */
type Step = () => Promise<boolean>;

/** The stack at work: its bundles under the credentials of their own roles, its stores as doubles, its triggers. */
export const openAwsHub = async (
  aws: Aws,
  stack: Stack,
  parts: { readonly code: string; readonly time: SharedTime; readonly secrets: Readonly<Record<string, string>> },
) => {
  const { time } = parts;
  const sqs = aws.fauxqs.sqs();
  const client = aws.dynamo.client();
  await aws.makeTable(stack.table);
  aws.fauxqs.bucket(stack.bucket);
  for (const [name, value] of Object.entries(parts.secrets))
    aws.secrets.parameters.set(`${stack.secretsPrefix}/set/${name}`, { value, version: 1, tier: "Standard" });
  const consumers = new Map(
    stack.queues.map(({ name, visibilitySeconds }) => {
      const { url, deadUrl } = aws.fauxqs.queue(name, { VisibilityTimeout: String(visibilitySeconds) });
      return [name, { ...sqsConsumer(sqs, url, deadUrl), visibilitySeconds }];
    }),
  );
  const functions = new Map<string, Lambda>(
    [...stack.functions].map(([name, fn]) => [
      name,
      lambda(fn, { code: join(parts.code, name, "index.js"), endpoint: aws.endpoint, time: time.shared }),
    ]),
  );
  const fn = (name: string): Lambda => {
    const found = functions.get(name);
    if (found === undefined) throw new Error(`the stack has no function ${name}`);
    return found;
  };
  aws.control.isAllowed = (call) => isAllowed(stack.functions.get(call.by)?.statements ?? [], call);

  const left = new Map<string, number>();
  const run = (name: string, event: unknown) => fn(name).run(event, left.get(name));
  /** Events of asynchronous invocations that wait for their turn, and those that were given up. */
  const events: { readonly name: string; readonly event: unknown; tries: number }[] = [];
  const givenUp: unknown[] = [];
  const failures: string[] = [];
  const noted = (error: unknown): void => {
    if (!(error instanceof Failed)) throw error;
    failures.push(error.message);
  };
  aws.control.invoke = (name, event) => void events.push({ name, event, tries: 0 });

  const asynchronous: Step = async () => {
    const next = events.shift();
    if (next === undefined) return false;
    next.tries += 1;
    await run(next.name, next.event).catch((error: unknown) => {
      noted(error);
      if (next.tries < TRIES) events.push(next);
      else givenUp.push(next.event);
    });
    return true;
  };

  const queued =
    ({ queue, fn: name, batch }: Stack["onQueue"][number]): Step =>
    async () => {
      const consumer = consumers.get(queue);
      const messages = await consumer?.receive(batch, consumer.visibilitySeconds);
      if (consumer === undefined || messages === undefined || messages.length === 0) return false;
      const event = sqsEvent(queue, messages);
      try {
        const result = (await run(name, event)) as { batchItemFailures?: { itemIdentifier: string }[] } | null;
        const failed = new Set((result?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
        await consumer.delete(messages.map(({ id }) => id).filter((id) => !failed.has(id)));
      } catch (error) {
        // None is deleted: they come again when they are visible again.
        noted(error);
      }
      return true;
    };

  const forget: (() => void)[] = [];
  /** A batch that fails is cut in halves, and what is left of it is tried again. */
  const fed = ({ fn: name, batch }: Stack["onFeed"][number]): Step => {
    let place = 0;
    let size = batch;
    forget.push(() => {
      place = aws.stream.read(place, Number.POSITIVE_INFINITY).at(-1)?.number ?? place;
    });
    return async () => {
      const records = aws.stream.read(place, size);
      const last = records.at(-1);
      if (last === undefined) return false;
      const Records = records.map(({ record }) => ({
        ...record,
        eventSourceARN: `${arn("dynamodb", stack.table)}/stream`,
      }));
      try {
        await run(name, { Records });
        place = last.number;
        size = batch;
      } catch (error) {
        noted(error);
        size = Math.ceil(records.length / 2);
      }
      return true;
    };
  };

  // The feed waits until the queues are quiet: its batches are larger then, and the whole does less.
  const turns: (readonly Step[])[] = [[asynchronous, ...stack.onQueue.map(queued)], stack.onFeed.map(fed)];
  const whileBusy = async (step: Step): Promise<boolean> => {
    let busy = false;
    for (let rounds = 0; await step(); busy = true)
      if (++rounds > ROUNDS_AT_MOST) throw new Error(`never quiet: ${failures.slice(-3).join("\n")}`);
    return busy;
  };
  const waits = async (): Promise<boolean> => {
    const depths = await Promise.all([...consumers.values()].map((queue) => queue.depth()));
    return depths.some(({ waiting, inFlight }) => waiting + inFlight > 0);
  };

  /** A request as API Gateway hands it to the function of the narrowest route that fits. */
  const door = await served(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://hub").pathname;
    const route = stack.routes
      .toSorted(
        (a, b) =>
          Number(a.path.includes("+}")) - Number(b.path.includes("+}")) ||
          Number(a.method === "ANY") - Number(b.method === "ANY"),
      )
      .find(({ method, path: pattern }) => (method === "ANY" || method === request.method) && fits(pattern, path));
    answer(response, (await run(route?.fn ?? "", await httpEvent(request))) as never);
  });

  return {
    url: door.url,
    table: dynamoTable(stack.table, client),
    fn,
    /** Milliseconds that runs of a function have, where it is not what the stack gives them. */
    left,
    failures,
    givenUp,
    /** Somebody starts a function and does not wait for it. */
    invoke: (name: string, event: unknown): void => void events.push({ name, event, tries: 0 }),
    /** The timer of a function fires. */
    timer(name: string): void {
      const input = (stack.timers.get(name) ?? "").replace(SCHEDULED, new Date(time.now).toISOString());
      events.push({ name, event: JSON.parse(input), tries: 0 });
    },
    /** What the feed has not handed out yet it never will. */
    loseFeed: () => forget.forEach((one) => void one()),
    /** Until nothing waits any more; time passes where messages wait for it. */
    async drain(only: "queues" | "all" = "all"): Promise<void> {
      for (let rounds = 0; rounds < ROUNDS_AT_MOST; rounds++) {
        let isBusy = false;
        for (const steps of only === "all" ? turns : turns.slice(0, 1))
          isBusy ||= (await Promise.all(steps.map(whileBusy))).includes(true);
        if (isBusy) continue;
        if (!(await waits())) return;
        time.now += PASSES_MS;
      }
      throw new Error(`never quiet: ${failures.slice(-3).join("\n")}`);
    },
    /** Of all functions. */
    log: () => [...functions.values()].map(({ log }) => log()).join(""),
    async close(): Promise<void> {
      await Promise.all([...functions.values()].map((one) => one.kill()));
      await door.close();
      client.destroy();
      sqs.destroy();
    },
  };
};

const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace(/\{\w+\+\}/, ".+").replace(/\{\w+\}/g, "[^/]+")}$`).test(path);

const sqsEvent = (
  queue: string,
  messages: readonly { readonly id: string; readonly body: string; readonly receives: number }[],
): SQSEvent => ({
  Records: messages.map(({ id, body, receives }) => ({
    messageId: id,
    receiptHandle: id,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: "0",
      SenderId: "double",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: arn("sqs", queue),
    awsRegion: "eu-west-1",
  })),
});
