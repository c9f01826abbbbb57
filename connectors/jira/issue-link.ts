import type { Relation } from "../../shared/domain/entity.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { LinkType } from "../../shared/domain/link.ts";
import type { Issue, IssueLink, IssueType, Stub } from "./schema.ts";

export type IssueKind = "initiative" | "feature" | "workItem" | "supportTicket";

/** Old payloads tell no level; Jira's own name of level 1 is Epic. Ideas are level 0 like stories. */
const levelOf = (type: IssueType | null | undefined): number | undefined =>
  type?.hierarchyLevel ?? (type?.subtask === true ? -1 : isNamed(type, "epic") ? 1 : undefined);
const isNamed = (type: IssueType | null | undefined, name: string): boolean => type?.name?.toLowerCase() === name;

const kindOfLevel = (level: number): IssueKind => (level >= 2 ? "initiative" : level === 1 ? "feature" : "workItem");

/** An issue of a Product Discovery project. Where only a stub is told, its type's name is all there is. */
export const isIdea = (issue: Issue): boolean =>
  issue.fields?.project?.projectTypeKey === "product_discovery" || isNamed(issue.fields?.issuetype, "idea");

/** Types that Jira gives to service projects. A stub tells no project, so that a request of another type looks like work there. */
const REQUEST_TYPE = /^(?:\[system\] |service request\b|it help$)/i;
const isRequestType = (type: IssueType | null | undefined): boolean => REQUEST_TYPE.test(type?.name?.trim() ?? "");

/** An issue of a service project. */
const isRequest = (issue: Issue): boolean =>
  issue.fields?.project?.projectTypeKey == null
    ? isRequestType(issue.fields?.issuetype)
    : issue.fields.project.projectTypeKey === "service_desk";

/** Whether an issue is a work item, something that work items are for, or what a customer asked. */
export const kindOfIssue = (issue: Issue): IssueKind => {
  if (isIdea(issue)) return "feature";
  return isRequest(issue) ? "supportTicket" : kindOfLevel(levelOf(issue.fields?.issuetype) ?? 0);
};

const stubRef = (stub: Stub, kind: IssueKind): Ref<IssueKind> => ({ kind, noun: "issue", id: stub.id });

/** The issue above this one. Where its level is not told it is the next one up: story, epic, initiative. */
export const parentRef = (issue: Issue): Ref<IssueKind> | undefined => {
  const parent = issue.fields?.parent;
  if (parent == null) return undefined;
  const own = levelOf(issue.fields?.issuetype) ?? 0;
  return stubRef(parent, kindOfLevel(levelOf(parent.fields?.issuetype) ?? own + 1));
};

const isPolaris = ({ type }: IssueLink): boolean => /^polaris\b/i.test(type?.name ?? "");

/** A linked issue: an idea by its type's name, or because the link is Product Discovery's and this end is no idea. */
const linkedKind = (stub: Stub, link: IssueLink, fromIdea: boolean): IssueKind => {
  const type = stub.fields?.issuetype;
  const level = levelOf(type) ?? 0;
  if (isRequestType(type)) return "supportTicket";
  return isNamed(type, "idea") || (level < 1 && isPolaris(link) && !fromIdea) ? "feature" : kindOfLevel(level);
};

const says = (link: IssueLink, word: string): boolean =>
  [link.type?.name, link.type?.outward].some((text) => text?.toLowerCase().startsWith(word));

/** An epic that delivers an idea is a feature beside a feature; any smaller issue is work on it. */
const linkType = (link: IssueLink, start: IssueKind, end: IssueKind): LinkType => {
  if (says(link, "duplicate")) return "duplicates";
  if ((start === "supportTicket") !== (end === "supportTicket")) return "reports_problem_in";
  if (says(link, "block")) return "blocks";
  const delivers = isPolaris(link) || says(link, "implement");
  return delivers && start === "workItem" && end === "feature" ? "implements" : "relates_to";
};

/**
 * The links that an issue states. Jira tells each from both ends: at its start as `outwardIssue` ("blocks"), at its
 * end as `inwardIssue` ("is blocked by"); both become one link from start to end. Between a request and work or a
 * plan it goes from the request, whichever end Jira calls the start.
 */
export const relationsOf = (issue: Issue): Relation[] => {
  const kind = kindOfIssue(issue);
  const fromIdea = isIdea(issue);
  return (issue.fields?.issuelinks ?? []).flatMap((link) => {
    if (link == null) return [];
    const other = link.outwardIssue ?? link.inwardIssue;
    if (other == null) return [];
    const otherKind = linkedKind(other, link, fromIdea);
    const to = stubRef(other, otherKind);
    const isStart = link.outwardIssue != null;
    const type = isStart ? linkType(link, kind, otherKind) : linkType(link, otherKind, kind);
    const starts = type === "reports_problem_in" ? kind === "supportTicket" : isStart;
    return [starts ? { type, to } : { type, to, reverse: true }];
  });
};
