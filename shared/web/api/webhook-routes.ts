import * as z from "zod";
import { instant } from "../../domain/instant.ts";
import { action } from "./action.ts";
import { Moment } from "./filters.ts";
import { list, single } from "./route.ts";
import {
  checkRange,
  DeliveryJson,
  deliveryJson,
  deskOf,
  EndpointJson,
  endpointFor,
  endpointJson,
  maySee,
  productsFor,
  SecretJson,
  SentJson,
  sentJson,
  TestType,
} from "./webhook-json.ts";

const common = { tag: "Webhooks", scope: "webhooks:write" } as const;
const ID = "Id of an endpoint, `whe_…`.";
const onEndpoint = { ...common, pathParameters: { id: ID } };
const onDelivery = { ...common, pathParameters: { id: ID, delivery: "Id of a delivery, `whd_…`." } };

const said = {
  url: z.string().max(2000).describe("https, port 443 or 8443, on the public internet."),
  description: z.string().max(200).optional(),
  events: z
    .array(z.string().max(64))
    .min(1)
    .max(100)
    .describe("Types, or patterns such as `feature.*`; `*` for all. See /docs/events.")
    .meta({ examples: [["feature.stage.changed", "connection.*"]] }),
  products: z.array(z.string().max(200)).min(1).max(200).describe("Ids or slugs; all without it."),
};

export const WEBHOOK_ROUTES = [
  list({
    ...common,
    id: "list_webhook_endpoints",
    path: "/v1/webhook-endpoints",
    summary: "Addresses that events are sent to, by Standard Webhooks.",
    item: EndpointJson,
    rows: async ({ deps, identity, after, limit }) => {
      if (deps.webhooks === undefined) return { items: [], next: undefined };
      const { items, next } = await deps.webhooks.endpoints(after, limit);
      return { items: items.filter((one) => maySee(identity, one)).map(endpointJson), next };
    },
  }),
  action({
    ...common,
    id: "create_webhook_endpoint",
    method: "POST",
    path: "/v1/webhook-endpoints",
    summary: "A new endpoint: it gets what happens from now on. The secret is shown this once.",
    takes: z.object({ ...said, events: said.events.default(["*"]), products: said.products.optional() }),
    gives: SecretJson,
    givesSecret: true,
    status: 201,
    act: async ({ deps, identity, sent: { products: named, ...rest } }) => {
      const products = await productsFor(deps.views, identity, named);
      const { endpoint, secret } = await deskOf(deps).create(
        { ...rest, ...(products !== undefined && { products }) },
        identity.name,
      );
      return { body: { endpoint: endpointJson(endpoint), secret }, location: `/v1/webhook-endpoints/${endpoint.id}` };
    },
  }),
  single({
    ...onEndpoint,
    id: "get_webhook_endpoint",
    path: "/v1/webhook-endpoints/{id}",
    summary: "One endpoint and how its deliveries go.",
    body: EndpointJson,
    read: async ({ deps, identity, id }) => {
      const endpoint = await endpointFor(deps, identity, id);
      return endpoint && { body: endpointJson(endpoint) };
    },
  }),
  action({
    ...onEndpoint,
    id: "change_webhook_endpoint",
    method: "PATCH",
    path: "/v1/webhook-endpoints/{id}",
    summary:
      "Changes what is given. `paused: false` lets an endpoint go on that was paused or given up; where its maker is gone an administrator does so, and is its maker from then on.",
    takes: z.object({
      url: said.url.optional(),
      description: said.description,
      events: said.events.optional(),
      products: said.products.nullable().optional().describe("Null for all."),
      paused: z.boolean().optional(),
    }),
    gives: EndpointJson,
    act: async ({ deps, identity, id, sent }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const { url, description, events, products: named, paused } = sent;
      const changed = await deskOf(deps).change(id, {
        ...(url !== undefined && { url }),
        ...(description !== undefined && { description }),
        ...(events !== undefined && { events }),
        ...(named !== undefined && { products: await productsFor(deps.views, identity, named ?? undefined) }),
        ...(paused !== undefined && { isPaused: paused }),
      });
      return changed && { body: endpointJson(changed) };
    },
  }),
  action({
    ...onEndpoint,
    id: "remove_webhook_endpoint",
    method: "DELETE",
    path: "/v1/webhook-endpoints/{id}",
    summary: "Nothing more is sent to it, not even what waits.",
    gives: z.object({}),
    status: 204,
    act: async ({ deps, identity, id }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      return (await deskOf(deps).remove(id)) ? { body: {} } : undefined;
    },
  }),
  action({
    ...onEndpoint,
    id: "rotate_webhook_secret",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/rotate",
    summary: "A new secret, shown this once. For a day all is signed with the one before too.",
    gives: SecretJson,
    givesSecret: true,
    act: async ({ deps, identity, id }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const rotated = await deskOf(deps).rotate(id);
      return rotated && { body: { endpoint: endpointJson(rotated.endpoint), secret: rotated.secret } };
    },
  }),
  action({
    ...onEndpoint,
    id: "test_webhook_endpoint",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/test",
    summary: "Sends an example to this endpoint, marked by `test: true`, whatever its filter says.",
    takes: z.object({ type: TestType.default("feature.stage.changed") }),
    gives: DeliveryJson,
    status: 202,
    act: async ({ deps, identity, id, sent }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const delivery = await deskOf(deps).test(id, sent.type);
      return delivery && { body: deliveryJson(delivery), location: pathOf(delivery) };
    },
  }),
  action({
    ...onEndpoint,
    id: "replay_webhook_events",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/replay",
    summary: "Sends what its filter lets through of a time once more, under the same ids, with `cause: replay`.",
    takes: z.object({ from: Moment, to: Moment }),
    gives: EndpointJson,
    status: 202,
    act: async ({ deps, identity, id, sent }) => {
      checkRange(sent.from, sent.to);
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const endpoint = await deskOf(deps).replay(id, instant(sent.from), instant(sent.to));
      return endpoint && { body: endpointJson(endpoint) };
    },
  }),
  list({
    ...onEndpoint,
    id: "list_webhook_deliveries",
    path: "/v1/webhook-endpoints/{id}/deliveries",
    summary: "What was sent and is waiting, newest first, for 30 days.",
    query: { state: z.enum(["pending", "delivered", "failed"]).optional().describe("Only those in this state.") },
    item: DeliveryJson,
    rows: async ({ deps, identity, id, query, after, limit }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const { items, next } = await deskOf(deps).deliveries(id, query.state, after, limit);
      return { items: items.map(deliveryJson), next };
    },
  }),
  single({
    ...onDelivery,
    id: "get_webhook_delivery",
    path: "/v1/webhook-endpoints/{id}/deliveries/{delivery}",
    summary: "One delivery with what is sent.",
    body: SentJson,
    read: async ({ deps, identity, id, params }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const delivery = await deskOf(deps).delivery(id, params["delivery"] ?? "");
      return delivery && { body: sentJson(delivery) };
    },
  }),
  action({
    ...onDelivery,
    id: "resend_webhook_delivery",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/deliveries/{delivery}/resend",
    summary: "Sends it once more at once, and again by the table of retries where that fails.",
    gives: DeliveryJson,
    status: 202,
    act: async ({ deps, identity, id, params }) => {
      if ((await endpointFor(deps, identity, id)) === undefined) return undefined;
      const delivery = await deskOf(deps).resend(id, params["delivery"] ?? "");
      return delivery && { body: deliveryJson(delivery), location: pathOf(delivery) };
    },
  }),
];

const pathOf = ({ endpointId, id }: { readonly endpointId: string; readonly id: string }): string =>
  `/v1/webhook-endpoints/${endpointId}/deliveries/${id}`;
