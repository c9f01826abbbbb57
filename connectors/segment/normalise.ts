import { createHash } from "node:crypto";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { EmailHash } from "../../shared/domain/email-hash.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { METRIC_KINDS } from "../../shared/domain/fields-around.ts";
import { type Instant, TIMELESS } from "../../shared/domain/instant.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { type Event, eventOf, type Feedback, type Group, momentOf } from "./schema.ts";

/** Segment has no address for a single event or group. */
const WORKSPACE = "https://app.segment.com/goto-my-workspace/overview";
const TITLE_AT_MOST = 120;

type MetricKind = (typeof METRIC_KINDS)[number];
/** A word of the config is the model's own. */
const KINDS_BY_WORD: ReadonlyMap<string, MetricKind> = new Map(METRIC_KINDS.map((kind) => [kind, kind]));

/** The source that sent it. */
const scopesOf = ({ projectId }: { readonly projectId?: string | null | undefined }): readonly string[] =>
  projectId ? [projectId] : [];

const atOf = (message: Event | Feedback | Group): Instant => momentOf(message) ?? TIMELESS;

/** Nobody can be found by it: the hub's key is in it, and what the source calls a person is not. */
const whoDid = ({ userId, anonymousId }: Event, hash: EmailHash | undefined): string | undefined => {
  const who = userId || anonymousId;
  if (!who || hash === undefined) return undefined;
  // The key hashes mailboxes: any text is made to look like one.
  return hash(`${createHash("sha256").update(who).digest("hex")}@people.segment`);
};

/** One event that happened once: the metric of all events of its name, and what it adds to a day of it. */
export const normaliseEvent = (message: Event, { emailHash }: NormaliseContext): readonly Draft[] => {
  const name = eventOf(message) ?? "";
  const at = atOf(message);
  const { type, direction, feature } = message.throughline ?? {};
  const by = whoDid(message, emailHash);
  const draft: Draft<"metric"> = {
    kind: "metric",
    external: { noun: "event", id: name, key: name, url: WORKSPACE },
    scopes: scopesOf(message),
    updatedAt: at,
    references: referencesIn(feature, "declared"),
    fields: {
      name,
      key: name,
      shape: "series",
      ...(type && { type: mapWord({ name: type }, KINDS_BY_WORD) }),
      ...((direction === "up_good" || direction === "down_good") && { direction }),
      unit: "events",
      interval: "day",
      timeZone: "UTC",
      query: `Messages “${name}” of a day, each counted once; n is how many people sent them.`,
    },
    occurrence: { day: at.slice(0, 10), id: message.messageId, ...(by !== undefined && { by }) },
  };
  return [draft];
};

const textAt = (values: Readonly<Record<string, unknown>> | null | undefined, name: string): string | undefined => {
  const value = values?.[name];
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" ? undefined : text;
};

/** What somebody said in the product; who it was is not kept. */
export const normaliseFeedback = (message: Feedback): readonly Draft[] => {
  const at = atOf(message);
  const event = eventOf(message) ?? "";
  const text = textAt(message.properties, message.throughline?.text ?? "text");
  const about = message.throughline?.feature && textAt(message.properties, message.throughline.feature);
  const groupId = message.context?.groupId;
  const title = text?.split("\n", 1)[0]?.slice(0, TITLE_AT_MOST).trim() || event;
  const draft: Draft<"feedback"> = {
    kind: "feedback",
    external: { noun: "message", id: message.messageId, url: WORKSPACE },
    scopes: scopesOf(message),
    createdAt: at,
    updatedAt: at,
    references: [...referencesIn(about, "declared"), ...referencesIn(text, "body")],
    fields: {
      title,
      ...(text !== undefined && { text }),
      channel: event,
      ...(groupId && { customerId: { kind: "customer", noun: "group", id: groupId } }),
      at,
    },
  };
  return [draft];
};

const domainOf = (website: string | undefined): string | undefined =>
  website
    ?.toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/^www\./, "")
    .match(/^[a-z0-9.-]+\.[a-z]{2,}(?=$|[/:?#])/)?.[0];

/** A group call is an organisation as of then: of the calls of a group the newest counts, whole. */
export const normaliseGroup = (message: Group): readonly Draft[] => {
  const { groupId, traits } = message;
  const domain = domainOf(textAt(traits, "website"));
  const tier = textAt(traits, "plan");
  const size = Number(textAt(traits, "employees") ?? Number.NaN);
  const draft: Draft<"customer"> = {
    kind: "customer",
    external: { noun: "group", id: groupId, url: WORKSPACE },
    scopes: scopesOf(message),
    updatedAt: atOf(message),
    fields: {
      name: textAt(traits, "name") ?? groupId,
      ...(domain !== undefined && { domains: [domain] }),
      ...(tier !== undefined && { tier }),
      ...(Number.isInteger(size) && size >= 0 && { size }),
    },
  };
  return [draft];
};
