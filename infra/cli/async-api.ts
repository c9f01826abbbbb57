import { EVENTS, PUBLIC_EVENTS } from "../../shared/domain/event.ts";
import { exampleCloudEvent } from "../../shared/domain/event-example.ts";
import { eventSchema } from "../../shared/domain/event-schema.ts";

const text = (description: string) => ({ type: "string", description });

/** What stands around the data of every event. */
const ENVELOPE = {
  specversion: { type: "string", const: "1.0" },
  id: text("the same at every repetition"),
  source: text("address of the hub"),
  subject: text("id of what it happened to"),
  time: { type: "string", format: "date-time", description: "when it happened, as its tool tells" },
  recordedtime: { type: "string", format: "date-time", description: "when the hub learnt it" },
  datacontenttype: { type: "string", const: "application/json" },
  dataschema: text("address of the JSON Schema of `data`"),
  sequence: text("orders the events of one subject; compare as text"),
  partitionkey: text("the subject"),
  test: { type: "boolean", description: "nothing happened: somebody tries how it arrives" },
  dataref: text("where the whole of a large event is"),
} as const;

const REQUIRED = ["specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence", "data"];

/** Every event that goes out as one AsyncAPI 3.0 document: one channel, a message for each type. */
export const asyncApi = (parts: { readonly version: string; readonly typePrefix: string }) => {
  const keyOf = (name: string) => name.replaceAll(".", "_");
  const schemas = Object.fromEntries(
    PUBLIC_EVENTS.map((name) => {
      const { $schema: _, ...data } = eventSchema(name);
      return [`${keyOf(name)}_data`, data];
    }),
  );
  const messages = Object.fromEntries(
    PUBLIC_EVENTS.map((name) => [
      keyOf(name),
      {
        name,
        title: name,
        summary: `Fires when ${EVENTS[name].when}.`,
        ...(EVENTS[name].not !== undefined && { description: `Not when ${EVENTS[name].not}.` }),
        contentType: "application/cloudevents+json",
        payload: {
          type: "object",
          required: REQUIRED,
          properties: {
            ...ENVELOPE,
            type: { type: "string", const: `${parts.typePrefix}.${name}` },
            data: { $ref: `#/components/schemas/${keyOf(name)}_data` },
          },
        },
        examples: [{ name: "example", payload: exampleCloudEvent(name) }],
      },
    ]),
  );
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Throughline",
      version: parts.version,
      description: "CloudEvents 1.0, at least once; `sequence` orders the events of one subject.",
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/cloudevents+json",
    channels: {
      events: {
        address: "throughline",
        description: "The hub's bus on EventBridge; `detail-type` is the event's name, `detail` the object.",
        messages: Object.fromEntries(
          Object.keys(messages).map((key) => [key, { $ref: `#/components/messages/${key}` }]),
        ),
      },
    },
    operations: {
      sendEvents: {
        action: "send",
        channel: { $ref: "#/channels/events" },
        summary: "The hub sends; whoever subscribes receives.",
        messages: Object.keys(messages).map((key) => ({ $ref: `#/channels/events/messages/${key}` })),
      },
    },
    components: { messages, schemas },
  };
};
