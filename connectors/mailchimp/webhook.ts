import * as z from "zod";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { HubError, payloadUnreadable } from "../../shared/connector/errors.ts";
import { sharedSecret } from "../../shared/connector/signature.ts";
import { type Config, selects } from "./config.ts";
import { hooks, SECRET } from "./setup.ts";

/** What of a body is read: the rest of it may be about a person. */
const NAMES = ["type", "fired_at", "data[id]", "data[list_id]", "data[status]"];

/** https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/ */
const Body = z.looseObject({
  type: z.string().min(1),
  "data[id]": z.string().optional(),
  "data[list_id]": z.string().optional(),
});

/** A form, as browsers send them. @throws HubError payload_unreadable */
const parse = (bytes: Uint8Array): unknown => {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw payloadUnreadable("the body (not UTF-8)", cause);
  }
  const form = new URLSearchParams(text);
  const body = Object.fromEntries(NAMES.flatMap((name) => (form.has(name) ? [[name, form.get(name)]] : [])));
  if (!("type" in body))
    throw new HubError("payload_unreadable", "the body is no form with a type", { retry: "never" });
  return body;
};

/** Anything but the sending of campaigns is about people: its bytes hold their addresses. */
const concerns = (body: unknown, config: Config): boolean => {
  const { data } = Body.safeParse(body);
  // What cannot be read is for people to look at.
  return data === undefined || (data.type === "campaign" && selects(config, data["data[list_id]"]));
};

/** That a campaign was sent or cancelled. */
const records = (body: unknown, _: Headers, config: Config): readonly Told[] => {
  const { "data[id]": id } = Body.parse(body);
  return id && concerns(body, config) ? [{ stream: "campaigns", reread: id }] : [];
};

/** Mailchimp gives none: a repeated delivery has the same kind, time and record. */
const deliveryId = ({ body }: Delivery): string => {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const parts = ["type", "fired_at", "data[id]"].map((name) => form.get(name));
  return parts.includes(null) ? "" : parts.join(" ").slice(0, 200);
};

/** Unsigned: the secret stands in the address. */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: sharedSecret<Config>({
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    given: ({ url }) =>
      url !== undefined && URL.canParse(url) ? (new URL(url).searchParams.get(SECRET) ?? undefined) : undefined,
  }),
  parse,
  concerns,
  deliveryId,
  records,
  setup: hooks,
};
