import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { askAgain } from "../shared/pipeline/ask-again.ts";
import { Job } from "../shared/pipeline/messages.ts";
import { poll } from "../shared/pipeline/poll.ts";
import { batch } from "../shared/platform/batch.ts";
import { hub } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";

const jobs = (signal: AbortSignal) =>
  batch(Job, {
    each: (of, job) => poll(of, job, signal),
    hopeless: askAgain,
    queue: (of) => of.ports.jobs,
  });

/** Timer or jobs queue -> vendor API -> archive, inbox, cursor. */
export const handler = async (event: SQSEvent | Job, context: Running): Promise<SQSBatchResponse | undefined> => {
  const signal = deadline(context);
  if ("Records" in event) return jobs(signal)(event);
  await poll(hub(), Job.parse(event), signal);
  return undefined;
};
