import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type * as z from "zod";
import { HubError, safeReason } from "../connector/errors.ts";
import type { Hub } from "../pipeline/hub.ts";
import type { Queue } from "../ports/queue.ts";
import { hub } from "./current.ts";

/**
 * What the use case of a queue says about one message, what happens to a message that no retry can mend, and where one is
 * put back that must wait for a time: without that, it comes again when the queue hands it out again.
 */
interface Handling<Message> {
  readonly each: (hub: Hub, message: Message) => Promise<unknown>;
  readonly hopeless: (hub: Hub, message: Message, error: HubError) => Promise<void>;
  readonly queue?: (hub: Hub) => Queue;
  /** Behind the last message. If it fails, all of them come again. */
  readonly ended?: (hub: Hub) => Promise<void>;
}

/**
 * An SQS handler of a function over one message. Errors are the retry policy: `never` is given to `hopeless`, a time to
 * wait puts the message back for so long, anything else is reported as this message's failure and comes again.
 * A message that is not of our own shape is a defect of ours: it fails until the queue gives it to its dead letters.
 */
export const batch =
  <Shape extends z.ZodType>(shape: Shape, handling: Handling<z.output<Shape>>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    let failed: string[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        const message = shape.parse(JSON.parse(body));
        await handling.each(hub(), message).catch((error: unknown) => settle(handling, message, body, error));
      } catch (error) {
        tell(error);
        failed.push(messageId);
      }
    }
    try {
      await handling.ended?.(hub());
    } catch (error) {
      tell(error);
      failed = event.Records.map(({ messageId }) => messageId);
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

/**
 * The same over an event of Lambda's own queue, which is one message. Lambda tries a failed one again twice, within
 * minutes: no failure of a tool is over by then, so it goes to `hopeless` at once, which knows what is worth a longer wait.
 *
 * @throws Error for Lambda to try again, then to put aside; without the words of others
 */
export const alone =
  <Shape extends z.ZodType>(shape: Shape, handling: Handling<z.output<Shape>>) =>
  async (event: unknown): Promise<void> => {
    try {
      const message = shape.parse(event);
      await handling.each(hub(), message).catch((error: unknown) => {
        const isOfTheTool = error instanceof HubError && error.retry === "later" && error.code.startsWith("vendor_");
        if (isOfTheTool) return handling.hopeless(hub(), message, error);
        return settle(handling, message, JSON.stringify(message), error);
      });
    } catch (error) {
      tell(error);
      // Lambda logs and keeps what is thrown.
      throw new Error(`${codeOf(error)}: ${safeReason(error)}`);
    }
  };

const settle = async <Message>(
  handling: Handling<Message>,
  message: Message,
  body: string,
  error: unknown,
): Promise<void> => {
  if (!(error instanceof HubError) || error.retry === "later") throw error;
  if (error.retry === "never") return handling.hopeless(hub(), message, error);
  if (handling.queue === undefined) throw error;
  await handling.queue(hub()).send([body], Math.min(900, error.retry.afterSeconds));
};

const tell = (error: unknown): void => {
  const code = codeOf(error);
  hub().meter?.add("messages_failed", { code });
  hub().log.warn({ code, reason: safeReason(error) }, "message failed");
};

const codeOf = (error: unknown): string => (error instanceof HubError ? error.code : "internal_error");
