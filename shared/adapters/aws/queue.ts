import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { HubError } from "../../connector/errors.ts";
import { MESSAGE_AT_MOST, messageText } from "../../ports/message-text.ts";
import type { Queue } from "../../ports/queue.ts";
import { clientSettings } from "./client-settings.ts";
import { parcels } from "./parcels.ts";
import { pause, TRIES } from "./pause.ts";

const SENT_AT_ONCE = 10;

/**
 * The sending end of an SQS queue; Lambda holds the other one. What was sent before a failure stays sent: a caller that
 * sends all of it again sends it twice, which every queue may do.
 */
export const sqsQueue = (url: string, client = new SQSClient(clientSettings())): Queue => ({
  async send(bodies, delaySeconds = 0) {
    const texts = bodies.map(messageText);
    const limits = { count: SENT_AT_ONCE, bytes: MESSAGE_AT_MOST };
    for (const parcel of parcels(texts, (text) => Buffer.byteLength(text), limits))
      await sendAll(client, url, parcel, delaySeconds);
  },
});

/** @throws HubError storage_unavailable | internal_error: a message that SQS never takes */
const sendAll = async (client: SQSClient, url: string, bodies: readonly string[], DelaySeconds: number) => {
  let left = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody, DelaySeconds }));
  let code: string | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await pause(tries);
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: left }));
    if (Failed.length === 0) return;
    const refused = Failed.find(({ SenderFault }) => SenderFault === true);
    if (refused !== undefined)
      throw new HubError("internal_error", `the queue takes a message never: ${refused.Code}`, { retry: "never" });
    code = Failed[0]?.Code;
    left = left.filter(({ Id }) => Failed.some((failed) => failed.Id === Id));
  }
  throw new HubError("storage_unavailable", `the queue did not take ${left.length} messages: ${code}`, {
    retry: "later",
  });
};
