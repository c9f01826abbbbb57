import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";

const Id = z.union([z.string().regex(/^\w{1,64}$/), z.int()]).transform(String);

/** https://developers.intercom.com/docs/references/webhooks/webhook-models */
const Notification = z.looseObject({
  type: z.literal("notification_event"),
  topic: z.string(),
  created_at: z.number().nullish(),
  data: z.looseObject({
    item: z.looseObject({
      type: z.string().nullish(),
      id: Id.nullish(),
      conversation_id: Id.nullish(),
      ticket_id: Id.nullish(),
    }),
  }),
});

const STREAMS: ReadonlyMap<string, string> = new Map([
  ["conversation", "conversations"],
  ["ticket", "tickets"],
  ["company", "companies"],
]);

/**
 * What a notification tells: only that a record changed, since the search has it whole. A deletion is a fact of its own.
 *
 * @throws ZodError if the body is no notification of Intercom's
 */
const recordsOf = (body: unknown): readonly Told[] => {
  const { topic, data, created_at } = Notification.parse(body);
  const { item } = data;
  const [noun = ""] = topic.split(".");
  const stream = STREAMS.get(noun);
  const id = noun === "conversation" ? (item.conversation_id ?? item.id) : item.id;
  if (stream === undefined || id == null) return [];
  if (topic !== "conversation.deleted") return [{ stream, reread: id }];
  const at = maybeInstant(created_at);
  return [{ stream, record: { id, updated_at: created_at }, presence: "deleted", ...(at !== undefined && { at }) }];
};

const WithId = z.looseObject({ id: z.string() });

/** Signed with the client secret of the app; SHA-1 is all that Intercom offers, and it signs no time. */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-hub-signature",
    algorithm: "sha1",
    prefix: "sha1=",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  deliveryId: ({ body }: Delivery) => {
    try {
      return WithId.safeParse(parseJson(body)).data?.id ?? "";
    } catch {
      return "";
    }
  },
  records: recordsOf,
};
