import { handle } from "hono/aws-lambda";
import { hub } from "../shared/platform/current.ts";

type Answer = ReturnType<typeof handle>;
type Parts = Awaited<ReturnType<typeof import("../shared/platform/web.ts")["webPartsOf"]>>;
type App = Awaited<ReturnType<Parts>>;

let parts: Promise<Parts> | undefined;
const answers = new WeakMap<App, Answer>();

/** What fails is tried again by the next request. */
const opened = (): Promise<Parts> => {
  parts ??= import("../shared/platform/web.ts")
    .then(({ webPartsOf }) => webPartsOf(hub))
    .catch((error: unknown) => {
      parts = undefined;
      throw error;
    });
  return parts;
};

/** Everything that people and programs ask for: API, dashboard, documents. Programs wait for no page to be loaded. */
export const handler: Answer = async (event, context) => {
  const partOf = await opened();
  const app = await partOf("rawPath" in event ? event.rawPath : "/");
  const answer = answers.get(app) ?? handle(app);
  answers.set(app, answer);
  return answer(event, context);
};
