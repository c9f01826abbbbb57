import type { Relation } from "../../shared/domain/entity.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { LinkType } from "../../shared/domain/link.ts";
import type { Issue, IssueLink, IssueType, Stub } from "./schema.ts";

export type IssueKind = "initiative" | "feature" | "workItem";

/** Old payloads tell no level; Jira's own name of level 1 is Epic. Ideas are level 0 like stories. */
const levelOf = (type: IssueType | null | undefined): number | undefined =>
  type?.hierarchyLevel ?? (type?.subtask === true ? -1 : isNamed(type, "epic") ? 1 : undefined);
const isNamed = (type: IssueType | null | undefined, name: string): boolean => type?.name?.toLowerCase() === name;

const kindOfLevel = (level: number): IssueKind => (level >= 2 ? "initiative" : level === 1 ? "feature" : "workItem");

/** An issue of a Product Discovery project. Where only a stub is told, its type's name is all there is. */
export const isIdea = (issue: Issue): boolean =>
  issue.fields?.project?.projectTypeKey === "product_discovery" || isNamed(issue.fields?.issuetype, "idea");

/** Whether an issue is a work item, or something that work items are for. */
export const kindOfIssue = (issue: Issue): IssueKind =>
  isIdea(issue) ? "feature" : kindOfLevel(levelOf(issue.fields?.issuetype) ?? 0);

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
  return isNamed(type, "idea") || (level < 1 && isPolaris(link) && !fromIdea) ? "feature" : kindOfLevel(level);
};

const says = (link: IssueLink, word: string): boolean =>
  [link.type?.name, link.type?.outward].some((text) => text?.toLowerCase().startsWith(word));

/** An epic that delivers an idea is a feature beside a feature; any smaller issue is work on it. */
const linkType = (link: IssueLink, start: IssueKind, end: IssueKind): LinkType => {
  if (says(link, "block")) return "blocks";
  if (says(link, "duplicate")) return "duplicates";
  const delivers = isPolaris(link) || says(link, "implement");
  return delivers && start === "workItem" && end === "feature" ? "implements" : "relates_to";
};

/**
 * The links that an issue states. Jira tells each from both ends: at its start as `outwardIssue` ("blocks"), at its
 * end as `inwardIssue` ("is blocked by"); both become one link from start to end.
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
    return link.outwardIssue != null
      ? [{ type: linkType(link, kind, otherKind), to }]
      : [{ type: linkType(link, otherKind, kind), to, reverse: true }];
  });
};
