import type { Entity, FieldedKind, Fields, StatusCategory } from "../../../shared/domain/entity.ts";
import type { HistoryEntry } from "../../../shared/domain/history.ts";
import type { Mapped } from "../../../shared/domain/mapped.ts";
import type { Fact, Stage } from "../../../shared/domain/stage.ts";
import type { Record } from "../../../shared/lifecycle/claim.ts";
import type { Recipient } from "../../../shared/lifecycle/facts.ts";
import { FEATURE, fact, on } from "../evidence.ts";

/** A record of some tool as its connector gives it, and how it leads to the feature; or a fact that no record makes. */
export type Given = (Record & { readonly to: Recipient }) | Fact;

/** A day of March 2026; 32 is 1 April. All stories are told in these days. */
export const march = (day: number): string => on(day - 1);

const word = <C extends string>(category: C, detail: string = category): Mapped<C> => ({
  category,
  detail,
  mappedBy: "tool",
});

interface Told {
  /** What people call it. */
  readonly key: string;
  readonly tool?: string;
  readonly created?: number;
  readonly updated?: number;
  /** 0 to 1: of the way to the feature. */
  readonly link?: number;
  readonly gone?: { readonly on: number; readonly as: "deleted" | "archived" | "out_of_scope" | "lost_access" };
  readonly history?: readonly HistoryEntry[];
}

const record = <K extends FieldedKind>(kind: K, tool: string, told: Told, fields: Fields<K>): Given => {
  const { key, created = 1, updated = created, gone } = told;
  const entity: Entity<K> = {
    id: `${kind} ${key}`,
    kind,
    productIds: [],
    source: {
      tool: told.tool ?? tool,
      connectionId: "con_acme",
      externalId: key,
      key,
      keyHistory: [],
      url: `https://${told.tool ?? tool}.example/${key}`,
    },
    scopes: [],
    presence:
      gone === undefined
        ? { state: "present", since: march(created), how: "read" }
        : { state: gone.as, since: march(gone.on), how: "census" },
    sourceCreatedAt: march(created),
    sourceUpdatedAt: march(updated),
    firstSeenAt: march(0),
    recordedAt: march(updated),
    version: 1,
    contentHash: "",
    mappingVersion: 1,
    rawRef: "",
    fields,
    aliases: [],
    references: [],
    relations: [],
    customFields: [],
  };
  return { entity, history: told.history ?? [], to: { featureId: FEATURE, confidence: told.link ?? 1 } };
};

type Plan = Fields<"feature">["declaredStatus"]["category"];

/** The feature's own record: an epic of Jira unless said otherwise. */
export const epic = (
  told: Partial<Told> & {
    readonly status?: Plan;
    readonly target?: string;
    readonly priority?: "high" | "none";
    readonly completed?: number;
  } = {},
): Given =>
  record(
    "feature",
    "jira",
    { key: "ACME-1", ...told },
    {
      title: "Checkout",
      declaredStatus: word(told.status ?? "unknown"),
      ...(told.target !== undefined && { targetDate: told.target }),
      ...(told.priority !== undefined && { priority: word(told.priority) }),
      ...(told.completed !== undefined && { completedAt: march(told.completed) }),
    },
  );

/** The change of an epic's target date. */
export const targetMoved = (day: number, from: string | null, to: string | null): HistoryEntry => ({
  id: `target ${day}`,
  at: march(day),
  changes: [
    {
      field: "targetDate",
      from: from === null ? null : { name: from },
      to: to === null ? null : { name: to },
    },
  ],
});

export const initiative = (told: Partial<Told> & { readonly status: Plan }): Given =>
  record(
    "initiative",
    "jira",
    { key: "ACME-0", ...told },
    { title: "Fewer abandoned carts", status: word(told.status) },
  );

export const objective = (told: Partial<Told> & { readonly status: "active" | "cancelled" | "achieved" }): Given =>
  record(
    "objective",
    "notion",
    { key: "More first orders", ...told },
    {
      title: "More first orders",
      status: word(told.status),
    },
  );

/** The columns of the board in these stories. */
export const COLUMNS: Readonly<{ [name: string]: StatusCategory }> = {
  "To Do": "todo",
  Doing: "in_progress",
  Review: "in_review",
  Done: "done",
  "Won't do": "cancelled",
  Reopened: "todo",
  "In QA": "in_progress",
};
/** Columns that the config of these stories maps to a stage. */
export const STAGE_COLUMNS: ReadonlyMap<string, Stage> = new Map([["In QA", "testing"]]);
export const statusOf = (name: string): Mapped<StatusCategory> => {
  const category = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
  return word(category ?? "unknown", name) as Mapped<StatusCategory>;
};

/** A work item with the days at which it came into each column, e.g. `item("ACME-2", [1, "To Do"], [3, "Done"])`. */
export const item = (
  key: string,
  ...moves: readonly [readonly [day: number, column: string], ...(readonly [number, string])[]]
): Given => itemOf({ key, type: "Story" }, ...moves);

export const itemOf = (
  told: Told & { readonly type?: string; readonly labels?: readonly string[] },
  ...moves: readonly [readonly [day: number, column: string], ...(readonly [number, string])[]]
): Given => {
  const [[created]] = moves;
  const [updated, column] = moves.at(-1) ?? moves[0];
  const history = moves.slice(1).map(
    ([day, to], index): HistoryEntry => ({
      id: `move ${index}`,
      at: march(day),
      changes: [{ field: "status", from: { name: moves[index]?.[1] ?? "" }, to: { name: to } }],
    }),
  );
  return record(
    "workItem",
    "jira",
    { created, updated, ...told, history },
    {
      title: told.key,
      type: word("task", told.type ?? "Task"),
      status: statusOf(column),
      ...(told.labels !== undefined && { labels: [...told.labels] }),
    },
  );
};

/** A pull request of acme/web by its number. */
export const pull = (
  number: number,
  told: {
    readonly opened: number;
    readonly merged?: number;
    readonly closed?: number;
    readonly draft?: boolean;
    readonly title?: string;
    readonly link?: number;
  },
): Given => {
  const { opened, merged, closed } = told;
  const key = `acme/web#${number}`;
  return record(
    "pullRequest",
    "github",
    { ...told, key, created: opened, updated: merged ?? closed ?? opened },
    {
      title: told.title ?? "Do it",
      repository: "acme/web",
      number,
      state: word(merged !== undefined ? "merged" : closed !== undefined ? "closed" : "open"),
      isDraft: told.draft ?? false,
      base: "main",
      head: "topic",
      ...(merged !== undefined && { mergedAt: march(merged) }),
      ...(closed !== undefined && { closedAt: march(closed) }),
    },
  );
};

export const tests = (day: number, result: "success" | "failure", suite = "CI"): Given =>
  record(
    "testRun",
    "github",
    { key: `${suite} ${day}`, created: day },
    {
      suite,
      repository: "acme/web",
      commitSha: "abc",
      result: word(result),
      at: march(day),
    },
  );

export const deployed = (
  day: number,
  environment: "production" | "staging",
  more: { readonly rollback?: boolean; readonly link?: number; readonly result?: "success" | "failure" } = {},
): Given => {
  const given = record(
    "deployment",
    "github",
    { key: `${environment} ${day}`, created: day, ...(more.link !== undefined && { link: more.link }) },
    {
      repository: "acme/web",
      environment: word(environment),
      commitSha: "abc",
      commitShas: [],
      result: word(more.result ?? "success"),
      startedAt: march(day),
      finishedAt: march(day),
    },
  );
  return "to" in given && more.rollback === true ? { ...given, to: { ...given.to, isRollback: true } } : given;
};

type Rollout = Fields<"featureFlag">["environments"][number];

/** A gating flag: made, and since when its production is as it is. */
export const flag = (
  key: string,
  told: Partial<Told> & {
    readonly production: Partial<Rollout> & { readonly since: number };
    readonly archived?: number;
  },
): Given => {
  const { since, ...rollout } = told.production;
  return record(
    "featureFlag",
    "launchdarkly",
    { ...told, key, updated: told.archived ?? since },
    {
      key,
      name: key,
      environments: [
        { name: "production", category: "production", on: true, changedAt: march(since), ...rollout },
        { name: "staging", category: "staging", on: true, rolloutPercent: 100 },
      ],
      ...(told.archived !== undefined && { archivedAt: march(told.archived) }),
    },
  );
};

export const experiment = (
  told: Partial<Told> & {
    readonly started?: number;
    readonly ended?: number;
    readonly result?: "won" | "lost" | "inconclusive";
    readonly decision?: "ship" | "rollback";
  } = {},
): Given => {
  const { started, ended } = told;
  return record(
    "experiment",
    "growthbook",
    { key: "checkout-test", updated: ended ?? started ?? 1, ...told },
    {
      name: "Checkout against none",
      status: word(ended !== undefined ? "stopped" : started !== undefined ? "running" : "draft"),
      variations: [
        { key: "0", name: "Control", isControl: true },
        { key: "1", name: "Checkout", isControl: false },
      ],
      ...(told.result !== undefined && { result: word(told.result) }),
      ...(told.decision !== undefined && {
        decision: word(told.decision),
        released: told.decision === "ship" ? "1" : "0",
      }),
      ...(started !== undefined && { startedAt: march(started) }),
      ...(ended !== undefined && { endedAt: march(ended) }),
    },
  );
};

/** A file of Figma with the days at which it was edited; with a status, a part of a file. */
export const design = (
  told: Partial<Told> & {
    readonly edits: readonly [number, ...number[]];
    readonly status?: NonNullable<Fields<"design">["status"]>["category"];
  },
): Given => {
  const last = Math.max(...told.edits);
  return record(
    "design",
    "figma",
    {
      key: "Checkout flow",
      created: told.edits[0],
      updated: last,
      ...told,
      history: told.edits.map((day) => ({
        id: `version ${day}`,
        at: march(day),
        changes: [{ field: "version", from: null, to: { id: String(day) } }],
      })),
    },
    {
      name: told.key ?? "Checkout flow",
      file: "f1",
      lastEditedAt: march(last),
      ...(told.status !== undefined && { status: word(told.status), node: "1:1" }),
    },
  );
};

/** What a customer asked for. */
export const need = (day: number, customer: string, more: Partial<Told> & { readonly closed?: number } = {}): Given =>
  record(
    "feedback",
    "intercom",
    { key: `Wish of ${customer}`, created: day, updated: more.closed ?? day, ...more },
    {
      title: "Please",
      at: march(day),
      customerId: customer,
      ...(more.closed !== undefined && { status: word("closed_loop") }),
    },
  );

export const answer = (day: number, customer: string): Given =>
  record(
    "surveyResponse",
    "typeform",
    { key: `Answer of ${customer}`, created: day },
    {
      surveyId: "srv_1",
      at: march(day),
      text: "I want it",
      answers: [],
      customerId: customer,
    },
  );

export const ticket = (day: number, key = `#${Math.round(day * 10)}`, tool = "zendesk"): Given =>
  record("supportTicket", tool, { key, created: day }, { subject: "It fails", status: word("open") });

export const incident = (day: number): Given =>
  record(
    "incident",
    "jira",
    { key: "INC-1", created: day },
    {
      title: "Checkout is down",
      status: word("detected"),
      detectedAt: march(day),
    },
  );

type CampaignStatus = Fields<"campaign">["status"]["category"];

export const campaign = (status: CampaignStatus, told: Partial<Told> & { readonly sent?: number } = {}): Given =>
  record(
    "campaign",
    "mailchimp",
    { key: "Launch mail", updated: told.sent ?? told.created ?? 1, ...told },
    {
      name: "Launch mail",
      channel: word("email"),
      status: word(status),
      ...(told.sent !== undefined && { sentAt: march(told.sent) }),
    },
  );

export const announcement = (day: number, audience: "internal" | "external", more: Partial<Told> = {}): Given =>
  record(
    "announcement",
    "slack",
    { key: "#launches", created: day, ...more },
    {
      title: "Checkout is live",
      audience: word(audience),
      type: word("launch"),
      at: march(day),
    },
  );

export const released = (day: number, more: Partial<Told> & { readonly planned?: boolean } = {}): Given =>
  record(
    "release",
    "github",
    { key: "v1.2.0", created: day, ...more },
    {
      name: "v1.2.0",
      version: "1.2.0",
      status: word(more.planned === true ? "planned" : "completed"),
      ...(more.planned !== true && { publishedAt: march(day) }),
    },
  );

/** A metric of use with its points: a day and how many. */
export const metric = (...points: readonly (readonly [day: number, value: number])[]): Given =>
  record(
    "metric",
    "mixpanel",
    { key: "Checkout used", created: points[0]?.[0] ?? 1 },
    {
      name: "Checkout used",
      shape: "series",
      interval: "day",
      points: points.map(([day, value]) => ({ at: march(day).slice(0, 10), value })),
    },
  );

/** A person's word; until a day if it expires. */
export const asserted = (
  day: number,
  stage: Stage,
  more: { readonly not?: boolean; readonly skip?: boolean; readonly until?: number; readonly by?: string } = {},
): Given =>
  fact(day - 1, "asserted", more.skip === true ? "skip" : undefined, {
    stage,
    tool: "throughline",
    recordId: `asserted ${stage} ${more.by ?? "Ana"}`,
    recordKey: more.by ?? "Ana",
    polarity: more.not === true || more.skip === true ? "-" : "+",
    ...(more.until !== undefined && { expiresAt: march(more.until) }),
  });
