import { deliverWebhooks } from "../shared/pipeline/webhooks/deliver-webhooks.ts";
import { hub } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";
import { webhookMeans } from "../shared/platform/webhook-means.ts";

/** Longer than an endpoint may take to answer: what is begun is also noted. */
const LAST_START_MS = 15_000;

/** Timer -> what the change log says since the last run, and what is due again -> webhook endpoints. */
export const handler = async (_event: unknown, context: Running): Promise<void> => {
  const starts = deadline({
    getRemainingTimeInMillis: () => context.getRemainingTimeInMillis() - LAST_START_MS,
    ...(context.stopping !== undefined && { stopping: context.stopping }),
  });
  await deliverWebhooks(hub(), await webhookMeans(hub), { starts, ends: deadline(context) });
};
