import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { QueueConsumer } from "../../shared/ports/queue.ts";

/** The receiving end of SQS queues, which Lambda holds in production. Ids are receipt handles. */
export const sqsConsumer = (client: SQSClient, QueueUrl: string, deadUrl: string): QueueConsumer => {
  const counts = async (url: string): Promise<readonly [number, number]> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed, ApproximateNumberOfMessagesNotVisible } =
      Attributes;
    return [
      Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesDelayed),
      Number(ApproximateNumberOfMessagesNotVisible),
    ];
  };
  const entries = (ids: readonly string[]) => ids.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
  return {
    async receive(MaxNumberOfMessages, VisibilityTimeout) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages,
          VisibilityTimeout,
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        }),
      );
      return Messages.map(({ ReceiptHandle = "", Body = "", Attributes }) => ({
        id: ReceiptHandle,
        body: Body,
        receives: Number(Attributes?.ApproximateReceiveCount),
      }));
    },
    async delete(ids) {
      if (ids.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries(ids) }));
    },
    async release(ids, VisibilityTimeout) {
      const Entries = entries(ids).map((entry) => ({ ...entry, VisibilityTimeout }));
      if (ids.length > 0) await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    },
    async depth() {
      const [waiting, inFlight] = await counts(QueueUrl);
      const [dead] = await counts(deadUrl);
      return { waiting, inFlight, dead };
    },
  };
};
