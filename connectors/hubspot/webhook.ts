import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";

/** https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide */
const Event = z.looseObject({
  eventId: z.union([z.string(), z.number()]).nullish(),
  subscriptionId: z.union([z.string(), z.number()]).nullish(),
  subscriptionType: z.string(),
  objectTypeId: z.string().nullish(),
  objectId: z.union([z.string(), z.int()]).nullish(),
  occurredAt: z.number().nullish(),
});
const Events = z.array(Event);

const COMPANIES = "0-2";
const isCompany = ({ subscriptionType, objectTypeId }: z.output<typeof Event>): boolean =>
  subscriptionType.startsWith("company.") || (subscriptionType.startsWith("object.") && objectTypeId === COMPANIES);

/** Up to 100 events at once, in no order and some twice: what changed is read again, what was deleted is told. */
const records = (body: unknown, _: Headers, config: Config): readonly Told[] =>
  Events.parse(body).flatMap((event): Told[] => {
    if (!config.companies || !isCompany(event) || event.objectId == null) return [];
    const id = String(event.objectId);
    if (!event.subscriptionType.endsWith(".deletion")) return [{ stream: "companies", reread: id }];
    const at = maybeInstant(event.occurredAt);
    return [{ stream: "companies", record: { id }, presence: "deleted", ...(at !== undefined && { at }) }];
  });

/** Of all its events, whichever order they stand in: HubSpot names events, not deliveries. */
const deliveryId = ({ body }: Delivery): string => {
  try {
    const ids = Events.parse(parseJson(body)).map(({ eventId, subscriptionId }) => `${subscriptionId} ${eventId}`);
    return createHash("sha256").update(ids.toSorted().join("\n")).digest("hex").slice(0, 32);
  } catch {
    return "";
  }
};

/** Characters that HubSpot signs as themselves where the address has them encoded. */
const DECODED: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};
const decoded = (url: string): string =>
  url.replaceAll(/%[0-9a-f]{2}/gi, (code) => DECODED[code.toUpperCase()] ?? code);

/** Version 3: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-hubspot-signature-v3",
    encoding: "base64",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    stamp: { header: "x-hubspot-request-timestamp", format: "milliseconds" },
    content: ({ body, stamp, url }) => ["POST", decoded(url), body, stamp],
    toleranceSeconds: 300,
  }),
  deliveryId,
  records,
};
