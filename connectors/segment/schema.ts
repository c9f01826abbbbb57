import * as z from "zod";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";

const text = z.string().nullish();
const Values = z.record(z.string(), z.unknown()).nullish();

/** The fields that messages of every type have: https://www.twilio.com/docs/segment/connections/spec/common */
const common = {
  messageId: z.string().min(1),
  type: text,
  timestamp: text,
  receivedAt: text,
  sentAt: text,
  projectId: text,
  userId: text,
  anonymousId: text,
  context: z.looseObject({ groupId: text }).nullish(),
};

interface Timed {
  readonly timestamp?: string | null | undefined;
  readonly receivedAt?: string | null | undefined;
  readonly sentAt?: string | null | undefined;
}

/**
 * When it happened. Segment corrects `timestamp` by the clock of the device; what still lies behind its receipt is
 * taken for the receipt.
 */
export const momentOf = ({ timestamp, receivedAt, sentAt }: Timed): Instant | undefined => {
  const [happened, received] = [maybeInstant(timestamp), maybeInstant(receivedAt)];
  if (happened === undefined) return received ?? maybeInstant(sentAt);
  return received !== undefined && happened > received ? received : happened;
};

/** What the event of a message is called; page and screen calls as Segment's own destinations call them. */
export const eventOf = (message: {
  readonly type?: string | null | undefined;
  readonly event?: string | null | undefined;
  readonly name?: string | null | undefined;
}): string | undefined => {
  if (message.type === "page") return message.name ? `Viewed ${message.name} Page` : undefined;
  if (message.type === "screen") return message.name ? `Viewed ${message.name} Screen` : undefined;
  return message.event || undefined;
};

const timed = (message: Timed): boolean => momentOf(message) !== undefined;
const named = (message: Parameters<typeof eventOf>[0]): boolean => eventOf(message) !== undefined;

/** `throughline` is what the connection's config says of the event; the webhook puts it there. */
export const Event = z
  .looseObject({
    ...common,
    event: text,
    name: text,
    throughline: z.looseObject({ type: text, direction: text, feature: text }).nullish(),
  })
  .refine(timed, "has no time")
  .refine(named, "has no event");
export type Event = z.output<typeof Event>;

export const Feedback = z
  .looseObject({
    ...common,
    event: text,
    name: text,
    properties: Values,
    throughline: z.looseObject({ text, feature: text }).nullish(),
  })
  .refine(timed, "has no time")
  .refine(named, "has no event");
export type Feedback = z.output<typeof Feedback>;

/** https://www.twilio.com/docs/segment/connections/spec/group */
export const Group = z
  .looseObject({ ...common, groupId: z.string().min(1), traits: Values })
  .refine(timed, "has no time");
export type Group = z.output<typeof Group>;

/** Traits of a group that are read. */
export const GROUP_TRAITS = ["name", "website", "plan", "employees"] as const;
