import * as z from "zod";
import { HEALTH_VALUES, PRESENCE_STATES, STATUS_CATEGORIES } from "./entity.ts";
import { IDENTITY_RULES } from "./identity.ts";
import { LINK_TYPES } from "./link.ts";
import { mapped } from "./mapped.ts";
import { snakeKeys } from "./snake-case.ts";
import { DISPOSITIONS, STAGE_STATES, STAGES } from "./stage.ts";
import { traceparent } from "./trace.ts";

const Named = z.object({ id: z.string(), key: z.string().optional(), name: z.string(), url: z.string() });
const Stage = z.enum(STAGES).nullable().describe("headline stage; null when nothing is established");
const Health = z.enum([...HEALTH_VALUES, "unknown"]);
const Cause = z.enum(["sync", "override", "replay", "rule_change", "time"]);
const onFeature = { feature: Named, productIds: z.array(z.string()), cause: Cause };
const onPersons = {
  persons: z.array(z.string()).describe("ids of the persons, before and after"),
  accounts: z.array(z.string()).describe("ids of the accounts"),
  rule: z.enum(IDENTITY_RULES).nullable(),
  cause: Cause,
};
const onConnection = {
  connection: z.object({ id: z.string(), name: z.string() }),
  stream: z.string(),
  scope: z.string().describe("the part of the tool that was read, e.g. a repository; empty for all of it"),
};
const onReport = {
  report: z.string().describe("its name in the configuration"),
  run: z.string().describe("first and last day of its period"),
  url: z.string(),
};

/** Every event type with the shape of its data. `public: false` stays in the change log and never goes on the bus. */
export const EVENTS = {
  "record.upserted": {
    when: "an entity was written whose content changed",
    public: false,
    data: z.object({ entity: Named, kind: z.string(), version: z.int(), changed: z.array(z.string()), cause: Cause }),
  },
  "records.written": {
    when: "many records came at once: one line of the change log in place of one for each record and link",
    public: false,
    data: z.object({
      records: z.record(z.string(), z.int()).describe("how many, by kind"),
      linksCreated: z.int(),
      linksRetired: z.int(),
      cause: Cause,
    }),
  },
  "record.presence.changed": {
    when: "a record was archived, deleted, moved, lost or came back",
    public: true,
    data: z.object({
      entity: Named,
      kind: z.string(),
      from: z.enum(PRESENCE_STATES),
      to: z.enum(PRESENCE_STATES),
      how: z.string(),
      cause: Cause,
    }),
  },
  "work_item.status.changed": {
    when: "a work item's mapped status changed",
    public: true,
    data: z.object({
      workItem: Named,
      from: mapped(STATUS_CATEGORIES),
      to: mapped(STATUS_CATEGORIES),
      productIds: z.array(z.string()),
      cause: Cause,
    }),
  },
  "initiative.created": {
    when: "an initiative was first seen",
    public: true,
    data: z.object({ initiative: Named, cause: Cause }),
  },
  "initiative.update.posted": {
    when: "a person posted an update on an initiative",
    public: true,
    data: z.object({
      initiative: z.object({ id: z.string(), url: z.string() }),
      update: z.string().describe("id of the update; its text is at /v1/initiatives/{id}/updates"),
      by: z.string(),
      health: z.enum(HEALTH_VALUES).optional(),
      cause: Cause,
    }),
  },
  "feature.created": { when: "a feature was first seen", public: true, data: z.object(onFeature) },
  "feature.updated": {
    when: "a feature's name, owner, target or plan status changed",
    public: true,
    data: z.object({ ...onFeature, changed: z.array(z.string()) }),
  },
  "feature.target.changed": {
    when: "a feature's target date moved",
    public: true,
    data: z.object({ ...onFeature, from: z.string().nullable(), to: z.string().nullable() }),
  },
  "feature.stage.changed": {
    when: "the headline stage or the state of any stage changed",
    public: true,
    data: z.object({
      ...onFeature,
      from: Stage,
      to: Stage,
      stages: z.record(z.string(), z.enum(STAGE_STATES)),
      rule: z.string().nullable(),
      because: z.array(z.string()),
      evidence: z.array(z.object({ url: z.string() })),
      disposition: z.enum(DISPOSITIONS),
      ruleSet: z.string(),
    }),
  },
  "feature.health.changed": {
    when: "the declared or derived health changed",
    public: true,
    data: z.object({
      ...onFeature,
      from: Health,
      to: Health,
      declared: Health.optional(),
      derived: Health,
      reasons: z.array(z.string()),
    }),
  },
  "feature.conflict.detected": {
    when: "two sources began to contradict each other about a feature",
    public: true,
    data: z.object({ ...onFeature, claim: z.string(), against: z.string() }),
  },
  "link.created": {
    when: "a link between two records began",
    public: false,
    data: z.object({
      from: z.string(),
      to: z.string(),
      type: z.enum(LINK_TYPES),
      confidence: z.number(),
      origin: z.string(),
      cause: Cause,
    }),
  },
  "link.retired": {
    when: "a link between two records ended",
    public: false,
    data: z.object({ from: z.string(), to: z.string(), type: z.enum(LINK_TYPES), cause: Cause }),
  },
  "identity.merged": {
    when: "accounts were recognised as one person; the id of the person that remains is the subject",
    public: true,
    data: z.object(onPersons),
  },
  "identity.split": {
    when: "accounts of one person turned out to be several persons', or nobody's any more",
    public: true,
    data: z.object(onPersons),
  },
  "pull_request.merged": {
    when: "a pull request was merged",
    public: true,
    data: z.object({ pullRequest: Named, mergeCommitSha: z.string().nullable(), cause: Cause }),
  },
  "deployment.finished": {
    when: "a deployment ended",
    public: true,
    data: z.object({ deployment: Named, environment: z.string(), result: z.string(), cause: Cause }),
  },
  "release.deployed": {
    when: "a deployment to production succeeded",
    public: true,
    data: z.object({ deployment: Named, environment: z.string(), cause: Cause }),
  },
  "connection.sync.completed": {
    when: "a run over a stream ended well",
    public: true,
    data: z.object({ ...onConnection, pages: z.int(), records: z.int() }),
  },
  "connection.sync.failed": {
    when: "a run over a stream ended with an error",
    public: true,
    data: z.object({ ...onConnection, code: z.string(), message: z.string() }),
  },
  "connection.auth.expired": {
    when: "the tool refused the credential of a connection: nothing is read until it is renewed",
    public: true,
    data: z.object({ ...onConnection, message: z.string() }),
  },
  "connection.recovered": { when: "a run succeeded after a failed one", public: true, data: z.object(onConnection) },
  "deletion.fuse.tripped": {
    when: "a census missed so many records that it removed none; a person decides",
    public: true,
    data: z.object({
      ...onConnection,
      places: z.array(
        z.object({
          name: z.string().describe("project, team or repository"),
          missing: z.int(),
          of: z.int().describe("how many records we hold there"),
        }),
      ),
    }),
  },
  "report.generated": {
    when: "a report of a period was made and is kept; the report's name is the subject",
    public: true,
    data: z.object({
      ...onReport,
      title: z.string(),
      isNews: z.boolean().describe("false: nothing changed"),
    }),
  },
  "report.delivery.failed": {
    when: "a report could not be delivered, or nobody knows whether it was; it is not tried again by itself",
    public: true,
    data: z.object({
      ...onReport,
      recipient: z
        .string()
        .describe("as the configuration names it; of a mail address only the first letter and the domain"),
      code: z.string(),
      message: z.string(),
    }),
  },
  "mapping.gap.detected": {
    when: "a value of the tool was first seen that no table maps",
    public: true,
    data: z.object({
      connection: onConnection.connection,
      field: z.string(),
      value: z.object({ id: z.string().optional(), name: z.string() }),
      seenIn: Named,
    }),
  },
} as const satisfies Record<string, { readonly when: string; readonly public: boolean; readonly data: z.ZodObject }>;

export type EventName = keyof typeof EVENTS;
export type EventData<N extends EventName> = z.output<(typeof EVENTS)[N]["data"]>;

/** One thing that happened, before it is wrapped for the bus. */
export interface HubEvent<N extends EventName = EventName> {
  /** The same at every publication of the same happening. */
  readonly id: string;
  readonly name: N;
  /** The id of the entity that it happened to. */
  readonly subject: string;
  /** The subject's version: order within one subject. */
  readonly sequence: number;
  /** When it happened, as its tool tells. */
  readonly time: string;
  readonly recordedAt: string;
  /** Of the payload that it goes back to; absent where a person, the config or time alone brought it about. */
  readonly trace?: string | undefined;
  readonly data: EventData<N>;
}

/** The event as CloudEvents 1.0, the `detail` on EventBridge. */
export const cloudEvent = (event: HubEvent, hub: { readonly url: string; readonly typePrefix: string }) => ({
  specversion: "1.0" as const,
  id: event.id,
  source: hub.url,
  type: `${hub.typePrefix}.${event.name}`,
  subject: event.subject,
  time: event.time,
  recordedtime: event.recordedAt,
  datacontenttype: "application/json",
  dataschema: `${hub.url}/v1/schemas/${event.name}/1.json`,
  sequence: String(event.sequence).padStart(17, "0"),
  partitionkey: event.subject,
  ...(event.trace !== undefined && { traceparent: traceparent(event.trace, event.id) }),
  data: snakeKeys(event.data),
});
