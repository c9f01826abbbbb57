import * as z from "zod";
import { METRIC_KINDS } from "../../shared/domain/fields-around.ts";

/** What a counted event tells about the product. */
const Counted = z.strictObject({
  type: z.enum(METRIC_KINDS).default("adoption").describe("what the count stands for"),
  direction: z.enum(["up_good", "down_good"]).default("up_good").describe("which way is better"),
  feature: z.string().min(1).optional().describe("key or address of the feature or work item that it measures"),
});
export type Counted = z.output<typeof Counted>;

/** Which properties of an event hold what somebody said. */
const Heard = z.strictObject({
  text: z.string().min(1).default("text").describe("property that holds what was written"),
  feature: z.string().min(1).optional().describe("property that holds the key or address of what it is about"),
});
export type Heard = z.output<typeof Heard>;

/** A connection that one or more sources of one Segment workspace send to; nothing is ever asked of Segment. */
export const Config = z.strictObject({
  events: z
    .record(z.string().min(1), Counted)
    .default({})
    .describe("events to count by day, by name; a page or screen call is called `Viewed <name> Page` or `… Screen`"),
  feedback: z
    .record(z.string().min(1), Heard)
    .default({})
    .describe("events that bring what somebody said, by name; each becomes feedback"),
  trustBatches: z
    .boolean()
    .default(false)
    .describe("accept batches of which only the first message is signed, as Segment sends them when batching is on"),
  webhookSecret: z
    .string()
    .optional()
    .describe("shared secret of the Webhooks destination; without it nothing is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .optional()
    .describe("the shared secret before the last change, accepted too")
    .meta({ secret: true }),
  baseUrl: z.url().default("https://api.segment.io").describe("where Segment answers; it is never asked"),
  requestsPerMinute: z.int().min(1).default(60).describe("as for every tool; nothing is asked of Segment"),
});
export type Config = z.output<typeof Config>;
