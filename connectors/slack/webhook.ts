import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, streamsOf } from "./config.ts";
import { isRecord } from "./read.ts";

/** https://docs.slack.dev/apis/events-api */
const Body = z.looseObject({ type: z.string() });
const Event = z.looseObject({
  subtype: z.string().nullish(),
  channel: z.string().nullish(),
  ts: z.string().nullish(),
  deleted_ts: z.string().nullish(),
  message: z.looseObject({ ts: z.string() }).nullish(),
  previous_message: z.looseObject({ ts: z.string() }).nullish(),
});
const Callback = z.looseObject({
  event_id: z.string().nullish(),
  event_time: z.number().nullish(),
  event: z.looseObject({ type: z.string() }),
});
const Challenge = z.looseObject({ type: z.literal("url_verification"), challenge: z.string().max(500) });

/**
 * Which message of a named channel to read again. A deletion alone is a fact of its own, for Slack tells it nowhere else.
 *
 * @throws ZodError if the body is none of Slack's
 */
const records = (body: unknown, _headers: Headers, config: Config): readonly Told[] => {
  if (Body.parse(body).type !== "event_callback") return [];
  const { event: told, event_time } = Callback.parse(body);
  if (told.type !== "message") return [];
  const event = Event.parse(told);
  const { channel } = event;
  if (!channel) return [];
  return streamsOf(config, channel).flatMap((stream): Told[] => {
    if (event.subtype === "message_deleted") {
      const ts = event.deleted_ts ?? event.previous_message?.ts;
      const at = maybeInstant(event_time);
      if (!ts || (event.previous_message && !isRecord(event.previous_message))) return [];
      return [{ stream, record: { ts, channel }, presence: "deleted", ...(at !== undefined && { at }) }];
    }
    const message = event.subtype === "message_changed" ? event.message : event;
    return message?.ts && isRecord(message) ? [{ stream, reread: `${channel}:${message.ts}` }] : [];
  });
};

/** What is no message of a named channel is not kept; what cannot be read is, for people to look at. */
const concerns = (body: unknown, config: Config): boolean => {
  try {
    return records(body, new Headers(), config).length > 0;
  } catch {
    return true;
  }
};

/** Events API: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-slack-signature",
    prefix: "v0=",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    content: ({ body, stamp }) => [`v0:${stamp}:`, body],
    stamp: { header: "x-slack-request-timestamp", format: "seconds" },
  }),
  deliveryId: ({ body }: Delivery) => {
    try {
      return Callback.safeParse(parseJson(body)).data?.event_id ?? "";
    } catch {
      return "";
    }
  },
  concerns,
  challenge: (body) => Challenge.safeParse(body).data?.challenge,
  records,
};
