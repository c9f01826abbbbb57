import * as z from "zod";
import type { Connector, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";

const text = z.string().nullish();
const Changed = z.looseObject({ id: text, project: text, status: text, name: text });

/** https://docs.growthbook.io/app/webhooks/event-webhooks; older ones call the record `current` and `previous` */
const Body = z.looseObject({
  event: z.string().min(1),
  object: text,
  created: z.union([z.number(), z.string()]).nullish(),
  data: z
    .looseObject({
      object: Changed.nullish(),
      current: Changed.nullish(),
      previous: Changed.nullish(),
      experimentId: text,
      featureId: text,
    })
    .nullish(),
});
type Body = z.output<typeof Body>;

/** What still names a record that is gone; the rest of a webhook's record has an older shape. */
const KEPT = ["id", "name", "trackingKey", "project", "dateCreated", "dateUpdated", "status"];

/**
 * What an event tells: which record to read again, since bodies come in any order, and those about significance and
 * decisions hold ids and words only. A deletion has nothing left to read.
 *
 * @throws ZodError if the body is none of GrowthBook's
 */
const records = (body: unknown, config: Config): readonly Told[] => {
  const told = Body.parse(body);
  const stream = told.event.startsWith("feature.")
    ? "features"
    : told.event.startsWith("experiment.")
      ? "experiments"
      : undefined;
  const record = told.data?.object ?? told.data?.current ?? told.data?.previous;
  const id = record?.id ?? told.data?.experimentId ?? told.data?.featureId;
  if (stream === undefined || !id || !selects(config, record?.project)) return [];
  if (told.event === "feature.deleted" || told.event === "experiment.deleted")
    return [deleted(stream, told, record, config)];
  return [{ stream, reread: id, hint: record ?? told.data }];
};

const deleted = (
  stream: string,
  { created }: Body,
  record: Readonly<Record<string, unknown>> | null | undefined,
  { appUrl }: Config,
): Told => {
  const at = maybeInstant(created);
  const kept = KEPT.flatMap((name) => (record != null && name in record ? [[name, record[name]]] : []));
  return {
    stream,
    record: { ...Object.fromEntries(kept), appUrl },
    presence: "deleted",
    ...(at !== undefined && { at }),
  };
};

/** GrowthBook's webhooks: https://docs.growthbook.io/app/webhooks/event-webhooks#verify-signature */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-growthbook-signature",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  // Two equal changes in a row are two, and GrowthBook numbers none of its deliveries.
  deliveryId: () => "",
  accepted: 200,
  records: (body, _, config) => records(body, config),
};
