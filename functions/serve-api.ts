import { handle } from "hono/aws-lambda";
import { hub } from "../shared/platform/current.ts";
import { webOf } from "../shared/platform/web.ts";

let answer: ReturnType<typeof handle> | undefined;

/** Everything that people and programs ask for: API, dashboard, documents. */
export const handler: ReturnType<typeof handle> = async (event, context) => {
  answer ??= handle(await webOf(hub));
  return answer(event, context);
};
