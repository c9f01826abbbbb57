import * as z from "zod";
import { Cause, Named, onConnection, told } from "./event-parts.ts";

const onReport = {
  report: z.string().describe("its name in the configuration"),
  run: z.string().describe("first and last day of its period"),
  url: z.string(),
};

export const HUB_EVENTS = {
  "connection.sync.completed": told({
    when: "a run over a stream ended well",
    not: "it found nothing new, or a call inside of it was tried again",
    data: z.object({ ...onConnection, pages: z.int(), records: z.int() }),
  }),
  "connection.sync.failed": told({
    when: "a run over a stream ended with an error",
    not: "the run before failed too",
    data: z.object({ ...onConnection, code: z.string(), message: z.string() }),
  }),
  "connection.auth.expired": told({
    when: "the tool refused the credential of a connection: nothing is read until it is renewed",
    not: "it is refused again",
    data: z.object({ ...onConnection, message: z.string() }),
  }),
  "connection.lag.exceeded": told({
    when: "a connection was not read to the end within its `freshWithin`",
    not: "it stays late",
    data: z.object({
      connection: onConnection.connection,
      dataAsOf: z.string(),
      lagSeconds: z.int(),
      limitSeconds: z.int(),
    }),
  }),
  "connection.recovered": told({ when: "a run succeeded after a failed one", data: z.object(onConnection) }),
  "deletion.fuse.tripped": told({
    when: "a census missed so many records that it removed none; a person decides",
    data: z.object({
      ...onConnection,
      places: z.array(
        z.object({
          name: z.string().describe("project, team or repository"),
          missing: z.int(),
          of: z.int().describe("how many records we hold there"),
        }),
      ),
    }),
  }),
  "mapping.gap.detected": told({
    when: "a value of the tool was first seen that no table maps",
    not: "it is seen again under the same mapping",
    data: z.object({
      connection: onConnection.connection,
      field: z.string(),
      value: z.object({ id: z.string().optional(), name: z.string() }),
      seenIn: Named,
    }),
  }),
  "replay.completed": told({
    when: "a replay ended: of archived payloads of a connection, or of events to a webhook endpoint",
    data: z.object({
      of: z.enum(["connection", "webhook_endpoint"]),
      id: z.string().describe("of the connection or endpoint"),
      from: z.string().nullable(),
      to: z.string().nullable(),
      counts: z.record(z.string(), z.int()),
      cause: Cause,
    }),
  }),
  "webhook_endpoint.disabled": told({
    when: "the hub gave a webhook endpoint up: it answered 410, failed for five days, or whoever made it is gone",
    not: "a person pauses or removes it",
    data: z.object({
      endpoint: z.object({ id: z.string(), host: z.string(), url: z.string().describe("its page in the hub") }),
      reason: z.string(),
      failingSince: z.string().nullable(),
    }),
  }),
  "report.generated": told({
    when: "a report of a period was made and is kept; the report's name is the subject",
    not: "it is made again as a preview",
    data: z.object({
      ...onReport,
      title: z.string(),
      isNews: z.boolean().describe("false: nothing changed"),
    }),
  }),
  "report.delivery.failed": told({
    when: "a report could not be delivered, or nobody knows whether it was; it is not tried again by itself",
    not: "it was left out because nothing changed",
    data: z.object({
      ...onReport,
      recipient: z
        .string()
        .describe("as the configuration names it; of a mail address only the first letter and the domain"),
      code: z.string(),
      message: z.string(),
    }),
  }),
} as const;
