import * as z from "zod";
import { EVENTS, type EventName } from "./event.ts";
import { snakeSchema } from "./snake-case.ts";

/** The JSON Schema of an event type's data, as it stands on the wire. */
export const eventSchema = (name: EventName): Record<string, unknown> =>
  snakeSchema(z.toJSONSchema(EVENTS[name].data, { io: "input" })) as Record<string, unknown>;

/** The same as a document of its own. */
export const eventSchemaDocument = (name: EventName): Record<string, unknown> => {
  const { $schema, ...shape } = eventSchema(name);
  return { $schema, title: name, description: `Data of ${name}: ${EVENTS[name].when}.`, ...shape };
};
