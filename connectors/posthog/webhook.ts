import * as z from "zod";
import type { Connector, Told } from "../../shared/connector/contract.ts";
import { sharedSecret } from "../../shared/connector/signature.ts";
import type { Config } from "./config.ts";

const HEADER = "x-throughline-secret";
const Id = z.union([z.string(), z.number()]).transform(String);

/** What an event does not have is empty. As the template of the destination in our README writes it: https://posthog.com/docs/cdp/destinations/webhook */
const Body = z.looseObject({
  project: Id,
  event: z.string(),
  uuid: z.string().nullish(),
  scope: z.string().nullish(),
  item: Id.nullish(),
});

/** Scopes of PostHog's activity log whose items are records of ours. */
const SCOPES: ReadonlyMap<string, string> = new Map([
  ["FeatureFlag", "flags"],
  ["Experiment", "experiments"],
  ["Insight", "insights"],
  ["Survey", "surveys"],
  ["Cohort", "cohorts"],
  ["Annotation", "annotations"],
]);

/** A destination's body is what its owner writes and is not signed: it only says what to look at again. */
const records = (body: unknown, _headers: Headers, { projects }: Config): readonly Told[] => {
  const { project, event, uuid, scope, item } = Body.parse(body);
  if (!projects.includes(project)) return [];
  if (event === "survey sent") return uuid ? [{ stream: "responses", reread: `${project}/${uuid}` }] : [];
  const stream = SCOPES.get(scope ?? "");
  return stream !== undefined && item ? [{ stream, reread: `${project}/${item}` }] : [];
};

/** PostHog signs nothing: the destination sends a header of ours. */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: sharedSecret<Config>({
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    given: ({ headers }) => headers.get(HEADER) ?? undefined,
    put: (secret) => ({ [HEADER]: secret }),
  }),
  deliveryId: () => "",
  records,
};
