import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { PUBLIC_EVENTS } from "../../domain/event.ts";
import type { Views } from "../../store/views.ts";
import type { DeliveryView, EndpointView } from "../../store/webhook-desk.ts";
import type { StoredDelivery } from "../../store/webhook-rows.ts";
import type { Identity } from "../access/identity.ts";
import type { WebDeps } from "../web-deps.ts";
import { productId } from "./filters.ts";

export const EndpointJson = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.string()).describe("Types, or patterns such as `feature.*`."),
    products: z.array(z.string()).nullable().describe("Ids; null for all."),
    state: z
      .enum(["active", "paused", "disabled"])
      .describe("`disabled`: the hub gave it up, or its maker is gone; `paused` by a person."),
    disabledBecause: z.string().nullable(),
    failingSince: z.string().nullable().describe("The first failure since the last success."),
    lastFailure: z.object({ at: z.string(), reason: z.string() }).nullable(),
    lastDeliveredAt: z.string().nullable(),
    waitsUntil: z.string().nullable().describe("It asked to be left alone until then."),
    replay: z.object({ from: z.string(), to: z.string(), queued: z.int() }).nullable().describe("Under way."),
    oldSecretUntil: z.string().nullable().describe("Until then all is signed with the secret before too."),
    createdAt: z.string(),
    createdBy: z.string().describe("Name of who made it, or took it over when its maker was gone."),
    makerId: z
      .string()
      .nullable()
      .describe("Id of the same: once this member is removed or this key revoked, the endpoint is disabled."),
    changedAt: z.string(),
  })
  .meta({ id: "WebhookEndpoint" });

export const SecretJson = z.object({
  endpoint: EndpointJson,
  secret: z.string().describe("`whsec_…`, shown this once: keep it where the receiver checks signatures."),
});

export const DeliveryJson = z
  .object({
    id: z.string(),
    endpointId: z.string(),
    eventId: z.string().describe("Also the header `webhook-id`, the same at every try."),
    type: z.string(),
    subject: z.string(),
    sequence: z.int(),
    replay: z.boolean(),
    test: z.boolean(),
    state: z.enum(["pending", "delivered", "failed"]),
    queuedAt: z.string(),
    nextAt: z.string().nullable().describe("When it is tried again."),
    tries: z.int(),
    attempts: z
      .array(
        z.object({
          at: z.string(),
          ms: z.int(),
          status: z.int().nullable(),
          reason: z.string().nullable(),
          answer: z.string().nullable().describe("Its beginning, without what looks like a secret."),
        }),
      )
      .describe("Oldest first, the last twenty."),
  })
  .meta({ id: "WebhookDelivery" });

export const SentJson = DeliveryJson.extend({
  request: z.object({
    headers: z.record(z.string(), z.string()).describe("Without the signature itself."),
    body: z.string().nullable(),
  }),
}).meta({ id: "WebhookDeliverySent" });

export const endpointJson = (endpoint: EndpointView): z.input<typeof EndpointJson> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description ?? null,
  events: [...endpoint.events],
  products: endpoint.products === undefined ? null : [...endpoint.products],
  state: endpoint.state,
  disabledBecause: endpoint.disabled?.reason ?? null,
  failingSince: endpoint.failingSince ?? endpoint.disabled?.failingSince ?? null,
  lastFailure: endpoint.lastFailure ?? null,
  lastDeliveredAt: endpoint.lastDeliveredAt ?? null,
  waitsUntil: endpoint.waitUntil ?? null,
  replay:
    endpoint.replay === undefined
      ? null
      : { from: endpoint.replay.from, to: endpoint.replay.to, queued: endpoint.replay.queued },
  oldSecretUntil: endpoint.oldSecretUntil ?? null,
  createdAt: endpoint.createdAt,
  createdBy: endpoint.createdBy,
  makerId: endpoint.maker ?? null,
  changedAt: endpoint.changedAt,
});

export const deliveryJson = (delivery: StoredDelivery): z.input<typeof DeliveryJson> => ({
  id: delivery.id,
  endpointId: delivery.endpointId,
  eventId: delivery.event.id,
  type: delivery.event.name,
  subject: delivery.event.subject,
  sequence: delivery.event.sequence,
  replay: delivery.isReplay,
  test: delivery.whole?.test === true,
  state: delivery.state,
  queuedAt: delivery.queuedAt,
  nextAt: delivery.nextAt ?? null,
  tries: delivery.tries,
  attempts: delivery.attempts.map(({ at, ms, status = null, reason = null, answer = null }) => ({
    at,
    ms,
    status,
    reason,
    answer,
  })),
});

export const sentJson = (delivery: DeliveryView): z.input<typeof SentJson> => ({
  ...deliveryJson(delivery),
  request: { headers: { ...delivery.headers }, body: delivery.body ?? null },
});

/** Whether somebody who sees these products may know of an endpoint: what lies outside does not exist for them. */
export const maySee = ({ products }: Identity, endpoint: Pick<EndpointView, "products">): boolean =>
  products === "all" || endpoint.products?.every((id) => products.includes(id)) === true;

/**
 * Ids of the products that an endpoint is to tell of; undefined for all.
 *
 * @param named ids or slugs
 * @throws HubError invalid_parameter for an unknown one, scope_missing for all or others than one's own
 */
export const productsFor = async (
  views: Views,
  identity: Identity,
  named: readonly string[] | undefined,
): Promise<string[] | undefined> => {
  const ids = named && (await Promise.all(named.map((one) => productId(views, one)))).filter((id) => id !== undefined);
  if (maySee(identity, { products: ids })) return ids;
  throw new HubError("scope_missing", "an endpoint may tell only of products that you may see: name them", {
    retry: "never",
  });
};

/** @throws HubError not_found on a hub that sends no webhooks */
export const deskOf = ({ webhooks }: Pick<WebDeps, "webhooks">): NonNullable<WebDeps["webhooks"]> => {
  if (webhooks === undefined) throw new HubError("not_found", "this hub sends no webhooks", { retry: "never" });
  return webhooks;
};

/** The endpoint, if there is one that they may know of. */
export const endpointFor = async (
  deps: Pick<WebDeps, "webhooks">,
  identity: Identity,
  id: string,
): Promise<EndpointView | undefined> => {
  const endpoint = await deskOf(deps).endpoint(id);
  return endpoint !== undefined && maySee(identity, endpoint) ? endpoint : undefined;
};

/** Events of a test: any that may go out. */
export const TestType = z.enum(PUBLIC_EVENTS as [(typeof PUBLIC_EVENTS)[number], ...typeof PUBLIC_EVENTS]);

const LONGEST_REPLAY_DAYS = 31;

/** @throws HubError invalid_body for a time that is no time, or too long */
export const checkRange = (from: string, to: string): void => {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days > 0 && days <= LONGEST_REPLAY_DAYS) return;
  throw new HubError("invalid_body", `'to' must come after 'from', by ${LONGEST_REPLAY_DAYS} days at the most`, {
    retry: "never",
    details: { parameter: "to" },
  });
};
