import { handle } from "hono/aws-lambda";
import { hub } from "../shared/platform/current.ts";
import { mcpOf } from "../shared/platform/mcp.ts";

let answer: ReturnType<typeof handle> | undefined;

/** Tools for assistants: a function of its own, so that no page loads their package. */
export const handler: ReturnType<typeof handle> = async (event, context) => {
  answer ??= handle(await mcpOf(hub));
  return answer(event, context);
};
