import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { HubError } from "../../connector/errors.ts";
import { messageText } from "../../ports/message-text.ts";
import type { Queue } from "../../ports/queue.ts";
import { clientSettings } from "./client-settings.ts";
import { parcels } from "./parcels.ts";

const SENT_AT_ONCE = 10;
const ACCEPTED = 202;

/** Keeps messages until their time has come: Lambda has no delays. */
export type Defer = (bodies: readonly string[], delaySeconds: number) => Promise<void>;

/**
 * A queue without a queue: each body is the event of an asynchronous invocation, which Lambda keeps, starts and tries
 * again. What was taken before a failure stays taken: a caller that sends all of it again sends it twice, which every
 * queue may do.
 *
 * @param options.defer where messages with a delay go; without it none may have one
 */
export const invokedQueue = (
  functionName: string,
  {
    defer,
    client = new LambdaClient(clientSettings()),
  }: { readonly defer?: Defer; readonly client?: LambdaClient } = {},
): Queue => ({
  async send(bodies, delaySeconds = 0) {
    const texts = bodies.map(messageText);
    if (delaySeconds > 0) {
      if (defer === undefined) throw new Error("no message of this queue may be delayed");
      return defer(texts, delaySeconds);
    }
    for (const parcel of parcels(texts, () => 1, { count: SENT_AT_ONCE, bytes: SENT_AT_ONCE }))
      await invokeAll(client, functionName, parcel);
  },
});

/** @throws HubError storage_unavailable: whatever was refused, the others are taken */
const invokeAll = async (client: LambdaClient, functionName: string, bodies: readonly string[]): Promise<void> => {
  const answers = await Promise.allSettled(bodies.map((body) => invoke(client, functionName, body)));
  const refused = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason as unknown);
  if (refused.length === 0) return;
  const [cause] = refused;
  const why = cause instanceof Error ? cause.name : "unknown failure";
  throw new HubError("storage_unavailable", `${functionName} did not take ${refused.length} messages: ${why}`, {
    retry: "later",
    cause,
  });
};

const invoke = async (client: LambdaClient, FunctionName: string, body: string): Promise<void> => {
  const Payload = Buffer.from(body);
  const { StatusCode } = await client.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
  if (StatusCode !== ACCEPTED) throw new Error(`answered ${StatusCode}`);
};
