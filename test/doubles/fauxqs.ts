import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { atDouble } from "./aws-client.ts";

/** SQS and S3 in this process. It overwrites an object that `If-None-Match: *` should keep. */
export const startQueuesAndBuckets = async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const settings = { ...atDouble(endpoint), maxAttempts: 4 };
  return {
    endpoint,
    sqs: () => new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    s3: () => new S3Client({ ...settings, forcePathStyle: true }),
    /** A queue whose messages go to another one after some receives. */
    queue: (name: string, more: Readonly<Record<string, string>> = {}) => {
      const region = settings.region;
      const dead = server.createQueue(`${name}-dead`, { region });
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 5 });
      const { queueUrl } = server.createQueue(name, { region, attributes: { RedrivePolicy, ...more } });
      return { url: queueUrl, deadUrl: dead.queueUrl };
    },
    bucket: (name: string) => server.createBucket(name).bucketName,
    stop: () => server.stop(),
  };
};
