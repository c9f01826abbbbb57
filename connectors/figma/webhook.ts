import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { sharedSecret } from "../../shared/connector/signature.ts";
import type { Config } from "./config.ts";
import { hooks } from "./setup.ts";

/** https://developers.figma.com/docs/rest-api/webhooks-events */
const Body = z.looseObject({
  event_type: z.string(),
  webhook_id: z.coerce.string().nullish(),
  timestamp: z.string().nullish(),
  file_key: z.string().nullish(),
  node_id: z.string().nullish(),
});
const Passcode = z.looseObject({ passcode: z.string() });

const FILE_EVENTS: ReadonlySet<string> = new Set([
  "FILE_UPDATE",
  "FILE_VERSION_UPDATE",
  "FILE_COMMENT",
  "DEV_MODE_STATUS_UPDATE",
]);

const read = <S extends z.ZodType>(shape: S, { body }: Delivery): z.output<S> | undefined => {
  try {
    return shape.safeParse(parseJson(body)).data;
  } catch {
    return undefined;
  }
};

/**
 * Which file or part to read again: a passcode proves who sent it, not what was sent. `FILE_DELETE` tells nothing here,
 * since a file that is not found is told to be gone by the census alone.
 *
 * @throws ZodError if the body is none of Figma's
 */
const records = (body: unknown): readonly Told[] => {
  const { event_type, file_key, node_id } = Body.parse(body);
  if (!file_key || !FILE_EVENTS.has(event_type)) return [];
  const file: Told = { stream: "files", reread: file_key };
  return event_type === "DEV_MODE_STATUS_UPDATE" && node_id
    ? [{ stream: "nodes", reread: `${file_key}:${node_id}` }, file]
    : [file];
};

/** Figma's webhooks repeat a passcode in their body: https://developers.figma.com/docs/rest-api/webhooks-security */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: sharedSecret<Config>({
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    given: (delivery) => read(Passcode, delivery)?.passcode,
  }),
  // Figma gives deliveries no id: the same event of the same file at the same time is the same.
  deliveryId: (delivery) => {
    const told = read(Body, delivery);
    return told?.timestamp && told.file_key
      ? [told.webhook_id, told.event_type, told.file_key, told.node_id, told.timestamp].join("/")
      : "";
  },
  records,
  setup: hooks,
};
