import { handle } from "hono/aws-lambda";
import { hub } from "../shared/platform/current.ts";
import { isApiAlone } from "../shared/web/api-paths.ts";

type Answer = ReturnType<typeof handle>;

/** Held once it is there: what fails is tried again by the next request. */
const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let held: Promise<Value> | undefined;
  return () => {
    held ??= make().catch((error: unknown) => {
      held = undefined;
      throw error;
    });
    return held;
  };
};

const parts = once(async () => (await import("../shared/platform/web.ts")).webPartsOf(hub));
const api = once(async () => handle(await (await parts()).api()));
const whole = once(async () => handle(await (await parts()).whole()));

/** Everything that people and programs ask for: API, dashboard, documents. Programs wait for no page to be loaded. */
export const handler: Answer = async (event, context) => {
  const answer = await ("rawPath" in event && isApiAlone(event.rawPath) ? api : whole)();
  return answer(event, context);
};
