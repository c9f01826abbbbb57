import type { Hono } from "hono";
import { HubError } from "../../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../../domain/event.ts";
import { instant } from "../../../domain/instant.ts";
import { demand } from "../../access/identity.ts";
import { statusOf } from "../../api/problem.ts";
import { checkRange, deskOf, productsFor } from "../../api/webhook-json.ts";
import type { WebDeps, WebEnv } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import type { Typed } from "./webhook-forms.tsx";
import { endpointOf, sendWebhookPage } from "./webhook-page.tsx";
import { sendWebhooksPage } from "./webhooks-page.tsx";

/** Fields of a form of ours. */
const formOf = async (c: PageContext): Promise<URLSearchParams> => {
  const type = c.req.header("content-type") ?? "";
  const text = await c.req.text();
  if (text !== "" && !type.startsWith("application/x-www-form-urlencoded"))
    throw new HubError("unsupported_media_type", "the page sends forms", { retry: "never" });
  return new URLSearchParams(text.slice(0, 100_000));
};

const typedOf = (form: URLSearchParams): Typed => ({
  url: form.get("url") ?? "",
  description: form.get("description") ?? "",
  events: form.get("events") ?? "",
  products: form.getAll("products"),
});

const saidIn = async (c: PageContext, deps: WebDeps, { url = "", description, events = "", products = [] }: Typed) => ({
  url: url.trim().slice(0, 2000),
  description: description?.trim().slice(0, 200) ?? "",
  events: eventsIn(events),
  products: await productsFor(deps.views, c.get("identity"), products.length === 0 ? undefined : products),
});

/** @throws HubError invalid_body for none at all */
const eventsIn = (text: string): string[] => {
  const events = text.split(/[\s,]+/).filter((name) => name !== "");
  if (events.length > 0) return events.slice(0, 100);
  throw new HubError("invalid_body", "name at least one type of event, or * for all", { retry: "never" });
};

/** What a caller did wrong is said on the page where they did it. */
const callersFault = (error: unknown): HubError => {
  if (error instanceof HubError && [400, 403, 409].includes(statusOf(error.code))) return error;
  throw error;
};

/** A time as a form's field gives it, in UTC. */
const momentIn = (form: URLSearchParams, name: string): string => {
  const at = new Date(`${form.get(name) ?? ""}Z`);
  if (Number.isNaN(at.getTime()))
    throw new HubError("invalid_body", `'${name}' is no time`, { retry: "never", details: { parameter: name } });
  return at.toISOString();
};

type Endpoint = Awaited<ReturnType<typeof endpointOf>>;
type Act = (c: PageContext, deps: WebDeps, endpoint: Endpoint, form: URLSearchParams) => Promise<unknown>;

/** What the buttons of an endpoint's page do; the page comes again afterwards. */
const ACTS: Readonly<Record<string, Act>> = {
  test: (_c, deps, { id }, form) => {
    const type = PUBLIC_EVENTS.find((name) => name === form.get("type"));
    if (type === undefined) throw new HubError("invalid_body", "choose a type of event", { retry: "never" });
    return deskOf(deps).test(id, type);
  },
  pause: (_c, deps, { id }) => deskOf(deps).change(id, { isPaused: true }),
  resume: (_c, deps, { id }) => deskOf(deps).change(id, { isPaused: false }),
  replay: async (_c, deps, { id }, form) => {
    const [from, to] = [momentIn(form, "from"), momentIn(form, "to")];
    checkRange(from, to);
    await deskOf(deps).replay(id, instant(from), instant(to));
  },
};

/** Forms of the pages of webhooks. They work without JavaScript: each answers with a page, or sends the browser to one. */
export const mountWebhookActs = (app: Hono<WebEnv>, deps: WebDeps): void => {
  app.post("/settings/webhooks", async (c) => {
    demand(c.get("identity"), "webhooks:write");
    const typed = typedOf(await formOf(c));
    try {
      const { endpoint, secret } = await deskOf(deps).create(await saidIn(c, deps, typed), c.get("identity").name);
      return await sendWebhookPage(c, deps, endpoint, { secret });
    } catch (error) {
      return sendWebhooksPage(c, deps, { error: callersFault(error), typed });
    }
  });
  app.post("/settings/webhooks/:id", async (c) => {
    const endpoint = await endpointOf(c, deps);
    try {
      await deskOf(deps).change(endpoint.id, await saidIn(c, deps, typedOf(await formOf(c))));
      return c.redirect(`/settings/webhooks/${endpoint.id}`, 303);
    } catch (error) {
      return sendWebhookPage(c, deps, endpoint, { error: callersFault(error) });
    }
  });
  app.post("/settings/webhooks/:id/rotate", async (c) => {
    const { id } = await endpointOf(c, deps);
    const rotated = await deskOf(deps).rotate(id);
    return sendWebhookPage(c, deps, rotated?.endpoint ?? (await endpointOf(c, deps)), {
      ...(rotated !== undefined && { secret: rotated.secret }),
    });
  });
  app.post("/settings/webhooks/:id/remove", async (c) => {
    await deskOf(deps).remove((await endpointOf(c, deps)).id);
    return c.redirect("/settings/webhooks", 303);
  });
  app.post("/settings/webhooks/:id/deliveries/:delivery/resend", async (c) => {
    const { id } = await endpointOf(c, deps);
    const sent = await deskOf(deps).resend(id, c.req.param("delivery"));
    if (sent === undefined) throw new HubError("not_found", "there is no such delivery", { retry: "never" });
    return c.redirect(`/settings/webhooks/${id}`, 303);
  });
  for (const [name, act] of Object.entries(ACTS))
    app.post(`/settings/webhooks/:id/${name}`, async (c) => {
      const endpoint = await endpointOf(c, deps);
      try {
        await act(c, deps, endpoint, await formOf(c));
        return c.redirect(`/settings/webhooks/${endpoint.id}`, 303);
      } catch (error) {
        return sendWebhookPage(c, deps, endpoint, { error: callersFault(error) });
      }
    });
};
