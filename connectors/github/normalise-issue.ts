import type { NormaliseContext } from "../../shared/connector/contract.ts";
import { plainText, visible } from "../../shared/connector/markdown.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { issueHistory } from "./issue-history.ts";
import { isBlocked, issuePriority, issueType, labelNames } from "./issue-labels.ts";
import { issueResolution, issueStatus, mapStatus, statusVocabulary } from "./issue-status.ts";
import { accountRef, accountsOf, usersIn } from "./normalise-account.ts";
import { numberAlias, repositoryOf } from "./place.ts";
import type { Issue } from "./schema.ts";

/** The milestone that an issue or pull request names. */
export const milestoneRef = (milestone: Issue["milestone"]): Ref<"feature"> | undefined =>
  milestone?.node_id ? { kind: "feature", noun: "milestone", id: milestone.node_id } : undefined;

/** A row of the issue list: a work item, the accounts it names and its statuses; nothing for a pull request. */
export const normaliseIssue = (issue: Issue, { statuses }: NormaliseContext): readonly Draft[] => {
  if (issue.pull_request) return [];
  const repository = repositoryOf(issue);
  const labels = labelNames(issue.labels);
  const assignees = usersIn(issue.assignees);
  const word = issueStatus(issue.state, issue.state_reason, Boolean(issue.milestone));
  const status = mapStatus(word, statuses);
  const closedAt = maybeInstant(issue.closed_at);
  const { entries, statuses: past } = issueHistory(issue);

  const workItem: Draft<"workItem"> = {
    kind: "workItem",
    external: {
      noun: "issue",
      id: issue.node_id,
      key: `${repository}#${issue.number}`,
      url: issue.html_url ?? issue.url ?? "",
    },
    scopes: [repository],
    createdAt: maybeInstant(issue.created_at),
    updatedAt: maybeInstant(issue.updated_at) ?? maybeInstant(issue.created_at) ?? TIMELESS,
    fields: {
      title: issue.title ?? "",
      text: plainText(issue.body),
      type: issueType(issue.type, labels),
      status,
      resolution: issue.state === "closed" ? issueResolution(issue.state_reason) : undefined,
      priority: issuePriority(labels),
      assigneeIds: assignees.flatMap((user) => accountRef(user) ?? []).sort((a, b) => a.id.localeCompare(b.id)),
      reporterId: accountRef(issue.user),
      parentId: milestoneRef(issue.milestone),
      completedAt: status.category === "done" ? closedAt : undefined,
      cancelledAt: status.category === "cancelled" ? closedAt : undefined,
      isBlocked: isBlocked(labels),
      labels,
    },
    aliases: [numberAlias(repository, issue.number)],
    references: [
      ...referencesIn(issue.title, "title", repository),
      ...referencesIn(visible(issue.body), "body", repository),
    ],
    history: entries,
  };
  return [workItem, ...accountsOf([issue.user, ...assignees]), ...statusVocabulary([word, ...past])];
};
