import type { NormaliseContext } from "../../shared/connector/contract.ts";
import { plainText } from "../../shared/connector/markdown.ts";
import type { CustomField, Draft, Relation } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { LinkType, Reference } from "../../shared/domain/link.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { byText, dayOf, labelsOf, refTo, timesOf } from "./envelope.ts";
import { historyOf } from "./history.ts";
import { linksTo } from "./link-target.ts";
import type { Issue } from "./schema.ts";
import { ENDS, priorityOf, statusOf, typeOf } from "./words.ts";

/** Linear ends the address of an issue with its title, which moves; it leads to the issue without it too. */
const addressOf = (url: string): string => url.replace(/^(https:\/\/linear\.app\/[^/]+\/issue\/[^/]+)\/[^/]*$/, "$1");

/** An issue as a work item. Its parent is the parent issue, else its project; its project keeps it in both cases. */
export const normaliseIssue = (issue: Issue, { statuses }: NormaliseContext): readonly Draft[] => {
  const key = issue.identifier ?? undefined;
  const keys = [...(key ? [key] : []), ...(issue.previousIdentifiers ?? [])].map((name) => name.toUpperCase());
  const labels = labelsOf(issue.labels);
  const state = issue.state;
  const parent = refTo("workItem", "issue", issue.parent, issue.parentId);
  const project = refTo("feature", "project", issue.project, issue.projectId);
  const assignee = refTo("account", "user", issue.assignee, issue.assigneeId);
  const cycle = refTo("cycle", "cycle", issue.cycle, issue.cycleId);
  const customFields = customFieldsOf(issue);
  const draft: Draft<"workItem"> = {
    kind: "workItem",
    external: {
      noun: "issue",
      id: issue.id,
      key,
      url: addressOf(issue.url ?? `https://linear.app/issue/${key ?? issue.id}`),
    },
    scopes: issue.team?.key ? [issue.team.key] : [],
    ...timesOf(issue),
    fields: {
      title: issue.title ?? key ?? issue.id,
      text: plainText(issue.description),
      type: typeOf(labels),
      status: statusOf(
        { id: state?.id ?? undefined, name: state?.name ?? state?.type ?? "", type: state?.type ?? undefined },
        statuses,
      ),
      resolution: ENDS.has(state?.type ?? "") ? mapWord({ name: state?.type ?? "" }, ENDS) : undefined,
      priority: priorityOf(issue.priority, issue.priorityLabel),
      assigneeIds: assignee && [assignee],
      reporterId: refTo("account", "user", issue.creator, issue.creatorId),
      parentId: parent ?? project,
      cycleIds: cycle && [cycle],
      estimate: typeof issue.estimate === "number" ? { value: issue.estimate, unit: "points" } : undefined,
      startedAt: maybeInstant(issue.startedAt),
      completedAt: maybeInstant(issue.completedAt),
      cancelledAt: maybeInstant(issue.canceledAt),
      dueAt: dayOf(issue.dueDate),
      labels,
    },
    aliases: [...new Set(keys)],
    previousKeys: issue.previousIdentifiers ?? [],
    references: referencesOf(issue, keys),
    relations: [
      ...relationsOf(issue),
      ...(parent && project ? [{ type: "parent_of", to: project, reverse: true } as const] : []),
    ],
    history: historyOf(issue),
    ...(customFields.length > 0 && { customFields }),
  };
  return [draft];
};

const customFieldsOf = ({ projectMilestone: milestone, customerTicketCount: tickets }: Issue): CustomField[] => [
  ...(milestone
    ? [{ fieldId: "projectMilestone", name: "Project milestone", type: "text", value: milestone.name ?? milestone.id }]
    : []),
  ...(tickets ? [{ fieldId: "customerTicketCount", name: "Customer tickets", type: "number", value: tickets }] : []),
];

/** `IssueRelationType`; "similar" is Linear's own guess and stated by nobody. */
const RELATIONS: ReadonlyMap<string, LinkType> = new Map([
  ["blocks", "blocks"],
  ["duplicate", "duplicates"],
  ["related", "relates_to"],
]);

const relationsOf = ({ relations }: Issue): Relation[] =>
  relations
    .flatMap(({ type, relatedIssue }) => {
      const link = RELATIONS.get(type ?? "");
      const to = refTo("workItem", "issue", relatedIssue);
      return link && to ? [{ type: link, to }] : [];
    })
    .toSorted((a, b) => byText(`${a.type} ${a.to.id}`, `${b.type} ${b.to.id}`));

const referencesOf = ({ title, description, attachments }: Issue, own: readonly string[]): Reference[] =>
  [...linksTo(attachments), ...referencesIn(title, "title"), ...referencesIn(description, "body")].filter(
    ({ alias }) => !own.includes(alias),
  );
