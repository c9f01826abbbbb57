import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { subjectsOf } from "./audit-log.ts";
import { type Config, selects, selectsIn } from "./config.ts";
import { idOf } from "./envelope.ts";
import { Entry } from "./schema.ts";
import { hooks } from "./setup.ts";

/**
 * What an entry of the audit log tells: which record to read again, since entries come in any order. A deletion has
 * nothing left to read.
 *
 * @throws ZodError if the body is no entry
 */
const records = (body: unknown, config: Config): readonly Told[] => {
  const entry = Entry.parse(body);
  const actions = new Set((entry.accesses ?? []).map(({ action }) => action));
  return subjectsOf(entry).flatMap(({ what, project, environment, key }): Told[] => {
    const place = { key, projectKey: project, name: entry.target?.name ?? entry.name, appUrl: config.appUrl };
    if (what === "flag") {
      if (!selects(config, project)) return [];
      if (actions.has("deleteFlag")) return [gone("flags", place, entry)];
      return [{ stream: "flags", reread: idOf(project, key), hint: entry }];
    }
    if (!selectsIn(config, project, environment)) return [];
    if (actions.has("deleteExperiment")) return [gone("experiments", { ...place, environmentKey: environment }, entry)];
    return [{ stream: "experiments", reread: idOf(project, environment, key), hint: entry }];
  });
};

const gone = (stream: string, record: object, { date }: Entry): Told => {
  const at = maybeInstant(date);
  return { stream, record, presence: "deleted", ...(at !== undefined && { at }) };
};

const idIn = (body: Uint8Array): string => {
  try {
    return Entry.pick({ _id: true }).parse(parseJson(body))._id;
  } catch {
    return "";
  }
};

/** LaunchDarkly's webhooks: https://launchdarkly.com/docs/home/infrastructure/webhooks#sign-webhooks */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "x-ld-signature",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
  }),
  deliveryId: ({ body }) => idIn(body),
  records: (body, _, config) => records(body, config),
  setup: hooks,
};
