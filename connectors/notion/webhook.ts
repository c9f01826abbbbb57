import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { type Config, type PageStream, STREAM_OF, scopesOf } from "./config.ts";

/** https://developers.notion.com/reference/webhooks-events-delivery */
const Body = z.looseObject({
  id: z.string().nullish(),
  type: z.string(),
  entity: z.looseObject({ id: z.string().min(1), type: z.string() }).nullish(),
});
const Offer = z.strictObject({ verification_token: z.string().regex(/^[\w-]{10,200}$/) });

/**
 * Which page to read again: events carry no content, come in any order, and do not tell what the page is to us, so that
 * every stream that reads anything is asked, and each keeps its own.
 *
 * @throws ZodError if the body is none of Notion's
 */
const records = (body: unknown, _: Headers, config: Config): readonly Told[] => {
  const { type, entity } = Body.parse(body);
  if (!type.startsWith("page.") || entity?.type !== "page") return [];
  const streams = [...new Set<PageStream>(Object.values(STREAM_OF))];
  return streams
    .filter((stream) => scopesOf(stream)(config).length > 0)
    .map((stream) => ({ stream, reread: entity.id }));
};

const hasSecret = ({ webhookSecret, previousWebhookSecret }: Config): boolean =>
  Boolean(webhookSecret) || Boolean(previousWebhookSecret);

/** Notion's webhooks: https://developers.notion.com/reference/webhooks */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-notion-signature",
    prefix: "sha256=",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  offer: (body, config) => (hasSecret(config) ? undefined : Offer.safeParse(body).data?.verification_token),
  deliveryId: ({ body }: Delivery) => {
    try {
      return Body.safeParse(parseJson(body)).data?.id ?? "";
    } catch {
      return "";
    }
  },
  records,
};
