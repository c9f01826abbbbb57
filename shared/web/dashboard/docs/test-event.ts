import { HubError } from "../../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../../domain/event.ts";
import { demandAll } from "../../access/identity.ts";
import type { FormHandler } from "../settings/form.tsx";

/** The button of a type's page: sends an example of it, and shows the page again. */
export const testEventForm: FormHandler = async (c, deps) => {
  const type = PUBLIC_EVENTS.find((name) => name === c.req.param("type"));
  if (type === undefined || deps.sendTestEvent === undefined)
    throw new HubError("not_found", "no test of such an event can be sent", { retry: "never" });
  demandAll(c.get("identity"));
  await deps.sendTestEvent(type);
  return c.redirect(`/docs/events/${type}`, 303);
};
