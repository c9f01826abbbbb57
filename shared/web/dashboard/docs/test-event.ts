import type { Hono } from "hono";
import { HubError } from "../../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../../domain/event.ts";
import { demand } from "../../access/identity.ts";
import type { WebDeps, WebEnv } from "../../web-deps.ts";

/** The button of a type's page: sends an example of it, and shows the page again. */
export const mountTestEvent = (app: Hono<WebEnv>, deps: WebDeps): void => {
  app.post("/docs/events/:type", async (c) => {
    demand(c.get("identity"), "webhooks:write");
    const type = PUBLIC_EVENTS.find((name) => name === c.req.param("type"));
    if (type === undefined || deps.sendTestEvent === undefined)
      throw new HubError("not_found", "no test of such an event can be sent", { retry: "never" });
    await deps.sendTestEvent(type);
    return c.redirect(`/docs/events/${type}`, 303);
  });
};
