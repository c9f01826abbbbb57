import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import type { Config } from "./config.ts";

const Id = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform(String);

/** https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/ */
const Event = z.looseObject({
  type: z.string().regex(/^zen:event-type:/),
  subject: z.string().nullish(),
  detail: z.looseObject({ id: Id.nullish() }).nullish(),
});

/** What a trigger sends: the body is written by whoever sets it up, see the README. */
const Trigger = z.looseObject({ ticket_id: Id });

const STREAMS: ReadonlyMap<string, string> = new Map([
  ["ticket", "tickets"],
  ["organization", "organizations"],
]);

/**
 * What a delivery tells: only that a record changed, since an event has a part of it. What was deleted the re-read does not
 * find, and the next export tells it.
 *
 * @throws ZodError if the body is neither an event nor our trigger's
 */
const recordsOf = (body: unknown): readonly Told[] => {
  const trigger = Trigger.safeParse(body);
  if (trigger.success) return [{ stream: "tickets", reread: trigger.data.ticket_id }];
  const { subject, detail } = Event.parse(body);
  const [, noun = "", named] = /^zen:(\w+):(\d+)$/.exec(subject ?? "") ?? [];
  const stream = STREAMS.get(noun);
  const id = named ?? detail?.id ?? undefined;
  return stream === undefined || id === undefined ? [] : [{ stream, reread: id }];
};

const WithId = z.looseObject({ id: z.string() });
const bodyId = ({ body }: Delivery): string => {
  try {
    return WithId.safeParse(parseJson(body)).data?.id ?? "";
  } catch {
    return "";
  }
};

/** https://developer.zendesk.com/documentation/webhooks/verifying/: the timestamp, then the body, with nothing between. */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-zendesk-webhook-signature",
    encoding: "base64",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    content: ({ stamp, body }) => [stamp, body],
    stamp: { header: "x-zendesk-webhook-signature-timestamp", format: "iso" },
  }),
  keeps: ["x-zendesk-webhook-invocation-id"],
  deliveryId: (delivery) => delivery.headers.get("x-zendesk-webhook-invocation-id") ?? bodyId(delivery),
  records: recordsOf,
};
