import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, Told } from "../../shared/connector/contract.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";
import { hooks } from "./setup.ts";

/** https://linear.app/developers/webhooks#the-webhook-payload */
const Body = z.looseObject({
  action: z.string(),
  type: z.string(),
  createdAt: z.string().nullish(),
  url: z.string().nullish(),
  data: z.looseObject({}).nullish(),
  updatedFrom: z.looseObject({ teamId: z.string().nullish() }).nullish(),
});
type Body = z.output<typeof Body>;

const Entity = z.looseObject({
  id: z.string().min(1),
  team: z.looseObject({ key: z.string().nullish() }).nullish(),
});
const text = z.string().nullish();
const Pointing = z.looseObject({ id: text, issueId: text, projectId: text, initiativeId: text });

/** Types whose data is a record of ours. */
const STREAMS: ReadonlyMap<string, string> = new Map([
  ["Issue", "issues"],
  ["Project", "projects"],
  ["Initiative", "initiatives"],
  ["Cycle", "cycles"],
  ["User", "users"],
]);

/** Types whose data points to a record of ours and changes what it holds. */
const POINTERS: ReadonlyMap<string, readonly ["issueId" | "projectId" | "initiativeId" | "id", string]> = new Map([
  ["Comment", ["issueId", "issues"]],
  ["Attachment", ["issueId", "issues"]],
  ["Reaction", ["issueId", "issues"]],
  ["IssueSLA", ["id", "issues"]],
  ["ProjectUpdate", ["projectId", "projects"]],
  ["InitiativeUpdate", ["initiativeId", "initiatives"]],
]);

/** What of a webhook's record still names it when it is gone; lists and texts stay out, their shape differs there. */
const IDENTITY = ["id", "identifier", "previousIdentifiers", "name", "title", "number", "url", "state", "status"];
const IDENTITY_TIMES = ["createdAt", "updatedAt", "archivedAt", "team", "displayName"];

/**
 * What a delivery tells: only that a record changed, since bodies come late, twice and out of order and lack what the
 * poll's document has. A removal alone is a fact of its own, for Linear tells it nowhere else.
 *
 * @throws ZodError if the body is none of Linear's
 */
const records = (body: unknown, _headers: Headers, config: Config): readonly Told[] => {
  const told = Body.parse(body);
  const stream = STREAMS.get(told.type);
  if (stream !== undefined) return recordOf(told, stream, config);
  const pointer = POINTERS.get(told.type);
  if (pointer === undefined) return [];
  const id = Pointing.parse(told.data ?? told["issueData"] ?? {})[pointer[0]];
  return id ? [{ stream: pointer[1], reread: id }] : [];
};

const recordOf = (told: Body, stream: string, config: Config): Told[] => {
  const entity = Entity.parse(told.data);
  const selected = selects(config, entity.team?.key ?? undefined);
  const movedHere = told.updatedFrom?.teamId != null;
  if (told.action === "remove") return selected ? [gone(told, stream, "deleted")] : [];
  if (selected) return [{ stream, reread: entity.id, hint: { url: told.url, ...told.data } }];
  // It may have left a selected team: the poll, which asks for those only, would never see it again.
  return movedHere ? [gone(told, stream, "out_of_scope")] : [];
};

const gone = (told: Body, stream: string, presence: "deleted" | "out_of_scope"): Told => {
  const data: Readonly<Record<string, unknown>> = { url: told.url, ...told.data };
  const kept = [...IDENTITY, ...IDENTITY_TIMES].flatMap((field) => (field in data ? [[field, data[field]]] : []));
  const at = maybeInstant(told.createdAt);
  return {
    stream,
    record: Object.fromEntries(kept),
    presence,
    ...(at !== undefined && { at }),
  };
};

const Sent = z.looseObject({ webhookTimestamp: z.number() });

/** Milliseconds since the epoch from the signed body; NaN, which no tolerance lets pass, where there is none. */
const sentAt = ({ body }: Delivery): number => {
  try {
    return Sent.parse(parseJson(body)).webhookTimestamp;
  } catch {
    return Number.NaN;
  }
};

/** Linear's webhooks: https://linear.app/developers/webhooks#securing-webhooks */
export const webhook: NonNullable<Connector<Config>["webhook"]> = {
  signature: hmac<Config>({
    header: "linear-signature",
    secrets: ({ webhookSecret = "", previousWebhookSecret = "" }) => [webhookSecret, previousWebhookSecret],
    sentAt,
    toleranceSeconds: 60,
  }),
  probe: (id, at) => ({
    headers: { "linear-delivery": id, "linear-event": "Probe" },
    body: { action: "probe", type: "Probe", webhookTimestamp: at.getTime() },
  }),
  keeps: ["linear-event", "linear-delivery", "linear-timestamp"],
  deliveryId: ({ headers }) => headers.get("linear-delivery") ?? "",
  records,
  setup: hooks,
};
