import * as z from "zod";
import { HubError } from "../../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../../domain/event.ts";
import { instant } from "../../../domain/instant.ts";
import type { Scope } from "../../access/scope.ts";
import { statusOf } from "../../api/problem.ts";
import { checkRange, deskOf, productsFor } from "../../api/webhook-json.ts";
import type { WebDeps } from "../../web-deps.ts";
import type { PageContext } from "../page.tsx";
import { type Fields, type FormHandler, fieldsAs, many } from "./form.tsx";
import type { Typed } from "./webhook-forms.tsx";
import { endpointOf, sendWebhookPage } from "./webhook-page.tsx";
import { sendWebhooksPage } from "./webhooks-page.tsx";

const EndpointFields = z.object({
  url: z.string().trim().max(2000).default(""),
  description: z.string().trim().max(200).default(""),
  events: z.string().default(""),
  products: many,
});

/** What was typed, to show it again; what is no text was not typed on our page. */
const typedOf = ({ url, description, events, products }: Fields): Typed => {
  const text = (field: Fields[string] | undefined) => (typeof field === "string" ? field : "");
  return {
    url: text(url),
    description: text(description),
    events: text(events),
    products: typeof products === "string" ? [products] : (products ?? []),
  };
};

const saidIn = async (c: PageContext, deps: WebDeps, fields: Fields) => {
  const { events, products, ...said } = fieldsAs(EndpointFields, fields);
  return { ...said, events: eventsIn(events), products: await productsFor(deps.views, c.get("identity"), products) };
};

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
const momentIn = (fields: Fields, name: string): string => {
  const at = new Date(`${fields[name] ?? ""}Z`);
  if (Number.isNaN(at.getTime()))
    throw new HubError("invalid_body", `'${name}' is no time`, { retry: "never", details: { parameter: name } });
  return at.toISOString();
};

type Endpoint = Awaited<ReturnType<typeof endpointOf>>;
type Act = (deps: WebDeps, endpoint: Endpoint, fields: Fields) => Promise<unknown>;

/** What the buttons of an endpoint's page do; the page comes again afterwards. */
const ACTS: Readonly<Record<string, Act>> = {
  test: async (deps, { id }, fields) => {
    const type = PUBLIC_EVENTS.find((name) => name === fields["type"]);
    if (type === undefined) throw new HubError("invalid_body", "choose a type of event", { retry: "never" });
    await deskOf(deps).test(id, type);
  },
  pause: (deps, { id }) => deskOf(deps).change(id, { isPaused: true }),
  resume: (deps, { id }) => deskOf(deps).change(id, { isPaused: false }),
  replay: async (deps, { id }, fields) => {
    const [from, to] = [momentIn(fields, "from"), momentIn(fields, "to")];
    checkRange(from, to);
    await deskOf(deps).replay(id, instant(from), instant(to));
  },
};

const createForm: FormHandler = async (c, deps, fields) => {
  try {
    const { endpoint, secret } = await deskOf(deps).create(await saidIn(c, deps, fields), c.get("identity").name);
    return await sendWebhookPage(c, deps, endpoint, { secret });
  } catch (error) {
    return sendWebhooksPage(c, deps, { error: callersFault(error), typed: typedOf(fields) });
  }
};

const changeForm: FormHandler = async (c, deps, fields) => {
  const endpoint = await endpointOf(c, deps);
  try {
    await deskOf(deps).change(endpoint.id, await saidIn(c, deps, fields));
    return c.redirect(`/settings/webhooks/${endpoint.id}`, 303);
  } catch (error) {
    return sendWebhookPage(c, deps, endpoint, { error: callersFault(error) });
  }
};

const rotateForm: FormHandler = async (c, deps) => {
  const { id } = await endpointOf(c, deps);
  const rotated = await deskOf(deps).rotate(id);
  if (rotated === undefined) throw new HubError("not_found", "there is no such endpoint", { retry: "never" });
  return sendWebhookPage(c, deps, rotated.endpoint, { secret: rotated.secret });
};

const removeForm: FormHandler = async (c, deps) => {
  await deskOf(deps).remove((await endpointOf(c, deps)).id);
  return c.redirect("/settings/webhooks", 303);
};

const resendForm: FormHandler = async (c, deps) => {
  const { id } = await endpointOf(c, deps);
  const sent = await deskOf(deps).resend(id, c.req.param("delivery") ?? "");
  if (sent === undefined) throw new HubError("not_found", "there is no such delivery", { retry: "never" });
  return c.redirect(`/settings/webhooks/${id}`, 303);
};

const formOf =
  (act: Act): FormHandler =>
  async (c, deps, fields) => {
    const endpoint = await endpointOf(c, deps);
    try {
      await act(deps, endpoint, fields);
      return c.redirect(`/settings/webhooks/${endpoint.id}`, 303);
    } catch (error) {
      return sendWebhookPage(c, deps, endpoint, { error: callersFault(error) });
    }
  };

/** Forms of the pages of webhooks. They work without JavaScript: each answers with a page, or sends the browser to one. */
export const WEBHOOK_FORMS: readonly (readonly [path: string, scope: Scope, form: FormHandler])[] = [
  ["/settings/webhooks", "webhooks:write", createForm],
  ["/settings/webhooks/:id", "webhooks:write", changeForm],
  ["/settings/webhooks/:id/rotate", "webhooks:write", rotateForm],
  ["/settings/webhooks/:id/remove", "webhooks:write", removeForm],
  ["/settings/webhooks/:id/deliveries/:delivery/resend", "webhooks:write", resendForm],
  ...Object.entries(ACTS).map(
    ([name, act]) => [`/settings/webhooks/:id/${name}`, "webhooks:write", formOf(act)] as const,
  ),
];
