import * as z from "zod";
import { cloudEvent, EVENTS, type EventName, type HubEvent } from "./event.ts";
import { KINDS, type Kind } from "./kind.ts";

/** A JSON Schema as far as the data of events use it. */
export type DataSchema = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly DataSchema[];
  readonly items?: DataSchema;
  readonly properties?: Readonly<Record<string, DataSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: DataSchema | boolean;
};

/** Made-up values by field name, so that an example reads like a real event. */
const SAMPLES: Readonly<Record<string, string>> = {
  key: "ACME-8",
  name: "Redesign checkout",
  url: "https://hub.example.com/features/ACME-8",
  host: "hooks.example.com",
  slug: "storefront",
  tool: "jira",
  stream: "issues",
  scope: "acme/web",
  persons: "per_77c9d0b2e4f1",
  accounts: "acc_19e8a4c05d3b",
  environment: "production",
  type: "production",
  rule: "deployed",
  detail: "In Progress",
  mappedBy: "vendor",
  idInTool: "10003",
  productIds: "prd_storefront",
  objectiveId: "obj_5f0c2ab1d93e",
  kind: "workItem",
  how: "webhook",
  code: "vendor_unreachable",
  message: "Jira did not answer within 30 seconds",
  reason: "the endpoint answered 410 Gone",
  from: "2026-12-01",
  to: "2026-12-15",
  at: "2026-11-20T09:00:00.000Z",
  hour: "2026-11-20T09:00:00.000Z",
  sentAt: "2026-11-20T09:00:00.000Z",
  dataAsOf: "2026-11-20T07:40:00.000Z",
  failingSince: "2026-11-15T09:58:00.000Z",
  result: "succeeded",
  mergeCommitSha: "9fceb02d0ae598e95dc970b74767f19372d61af8",
  claim: "ACME-8 is done in jira",
  against: "no deployment to production holds its commits",
  because: "all pull requests are merged",
  reasons: "the target is 3 days past",
  changed: "name",
  by: "ACME-12",
  added: "wrk_0a7b41c95e2d",
  removed: "wrk_61d2f8803bc4",
  origin: "native",
  ruleSet: "1",
  field: "status",
  flagKey: "checkout-redesign",
  winner: "treatment",
  segments: "beta-testers",
  priority: "high",
  channel: "email",
};

/** What an event happens to, by the first word of its name. */
const SUBJECTS: Readonly<Record<string, Kind>> = {
  product: "product",
  objective: "keyResult",
  initiative: "initiative",
  feature: "feature",
  support: "feature",
  pull_request: "pullRequest",
  deployment: "deployment",
  release: "deployment",
  flag: "featureFlag",
  experiment: "experiment",
  metric: "metric",
  campaign: "campaign",
  survey: "survey",
  ticket: "supportTicket",
  feedback: "feedback",
};

/** Things of the hub itself are no entities: their ids have prefixes of their own. */
const PREFIXES: Readonly<Record<string, string>> = {
  connection: "con",
  mapping: "con",
  replay: "con",
  deletion: "con",
  webhook_endpoint: "whe",
  report: "rpt",
};

const prefixOf = (name: EventName): string => {
  const word = name.split(".", 1)[0] ?? "";
  if (name === "work_item.scope.changed") return KINDS.feature;
  return PREFIXES[word] ?? KINDS[SUBJECTS[word] ?? "workItem"];
};

/** A mapped value has a category that changes with it, and an id in its tool. */
const nameOf = (key: string, parent: string): string => {
  if (key === "category") return parent;
  return key === "id" && ["from", "to", "value"].includes(parent) ? "idInTool" : key;
};

/** A value that the schema accepts: the first of each choice, optional fields too. */
const sampleOf = (schema: DataSchema, id: string, name = ""): unknown => {
  // What changes "from" one value changes "to" another.
  if (schema.enum !== undefined) return schema.enum[name === "to" ? 1 : 0];
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0] ?? {}, id, name);
  const [type] = [schema.type].flat();
  if (type === "array") return [sampleOf(schema.items ?? {}, id, name)];
  if (type === "object") {
    const own = Object.entries(schema.properties ?? {}).map(([key, part]) => [
      key,
      sampleOf(part, id, nameOf(key, name)),
    ]);
    if (own.length > 0 || typeof schema.additionalProperties !== "object") return Object.fromEntries(own);
    return { [name === "counts" ? "sent" : "development"]: sampleOf(schema.additionalProperties, id) };
  }
  if (type === "integer") return 1;
  if (type === "number") return name === "to" ? 0.97 : 0.95;
  if (type === "boolean") return true;
  return name === "id" ? id : (SAMPLES[name] ?? "…");
};

/**
 * An event as it could have happened. Pure: the same each time.
 *
 * @param test marks it, under an id and at a moment of its own
 * @throws ZodError if the sample is not what the event's own schema accepts
 */
export const exampleOf = (name: EventName, test?: { readonly id: string; readonly at: string }): HubEvent => {
  const shape: z.ZodObject = EVENTS[name].data;
  const subject = `${prefixOf(name)}_8c1f0d4e6a2b`;
  const data = shape.parse(sampleOf(z.toJSONSchema(shape, { io: "input" }) as DataSchema, subject)) as HubEvent["data"];
  if (test !== undefined)
    return { id: test.id, name, subject, sequence: 1, time: test.at, recordedAt: test.at, data, test: true };
  const [time, recordedAt] = ["2026-11-20T09:58:00.000Z", "2026-11-20T09:58:02.000Z"];
  return { id: "evt_2f6d1c9b7a40", name, subject, sequence: 42, time, recordedAt, data };
};

/** An example as it goes out on the bus. */
export const exampleCloudEvent = (name: EventName) =>
  cloudEvent(exampleOf(name), { url: "https://hub.example.com", typePrefix: "dev.throughline" });
