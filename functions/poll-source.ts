import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { Job } from "../shared/pipeline/messages.ts";
import { poll } from "../shared/pipeline/poll.ts";
import { batch } from "../shared/platform/batch.ts";
import { hub } from "../shared/platform/current.ts";
import { deadline } from "../shared/platform/deadline.ts";

const jobs = (signal: AbortSignal) =>
  batch(Job, {
    each: (of, job) => poll(of, job, signal),
    // The stream's row already tells people what went wrong; the next run tries again.
    hopeless: async (of, { connection, stream }, { code, message }) =>
      of.log.warn({ connection, stream, code, reason: message }, "job given up"),
    queue: (of) => of.ports.jobs,
  });

/** Timer or jobs queue -> vendor API -> archive, inbox, cursor. */
export const handler = async (event: SQSEvent | Job, context: Context): Promise<SQSBatchResponse | undefined> => {
  const signal = deadline(context);
  if ("Records" in event) return jobs(signal)(event);
  await poll(hub(), Job.parse(event), signal);
  return undefined;
};
