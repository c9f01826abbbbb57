import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { askAgain } from "../shared/pipeline/ask-again.ts";
import type { Hub } from "../shared/pipeline/hub.ts";
import { Job, Round } from "../shared/pipeline/messages.ts";
import { poll } from "../shared/pipeline/poll.ts";
import { pollRound } from "../shared/pipeline/poll-round.ts";
import { alone, batch } from "../shared/platform/batch.ts";
import { hub } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";

const jobs = (signal: AbortSignal) => ({
  each: (of: Hub, job: Job) => poll(of, job, signal),
  hopeless: askAgain,
  queue: (of: Hub) => of.ports.jobs,
});

/** Timer, or jobs -> vendor API -> archive, inbox, cursor. */
export const handler = async (
  event: SQSEvent | Job | Round,
  context: Running,
): Promise<SQSBatchResponse | undefined> => {
  const signal = deadline(context);
  if ("Records" in event) return batch(Job, jobs(signal))(event);
  await ("timer" in event ? pollRound(hub(), Round.parse(event), signal) : alone(Job, jobs(signal))(event));
  return undefined;
};
