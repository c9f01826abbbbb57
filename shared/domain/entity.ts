import * as z from "zod";
import { Count, Day, Id, Time } from "./field.ts";
import { AROUND } from "./fields-around.ts";
import type { HistoryEntry } from "./history.ts";
import { type Instant, TIMELESS } from "./instant.ts";
import type { Ref } from "./kind.ts";
import type { LinkType, Reference } from "./link.ts";
import { mapped } from "./mapped.ts";

export const PRESENCE_STATES = ["present", "archived", "deleted", "lost_access", "out_of_scope", "moved"] as const;
export type PresenceState = (typeof PRESENCE_STATES)[number];

export const STATUS_CATEGORIES = [
  "triage",
  "backlog",
  "todo",
  "in_progress",
  "in_review",
  "done",
  "cancelled",
] as const;
export type StatusCategory = (typeof STATUS_CATEGORIES)[number];

export const WORK_ITEM_TYPES = [
  "epic",
  "story",
  "task",
  "bug",
  "subtask",
  "incident",
  "request",
  "spike",
  "other",
] as const;
export const PRIORITIES = ["urgent", "high", "medium", "low", "none"] as const;
export const PLAN_STATUSES = ["proposed", "planned", "active", "paused", "completed", "cancelled"] as const;
export const HEALTH_VALUES = ["on_track", "at_risk", "off_track"] as const;
export const RESOLUTIONS = ["day", "month", "quarter", "half_year", "year"] as const;

const target = {
  targetDate: Day.optional(),
  targetDateResolution: z.enum(RESOLUTIONS).optional(),
};

/** What each kind holds beside the envelope. Fields that refer to other entities hold ids of ours. */
export const FIELDS = {
  product: z.object({ name: z.string(), slug: z.string(), vision: z.string().optional() }),
  initiative: z.object({
    title: z.string(),
    status: mapped(PLAN_STATUSES),
    declaredHealth: mapped(HEALTH_VALUES).optional(),
    declaredHealthAt: Time.optional(),
    parentId: Id.optional(),
    ownerId: Id.optional(),
    ...target,
  }),
  feature: z.object({
    title: z.string(),
    problem: z.string().optional().describe("plain text"),
    type: z.string().optional().describe("the tool's word for this kind of record: Epic, Idea, Project, Milestone"),
    initiativeIds: z.array(Id).optional(),
    priority: mapped(PRIORITIES).optional(),
    ownerId: Id.optional(),
    startDate: Day.optional(),
    ...target,
    declaredStatus: mapped(PLAN_STATUSES),
    status: mapped(STATUS_CATEGORIES).optional().describe("where the tool gives its features a work status too"),
    declaredHealth: mapped(HEALTH_VALUES).optional(),
    declaredHealthAt: Time.optional(),
    completedAt: Time.optional(),
    votes: Count.optional().describe("of people who want it"),
    value: z.number().optional().describe("as the tool rates it, on its own scale"),
    effort: z.number().optional().describe("as the tool rates it, on its own scale"),
    labels: z.array(z.string()).optional(),
  }),
  workItem: z.object({
    title: z.string(),
    text: z.string().optional().describe("plain text"),
    type: mapped(WORK_ITEM_TYPES),
    status: mapped(STATUS_CATEGORIES),
    resolution: mapped(["completed", "wont_do", "duplicate", "cannot_reproduce", "moved"]).optional(),
    priority: mapped(PRIORITIES).optional(),
    assigneeIds: z.array(Id).optional(),
    reporterId: Id.optional(),
    parentId: Id.optional().describe("a work item, feature or initiative"),
    cycleIds: z.array(Id).optional(),
    estimate: z.object({ value: z.number(), unit: z.enum(["points", "hours"]) }).optional(),
    startedAt: Time.optional(),
    completedAt: Time.optional(),
    cancelledAt: Time.optional(),
    dueAt: Day.optional(),
    isBlocked: z.boolean().optional(),
    labels: z.array(z.string()).optional(),
    components: z.array(z.string()).optional(),
    fixVersionIds: z.array(Id).optional(),
  }),
  cycle: z.object({
    name: z.string(),
    state: mapped(["future", "active", "closed"]),
    startsAt: Time.optional(),
    endsAt: Time.optional(),
    completedAt: Time.optional(),
  }),
  pullRequest: z.object({
    title: z.string(),
    repository: z.string(),
    number: z.int(),
    state: mapped(["open", "closed", "merged"]),
    isDraft: z.boolean(),
    authorId: Id.optional(),
    base: z.string(),
    head: z.string(),
    headSha: z.string().optional(),
    mergeCommitSha: z.string().optional().describe("only once merged"),
    mergedAt: Time.optional(),
    closedAt: Time.optional(),
    labels: z.array(z.string()).optional(),
    milestoneId: Id.optional(),
  }),
  review: z.object({
    pullRequestId: Id,
    authorId: Id.optional(),
    state: mapped(["approved", "changes_requested", "commented", "dismissed", "pending"]),
    at: Time,
  }),
  commit: z.object({
    sha: z.string(),
    title: z.string(),
    authorId: Id.optional(),
    at: Time,
    pullRequestId: Id.optional(),
  }),
  testRun: z.object({
    suite: z.string(),
    repository: z.string(),
    branch: z.string().optional(),
    commitSha: z.string(),
    result: mapped(["success", "failure", "cancelled", "in_progress"]),
    at: Time,
  }),
  deployment: z.object({
    repository: z.string(),
    environment: mapped(["production", "staging", "test", "other"]),
    commitSha: z.string(),
    commitShas: z.array(z.string()).describe("all that it brought since the last success on that environment"),
    result: mapped(["success", "failure", "cancelled", "in_progress"]),
    startedAt: Time,
    finishedAt: Time.optional(),
    inactiveAt: Time.optional(),
  }),
  release: z.object({
    name: z.string(),
    version: z.string(),
    channel: z.string().optional(),
    notes: z.string().optional().describe("plain text"),
    status: mapped(["planned", "started", "completed", "cancelled"]),
    publishedAt: Time.optional(),
    releaseDate: Day.optional(),
    commitShas: z.array(z.string()).optional(),
  }),
  account: z.object({
    tool: z.string(),
    handle: z.string().optional(),
    name: z.string().optional(),
    emailHash: z.string().optional().describe("keyed hash of the normalised address, never the address"),
    orgEmailHash: z
      .string()
      .optional()
      .describe("the same of an address or SAML name id that the organisation vouches for"),
    ssoSubject: z.string().optional().describe("id of the person at the organisation's sign-on or directory (SCIM)"),
    isBot: z.boolean(),
    isActive: z.boolean().optional(),
  }),
  team: z.object({ name: z.string(), slug: z.string().optional() }),
  vocabulary: z.object({
    field: z.enum(["status"]),
    name: z.string(),
    type: z.string().describe("the tool's own coarse type"),
    scope: z.string().optional(),
  }),
  ...AROUND,
} as const;

export type FieldedKind = keyof typeof FIELDS;
export type Fields<K extends FieldedKind> = z.output<(typeof FIELDS)[K]>;

export interface CustomField {
  readonly fieldId: string;
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
}

/** What one vendor record says about one thing of ours, before it meets what we hold. Made by a pure normaliser. */
export interface Draft<K extends FieldedKind = FieldedKind> {
  readonly kind: K;
  readonly external: {
    readonly noun: string;
    /** The tool's immutable id. */
    readonly id: string;
    /** The key people see; may change. */
    readonly key?: string | undefined;
    readonly url: string;
  };
  /** Where it lives in the tool, e.g. a project key or `owner/repository`: decides its products. */
  readonly scopes: readonly string[];
  readonly createdAt?: Instant | undefined;
  /** The tool's own time of the last change, or TIMELESS. */
  readonly updatedAt: Instant;
  readonly archivedAt?: Instant | undefined;
  readonly fields: FieldsDraft<K>;
  /** Other names under which texts of any tool may point here: keys past and present, `owner/repo#1`, `sha:…`, URLs. */
  readonly aliases?: readonly string[] | undefined;
  /** What its texts point to. */
  readonly references?: readonly Reference[] | undefined;
  /** Links that the tool itself states, to records of the same connection. */
  readonly relations?: readonly Relation[] | undefined;
  readonly customFields?: readonly CustomField[] | undefined;
  /** Entries of the record's past that came with it; never removes what is already known. */
  readonly history?: readonly HistoryEntry[] | undefined;
  readonly previousKeys?: readonly string[] | undefined;
  /** Of a metric that is counted here: what this record adds to a day. The points come from all that was added, never from the record. */
  readonly occurrence?: Occurrence | undefined;
}

/** Something that happened once. */
export interface Occurrence {
  /** UTC, `2026-03-02` */
  readonly day: string;
  /** The vendor's id of the message: however often it comes, it counts once. */
  readonly id: string;
  /** A keyed hash of who did it; only how many there were is kept. */
  readonly by?: string | undefined;
}

/** A link stated by the tool. `reverse`: the named record is the link's start, this draft its end. */
export interface Relation {
  readonly type: LinkType;
  readonly to: Ref;
  readonly reverse?: boolean | undefined;
}

/** As {@link Fields}, with a {@link Ref} wherever an id of ours will stand. */
export type FieldsDraft<K extends FieldedKind> = { [P in keyof Fields<K>]: RefsFor<P, Fields<K>[P]> };
type RefsFor<P, V> = P extends `${string}Id`
  ? Ref | Extract<V, undefined>
  : P extends `${string}Ids`
    ? readonly Ref[] | Extract<V, undefined>
    : V;

export interface Source {
  readonly tool: string;
  readonly connectionId: string;
  readonly externalId: string;
  readonly key?: string | undefined;
  readonly keyHistory: readonly { readonly key: string; readonly until: Instant }[];
  readonly url: string;
}

export interface Presence {
  readonly state: PresenceState;
  readonly since: Instant;
  readonly movedTo?: string | undefined;
  readonly how: "webhook" | "census" | "audit_log" | "flag" | "read";
}

/** A thing of ours as stored: the envelope of the lifecycle reference (2.1) and the fields of its kind. */
export interface Entity<K extends FieldedKind = FieldedKind> {
  readonly id: string;
  readonly kind: K;
  readonly productIds: readonly string[];
  readonly source: Source;
  readonly scopes: readonly string[];
  readonly presence: Presence;
  readonly sourceCreatedAt?: Instant | undefined;
  readonly sourceUpdatedAt: Instant;
  /** When it was read from the vendor to settle a tie, or because the vendor tells no time of change. */
  readonly askedAt?: Instant | undefined;
  readonly firstSeenAt: Instant;
  readonly recordedAt: Instant;
  /** Rises by exactly 1 with each write that changed what the tool said. */
  readonly version: number;
  readonly contentHash: string;
  readonly mappingVersion: number;
  /** Archive reference of the untouched payload. */
  readonly rawRef: string;
  readonly fields: Fields<K>;
  readonly aliases: readonly string[];
  readonly references: readonly Reference[];
  readonly relations: readonly StatedRelation[];
  readonly customFields: readonly CustomField[];
}

export interface StatedRelation {
  readonly type: LinkType;
  readonly otherId: string;
  readonly reverse: boolean;
}

/** Narrows an entity of any kind. */
export const isKind = <K extends FieldedKind>(entity: Entity | undefined, kind: K): entity is Entity<K> =>
  entity?.kind === kind;

/** When a record came to be: as its tool tells, else the best we know. */
export const createdAt = ({
  sourceCreatedAt,
  sourceUpdatedAt,
  firstSeenAt,
}: Pick<Entity, "sourceCreatedAt" | "sourceUpdatedAt" | "firstSeenAt">): Instant =>
  sourceCreatedAt ?? (sourceUpdatedAt === TIMELESS || sourceUpdatedAt > firstSeenAt ? firstSeenAt : sourceUpdatedAt);

/** When a record last changed, never before it came to be. */
export const changedAt = (entity: Entity): Instant =>
  [entity.sourceUpdatedAt, createdAt(entity)].toSorted()[1] ?? entity.sourceUpdatedAt;

/** What an entity is called on every surface. */
export const nameOf = (entity: Entity): string => {
  if (isKind(entity, "review")) return `Review: ${entity.fields.state.detail.toLowerCase().replaceAll("_", " ")}`;
  if (isKind(entity, "testRun"))
    return `${entity.fields.suite} on ${entity.fields.branch ?? entity.fields.commitSha.slice(0, 7)}`;
  if (isKind(entity, "deployment")) return `Deployment to ${entity.fields.environment.detail}`;
  if (isKind(entity, "supportTicket")) return entity.fields.subject;
  if (isKind(entity, "surveyResponse")) return `Answer of ${entity.fields.at.slice(0, 10)}`;
  const words = entity.fields as { title?: string; name?: string; version?: string; handle?: string };
  return words.title ?? words.name ?? words.version ?? words.handle ?? entity.source.key ?? entity.kind;
};
