import * as z from "zod";
import { EVENT_NAMES, EVENTS, PUBLIC_EVENTS } from "../../domain/event.ts";
import { eventSchema } from "../../domain/event-schema.ts";
import { instant } from "../../domain/instant.ts";
import { action } from "./action.ts";
import { Moment } from "./filters.ts";
import { list } from "./route.ts";

const ChangeJson = z
  .object({
    id: z.string().describe("The same at every publication of the same happening."),
    type: z.string().describe("See /docs/events."),
    subject: z.string().describe("Id of what it happened to."),
    sequence: z.int().describe("The subject's version: order holds within one subject."),
    time: z.string().describe("When it happened, as its tool tells."),
    recordedAt: z.string().describe("When the hub learnt it; the log is in this order."),
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

export const CHANGE_ROUTES = [
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
    act: async ({ deps, id: named }) => {
      const type = PUBLIC_EVENTS.find((name) => name === named);
      if (type === undefined || deps.sendTestEvent === undefined) return undefined;
      return { body: { id: await deps.sendTestEvent(type) } };
    },
  }),
];
