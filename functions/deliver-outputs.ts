import { deliver } from "../shared/pipeline/deliver.ts";
import { hub, outputs } from "../shared/platform/current.ts";
import { deadline, type Running } from "../shared/platform/deadline.ts";
import { outputsOf } from "../shared/platform/outputs.ts";

/** Timer -> what the change log says since the last run -> analytics and messengers. */
export const handler = (_event: unknown, context: Running): Promise<void> =>
  deliver(hub(), outputsOf(hub(), outputs()), deadline(context));
