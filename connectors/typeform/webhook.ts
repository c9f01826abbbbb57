import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { type Config, selects } from "./config.ts";
import { hooks } from "./setup.ts";

/** https://www.typeform.com/developers/webhooks/example-payload/ */
const Body = z.looseObject({ event_type: z.string(), form_response: z.looseObject({ form_id: z.string() }).nullish() });

/** The response of a body that tells of a completed one to a form that is read. */
const responseIn = (body: unknown, config: Config): unknown => {
  const { event_type: type, form_response: record } = Body.parse(body);
  return type === "form_response" && record != null && selects(config, record.form_id) ? record : undefined;
};

/** A completed response, whole: the API may have it half an hour later only. Begun ones tell nothing. */
const records = (body: unknown, _: Headers, config: Config): readonly Told[] => {
  const record = responseIn(body, config);
  return record === undefined ? [] : [{ stream: "responses", record }];
};

const Named = z.looseObject({ event_id: z.string() });

const deliveryId = ({ body }: Delivery): string => {
  try {
    return Named.parse(parseJson(body)).event_id;
  } catch {
    return "";
  }
};

/** https://www.typeform.com/developers/webhooks/secure-your-webhooks/ */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "typeform-signature",
    prefix: "sha256=",
    encoding: "base64",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  concerns: (body, config) => !Body.safeParse(body).success || responseIn(body, config) !== undefined,
  deliveryId,
  records,
  setup: hooks,
};
