import * as z from "zod";
import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { accountDraft, accountRef } from "./account.ts";
import { plainText } from "./adf.ts";
import { otherCustomFields, valuesOf } from "./custom-field.ts";
import { historyOf, previousKeysOf } from "./history.ts";
import { isIdea, kindOfIssue, parentRef, relationsOf } from "./issue-link.ts";
import { milestonesOf } from "./milestone.ts";
import { organisationDrafts, requestFields } from "./normalise-request.ts";
import type { Issue, IssueFields } from "./schema.ts";
import { browseUrl } from "./site.ts";
import { cycleDraft, sprintsOf } from "./sprint.ts";
import { planOf, priorityOf, resolutionOf, statusOf, typeOf } from "./vocabulary.ts";

/** An issue as an initiative, a feature, a work item or a support ticket, with the people, sprints and organisations it names. */
export const normaliseIssue = (issue: Issue, context: NormaliseContext): Draft[] => {
  const kind = kindOfIssue(issue);
  const history = historyOf(issue, kind === "workItem" ? "dueAt" : "target").map((entry) =>
    kind === "supportTicket" ? withoutReporters(entry) : entry,
  );
  const common = envelope(issue, history);
  const fields = fieldsOf(issue);
  const accounts = new Map(
    [fields.assignee, fields.reporter]
      .filter((user) => user?.accountType !== "customer")
      .flatMap((user) => accountDraft(user, issue.self, context))
      .map((draft) => [draft.external.id, draft]),
  );
  return [
    DRAFTS[kind](issue, common, context),
    ...accounts.values(),
    ...(kind === "workItem" ? sprintsOf(issue).map((sprint) => cycleDraft(sprint, issue.self)) : []),
    ...(kind === "supportTicket" ? organisationDrafts(issue) : []),
  ];
};

/** Who asked on whose behalf is told by names. */
const withoutReporters = ({ changes, ...entry }: HistoryEntry): HistoryEntry => ({
  ...entry,
  changes: changes.filter(({ field }) => field !== "reporter"),
});

type Envelope = Omit<Draft, "kind" | "fields"> & { readonly history: readonly HistoryEntry[] };

const envelope = (issue: Issue, history: readonly HistoryEntry[]): Envelope => {
  const fields = fieldsOf(issue);
  const createdAt = maybeInstant(fields.created);
  const key = issue.key?.toUpperCase();
  const previousKeys = previousKeysOf(issue, history);
  const names = new Set([...(key === undefined ? [] : [key]), ...previousKeys]);
  const project = fields.project?.key ?? /^(.+)-\d+$/.exec(issue.key ?? "")?.[1];
  const customFields = otherCustomFields(issue);
  return {
    external: {
      noun: "issue",
      id: issue.id,
      ...(issue.key && { key: issue.key }),
      url: browseUrl([issue.self, fields.status?.self, fields.status?.iconUrl, fields.priority?.iconUrl], issue.key),
    },
    scopes: project ? [project] : [],
    ...(createdAt !== undefined && { createdAt }),
    updatedAt: maybeInstant(fields.updated) ?? createdAt ?? TIMELESS,
    aliases: [...names],
    references: [
      ...epicOf(issue),
      ...labelsOf(fields).flatMap((label) => (DECLARED.test(label) ? referencesIn(label, "declared") : [])),
      ...referencesIn(fields.summary, "title"),
      ...referencesIn(plainText(fields.description), "body"),
    ].filter(({ alias }) => !names.has(alias)),
    relations: relationsOf(issue),
    ...(customFields.length > 0 && { customFields }),
    history,
    ...(previousKeys.length > 0 && { previousKeys }),
  };
};

/** A label by which people say what an issue is about. */
const DECLARED = /^feature:/i;

/** Older projects name an epic by its key, in a custom field of its own; where `parent` is told too it says the same. */
const epicOf = (issue: Issue): Reference[] => {
  if (issue.fields?.parent != null) return [];
  const key = valuesOf(issue, "epic").find((value) => typeof value === "string" && EPIC_KEY.test(value));
  return key === undefined ? [] : [{ alias: String(key).toUpperCase(), place: "parent" }];
};
const EPIC_KEY = /^[A-Za-z][A-Za-z0-9_]{0,254}-[1-9]\d{0,18}$/;

/** Partial payloads name an issue without any of its fields. */
const fieldsOf = (issue: Issue): IssueFields => issue.fields ?? {};

const titleOf = (issue: Issue): string => issue.fields?.summary ?? issue.key ?? issue.id;

const labelsOf = ({ labels }: IssueFields): string[] => (labels ?? []).filter((label) => label != null);

const DAY = /^\d{4}-\d{2}-\d{2}/;
const dayOf = (told: unknown): string | undefined => (typeof told === "string" ? DAY.exec(told)?.[0] : undefined);

const targetOf = ({ duedate }: IssueFields) => {
  const targetDate = dayOf(duedate);
  return targetDate === undefined ? {} : { targetDate, targetDateResolution: "day" as const };
};

const initiative = (issue: Issue, common: Envelope, { statuses }: NormaliseContext): Draft<"initiative"> => {
  const fields = fieldsOf(issue);
  const ownerId = accountRef(fields.assignee);
  const parent = parentRef(issue);
  return {
    ...common,
    kind: "initiative",
    fields: {
      title: titleOf(issue),
      status: planOf(statusOf(issue, statuses), false),
      ...(parent?.kind === "initiative" && { parentId: parent }),
      ...(ownerId !== undefined && { ownerId }),
      ...targetOf(fields),
    },
  };
};

const feature = (issue: Issue, common: Envelope, { statuses }: NormaliseContext): Draft<"feature"> => {
  const fields = fieldsOf(issue);
  const status = statusOf(issue, statuses);
  const idea = isIdea(issue);
  const parent = parentRef(issue);
  const problem = plainText(fields.description);
  const priority = priorityOf(fields);
  const ownerId = accountRef(fields.assignee);
  const startDate = valuesOf(issue, "start").map(dayOf).find(Boolean);
  const { completedAt } = milestonesOf(issue, status, common.history, statuses);
  return {
    ...common,
    kind: "feature",
    fields: {
      title: titleOf(issue),
      ...(problem !== undefined && { problem }),
      type: idea ? "Idea" : (fields.issuetype?.name ?? "Epic"),
      ...(parent?.kind === "initiative" && { initiativeIds: [parent] }),
      ...(priority !== undefined && { priority }),
      ...(ownerId !== undefined && { ownerId }),
      ...(startDate !== undefined && { startDate }),
      ...targetOf(fields),
      declaredStatus: planOf(status, idea),
      status,
      ...(completedAt !== undefined && { completedAt }),
      ...(idea && assessmentOf(issue)),
      labels: labelsOf(fields),
    },
  };
};

const Votes = z.union([z.number(), z.looseObject({ votes: z.number() }).transform(({ votes }) => votes)]);

/** How an idea was voted and rated: by Product Discovery's fields, else by the votes that any issue can have. */
const assessmentOf = (issue: Issue) => {
  const numberIn = (values: readonly unknown[]) => values.find((value) => typeof value === "number");
  const told = [...valuesOf(issue, "votes"), issue.fields?.["votes"]];
  const votes = numberIn(told.map((value) => Votes.safeParse(value).data));
  const [value, effort] = [numberIn(valuesOf(issue, "value")), numberIn(valuesOf(issue, "effort"))];
  return {
    ...(votes !== undefined && Number.isInteger(votes) && votes >= 0 && { votes }),
    ...(value !== undefined && { value }),
    ...(effort !== undefined && { effort }),
  };
};

const supportTicket = (issue: Issue, common: Envelope): Draft<"supportTicket"> => {
  const fields = fieldsOf(issue);
  return {
    ...common,
    kind: "supportTicket",
    fields: requestFields(issue, fields, titleOf(issue), accountRef(fields.assignee), accountRef(fields.reporter)),
  };
};

const workItem = (issue: Issue, common: Envelope, { statuses }: NormaliseContext): Draft<"workItem"> => {
  const fields = fieldsOf(issue);
  const status = statusOf(issue, statuses);
  const text = plainText(fields.description);
  const resolution = resolutionOf(fields);
  const priority = priorityOf(fields);
  const assignee = accountRef(fields.assignee);
  const reporterId = accountRef(fields.reporter);
  const parentId = parentRef(issue);
  const points = valuesOf(issue, "points").find((value) => typeof value === "number");
  const dueAt = dayOf(fields.duedate);
  return {
    ...common,
    kind: "workItem",
    fields: {
      title: titleOf(issue),
      ...(text !== undefined && { text }),
      type: typeOf(fields.issuetype),
      status,
      ...(resolution !== undefined && { resolution }),
      ...(priority !== undefined && { priority }),
      assigneeIds: assignee === undefined ? [] : [assignee],
      ...(reporterId !== undefined && { reporterId }),
      ...(parentId !== undefined && { parentId }),
      cycleIds: sprintsOf(issue).map(({ id }): Ref<"cycle"> => ({ kind: "cycle", noun: "sprint", id })),
      ...estimateOf(points, fields),
      ...milestonesOf(issue, status, common.history, statuses),
      ...(dueAt !== undefined && { dueAt }),
      isBlocked: valuesOf(issue, "flag").flat().length > 0,
      labels: labelsOf(fields),
      components: (fields.components ?? []).flatMap((component) => component?.name ?? []),
      fixVersionIds: (fields.fixVersions ?? []).flatMap((version): Ref<"release">[] =>
        version?.id == null ? [] : [{ kind: "release", noun: "version", id: version.id }],
      ),
    },
  };
};

/** Points, or where there are none the hours that were first estimated, which Jira tells in seconds. */
const estimateOf = (points: number | undefined, { timeoriginalestimate: seconds }: IssueFields) => {
  if (points !== undefined) return { estimate: { value: points, unit: "points" as const } };
  return seconds == null ? {} : { estimate: { value: seconds / 3600, unit: "hours" as const } };
};

const DRAFTS = { initiative, feature, workItem, supportTicket } as const;
