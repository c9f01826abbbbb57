import type { Handler, Hono } from "hono";
import { HubError } from "../connector/errors.ts";
import type { WebEnv } from "./web-deps.ts";

/** Answers GET and HEAD on a path, and every other method with 405. */
export const readable = <Path extends string>(app: Hono<WebEnv>, path: Path, handler: Handler<WebEnv, Path>): void => {
  app.get(path, handler);
  app.all(path, (c) => {
    throw new HubError("method_not_allowed", `${c.req.method} is not a method of this address; it has GET and HEAD`, {
      retry: "never",
    });
  });
};
