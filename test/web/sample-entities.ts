import type { Entity, FieldedKind, Fields } from "../../shared/domain/entity.ts";
import { KINDS } from "../../shared/domain/kind.ts";

const AT = "2026-11-20T08:00:00.000Z";
const word = <const Category extends string>(category: Category) => ({
  category,
  detail: category,
  mappedBy: "tool" as const,
});

/** A thing of any kind, in the product Storefront. */
const entity = <K extends FieldedKind>(kind: K, tool: string, key: string, fields: Fields<K>): Entity<K> => ({
  id: `${KINDS[kind]}_${"0".repeat(25)}1`,
  kind,
  productIds: ["prd_1"],
  source: {
    tool,
    connectionId: `con_${tool}`,
    externalId: "1",
    key,
    keyHistory: [],
    url: `https://${tool}.example/${kind}/1`,
  },
  scopes: [],
  presence: { state: "present", since: AT, how: "read" },
  sourceUpdatedAt: AT,
  firstSeenAt: AT,
  recordedAt: AT,
  version: 2,
  contentHash: "0",
  mappingVersion: 1,
  rawRef: "raw/1",
  fields,
  aliases: [],
  references: [],
  relations: [],
  customFields: [],
});

/** One thing of each kind that the API lists as its tool holds it. */
export const SAMPLE_ENTITIES: readonly Entity[] = [
  entity("experiment", "growthbook", "checkout-copy", {
    name: "Shorter copy on the pay button",
    status: word("running"),
    variations: [
      { key: "0", name: "Control", isControl: true, share: 0.5 },
      { key: "1", name: "Short", isControl: false, share: 0.5 },
    ],
    startedAt: AT,
  }),
  entity("metric", "posthog", "checkout_done", {
    name: "Checkouts",
    key: "checkout_done",
    shape: "series",
    interval: "day",
    points: [1, 2, 3].flatMap((day) => [
      { at: `2026-11-0${day}`, value: day * 10, n: day, segment: "eu" },
      { at: `2026-11-0${day}`, value: day * 20 },
    ]),
  }),
  entity("supportTicket", "zendesk", "#77", {
    subject: "Cannot pay with a saved card",
    status: word("open"),
    replies: 2,
  }),
  entity("campaign", "mailchimp", "autumn", {
    name: "Autumn launch",
    subject: "Checkout is faster now",
    channel: word("email"),
    status: word("sent"),
    sent: 1200,
    opens: 400,
  }),
  entity("design", "figma", "Abc", { name: "Checkout", file: "Abc", status: word("ready_for_dev"), version: "31" }),
  entity("survey", "typeform", "nps", { title: "How likely are you…", type: word("nps"), questions: [] }),
  entity("release", "github", "v2.0.0", { name: "Two", version: "2.0.0", status: word("completed"), publishedAt: AT }),
  entity("deployment", "github", "9", {
    repository: "acme/web",
    environment: word("production"),
    commitSha: "a".repeat(40),
    commitShas: ["a".repeat(40)],
    result: word("success"),
    startedAt: AT,
  }),
  entity("featureFlag", "launchdarkly", "checkout-v2", {
    key: "checkout-v2",
    name: "Checkout, second version",
    environments: [{ name: "Production", category: "production", on: true, rolloutPercent: 25 }],
  }),
  entity("feedback", "intercom", "fb-1", { title: "Please add Apple Pay", at: AT, status: word("new") }),
  entity("incident", "jira", "INC-1", { title: "Checkout down", status: word("resolved"), detectedAt: AT }),
  entity("customer", "hubspot", "acme", { name: "Acme Books", tier: "gold", size: 40 }),
];
