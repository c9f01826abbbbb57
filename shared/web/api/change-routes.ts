import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { EVENT_NAMES, EVENTS, PUBLIC_EVENTS } from "../../domain/event.ts";
import { eventSchema } from "../../domain/event-schema.ts";
import { instant } from "../../domain/instant.ts";
import { CHANGES, type ChangeKind, changesBetween } from "../../report/changes-between.ts";
import { demandKept } from "../../store/known-then.ts";
import { demandAll } from "../access/identity.ts";
import { pastMoment } from "../as-of.ts";
import type { WebDeps } from "../web-deps.ts";
import { action } from "./action.ts";
import { Moment, ProductFilter, productId } from "./filters.ts";
import { list, single } from "./route.ts";

const ChangeJson = z
  .object({
    id: z.string().describe("The same at every publication of the same happening."),
    type: z.string().describe("See /docs/events."),
    subject: z.string().describe("Id of what it happened to."),
    sequence: z.int().describe("The subject's version: order holds within one subject."),
    time: z.string().describe("When it happened, as its tool tells."),
    recordedAt: z.string().describe("When the hub learnt it; the log is in this order."),
    trace: z
      .string()
      .optional()
      .describe("Of the webhook or page that it goes back to: the trace id of `traceparent`, and of lines of the log."),
    test: z.literal(true).optional().describe("Nothing happened: somebody tries how it arrives."),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Change" });

const EventTypeJson = z
  .object({
    type: z.string(),
    firesWhen: z.string(),
    notWhen: z.string().nullable(),
    optIn: z.boolean().describe("True: it comes into being only where `events.include` of the config names it."),
    public: z.boolean().describe("False: it stands in the change log and never goes on the bus."),
    schemaUrl: z.string(),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema of `data`."),
  })
  .meta({ id: "EventType" });

const KINDS = Object.keys(CHANGES) as ChangeKind[];

const SummaryJson = z
  .object({
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    features: z.int().describe("How many features changed in something that counts."),
    counts: z.object(Object.fromEntries(KINDS.map((kind) => [kind, z.int()])) as Record<ChangeKind, z.ZodInt>),
    left: z.int().describe("How many changes are left out: the least important ones."),
    items: z
      .array(
        z.object({
          feature: z.object({ id: z.string(), key: z.string().nullable(), name: z.string(), url: z.string() }),
          productIds: z.array(z.string()),
          kind: z.enum(KINDS).describe("See /docs/api; the first kinds are the most important ones."),
          importance: z.int().describe("1 is the most important."),
          from: z.string().nullable(),
          to: z.string().nullable(),
          why: z.array(z.string()),
          evidence: z.array(z.string()),
          cause: z.enum(["sync", "time", "rule_change", "override"]),
          at: z.iso.datetime().describe("When the hub first showed the later state."),
        }),
      )
      .describe("The most important first."),
  })
  .meta({ id: "ChangeSummary" });

/**
 * The two moments that somebody asks between, the end of them where they are days.
 *
 * @throws HubError invalid_parameter
 */
export const windowOf = (
  deps: Pick<WebDeps, "now" | "timezone">,
  asked: { readonly since: string; readonly until?: string | undefined },
) => {
  const now = deps.now().toISOString();
  const since = pastMoment(asked.since, deps, "since") ?? now;
  const until = pastMoment(asked.until, deps, "until") ?? now;
  if (until >= since) return { since, until };
  throw new HubError("invalid_parameter", "'until' lies before 'since'", {
    retry: "never",
    details: { parameter: "until" },
  });
};

export const CHANGE_ROUTES = [
  single({
    id: "summarise_changes",
    tag: "Changes",
    scope: "features:read",
    path: "/v1/changes/summary",
    summary: `What became of features between two moments, the most important first; what went away and came back is no change. In this order: ${KINDS.join(", ")}.`,
    query: {
      since: Moment.describe("From when on; a day means its end in the hub's time zone.").meta({
        examples: ["2026-11-15"],
      }),
      until: Moment.optional().describe("Up to when; now without it."),
      product: ProductFilter,
      limit: z.coerce.number().int().min(1).max(1000).default(200).describe("How many items at most, 1 to 1000."),
    },
    body: SummaryJson,
    read: async ({ deps, query }) => {
      const { since, until } = windowOf(deps, query);
      await demandKept(deps.views, since);
      const product = await productId(deps.views, query.product);
      const window = { since, until, limit: query.limit, ...(product !== undefined && { products: [product] }) };
      const { items, ...rest } = await changesBetween(deps.views, window);
      const json = items.map(({ feature, ...one }) => ({
        ...one,
        feature: { ...feature, key: feature.key ?? null },
        productIds: [...one.productIds],
        why: [...one.why],
        evidence: [...one.evidence],
      }));
      return { body: { since, until, ...rest, items: json } };
    },
  }),
  list({
    id: "list_changes",
    tag: "Changes",
    scope: "events:read",
    path: "/v1/changes",
    summary: "The change log from a moment on, oldest first: the way to follow the hub without webhooks.",
    query: {
      since: Moment.describe("From when on.").meta({ examples: ["2026-11-15"] }),
      type: z
        .array(z.enum(EVENT_NAMES))
        .optional()
        .describe("Only these types; without it, all public ones.")
        .meta({ examples: [["feature.stage.changed"]] }),
    },
    item: ChangeJson,
    rows: async ({ deps, query, after, limit }) => {
      const { items, next } = await deps.views.changes(instant(query.since), after, limit, query.type ?? PUBLIC_EVENTS);
      return { items: items.map(({ name, ...event }) => ({ ...event, type: name })), next };
    },
  }),
  list({
    id: "list_event_types",
    tag: "Changes",
    scope: "events:read",
    path: "/v1/event-types",
    summary: "Every type of event with the shape of its data.",
    item: EventTypeJson,
    rows: async ({ deps, after, limit }) => {
      const start = after === undefined ? 0 : Number(after);
      const items = EVENT_NAMES.slice(start, start + limit).map((name) => ({
        type: name,
        firesWhen: EVENTS[name].when,
        notWhen: EVENTS[name].not ?? null,
        optIn: EVENTS[name].optIn,
        public: EVENTS[name].public,
        schemaUrl: `${deps.url()}/v1/schemas/${name}/1.json`,
        schema: eventSchema(name),
      }));
      return { items, next: start + limit < EVENT_NAMES.length ? String(start + limit) : undefined };
    },
  }),
  action({
    id: "send_test_event",
    method: "POST",
    tag: "Changes",
    scope: "webhooks:write",
    path: "/v1/event-types/{type}/test",
    summary: "Sends an example, marked by `test: true`, the way of all events: change log, bus, outputs, webhooks.",
    pathParameters: { type: "A type that may go out." },
    gives: z.object({ id: z.string().describe("Of the event, in the change log within moments.") }),
    status: 202,
    act: async ({ deps, identity, id: named }) => {
      const type = PUBLIC_EVENTS.find((name) => name === named);
      if (type === undefined || deps.sendTestEvent === undefined) return undefined;
      demandAll(identity);
      return { body: { id: await deps.sendTestEvent(type) } };
    },
  }),
];
