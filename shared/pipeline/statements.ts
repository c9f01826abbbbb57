import type { Entity, FieldedKind } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Evidence, LinkType, Place, Reference } from "../domain/link.ts";

/** What one record says about a link between two entities. */
export interface Statement {
  readonly from: string;
  readonly to: string;
  readonly type: LinkType;
  readonly evidence: readonly Evidence[];
}

/**
 * Link types along which evidence flows to features, from the link's start to its end; `parent_of` flows the other way.
 * `contributes_to` leads from a feature to what it is for, so that whoever looks downwards from an objective finds it.
 */
export const UPWARD: ReadonlySet<LinkType> = new Set([
  "implements",
  "validates",
  "deploys",
  "announces",
  "designs",
  "gates",
  "evaluates",
  "measures",
  "requests",
  "reports_problem_in",
  "promotes",
  "contributes_to",
]);

/** What a record of a kind is to the plan that its words point to, unless they only mention it. */
export const SAYS: Partial<Readonly<Record<FieldedKind, LinkType>>> = {
  design: "designs",
  featureFlag: "gates",
  experiment: "evaluates",
  metric: "measures",
  feedback: "requests",
  surveyResponse: "requests",
  supportTicket: "reports_problem_in",
  incident: "reports_problem_in",
  campaign: "promotes",
  announcement: "announces",
  document: "relates_to",
};

/** A deployment of more commits than this is an import, not a deployment. */
const COMMITS_AT_MOST = 2000;

/** What a record points to by name: its texts' references, and the commits that it ran on or brought. */
export const pointersOf = (entity: Entity): readonly Reference[] => {
  const shas = isKind(entity, "deployment")
    ? [entity.fields.commitSha, ...entity.fields.commitShas]
    : isKind(entity, "release")
      ? (entity.fields.commitShas ?? [])
      : isKind(entity, "testRun")
        ? [entity.fields.commitSha]
        : [];
  const commits = [...new Set(shas)]
    .slice(0, COMMITS_AT_MOST)
    .map((sha): Reference => ({ alias: `sha:${sha}`, place: "native" }));
  return [...entity.references, ...commits];
};

/** Names by which the config may call a metric or an initiative, as people see them in its tool. */
export const configNames = (entity: Entity): string[] => {
  const { connectionId, key, externalId } = entity.source;
  if (isKind(entity, "metric"))
    return [entity.fields.name, entity.fields.key, key, externalId].flatMap((name) =>
      name === undefined ? [] : metricAlias(`${connectionId.replace(/^con_/, "")}:${name}`),
    );
  return isKind(entity, "initiative") ? [initiativeAlias(entity.fields.title)] : [];
};

/** @param named `connection:metric` */
export const metricAlias = (named: string): string => `metric:${named.trim().toLowerCase()}`;
export const initiativeAlias = (title: string): string => `initiative:${title.trim().toLowerCase()}`;

/** Links that a record states by ids of its own tool. */
export const nativeStatements = (entity: Entity): Statement[] => {
  const { id } = entity;
  const said = (from: string, type: LinkType, to: string): Statement => ({
    from,
    to,
    type,
    evidence: [proof(entity, "native", entity.source.key ?? "")],
  });
  const own: Statement[] = entity.relations.map(({ type, otherId, reverse }) =>
    reverse ? said(otherId, type, id) : said(id, type, otherId),
  );
  if (isKind(entity, "workItem")) {
    if (entity.fields.parentId !== undefined) own.push(said(entity.fields.parentId, "parent_of", id));
    for (const release of entity.fields.fixVersionIds ?? []) own.push(said(release, "relates_to", id));
  } else if (isKind(entity, "feature")) {
    for (const initiative of entity.fields.initiativeIds ?? []) own.push(said(initiative, "parent_of", id));
  } else if (isKind(entity, "initiative")) {
    if (entity.fields.parentId !== undefined) own.push(said(entity.fields.parentId, "parent_of", id));
  } else if (isKind(entity, "pullRequest")) {
    if (entity.fields.milestoneId !== undefined) own.push(said(id, "implements", entity.fields.milestoneId));
  } else if (isKind(entity, "review")) {
    own.push(said(entity.fields.pullRequestId, "parent_of", id));
  } else if (isKind(entity, "experiment")) {
    if (entity.fields.flagId !== undefined) own.push(said(id, "evaluates", entity.fields.flagId));
  } else if (isKind(entity, "surveyResponse")) {
    own.push(said(entity.fields.surveyId, "parent_of", id));
  } else if (isKind(entity, "campaign")) {
    if (entity.fields.parentId !== undefined) own.push(said(entity.fields.parentId, "parent_of", id));
  } else if (isKind(entity, "objective")) {
    if (entity.fields.parentId !== undefined) own.push(said(entity.fields.parentId, "parent_of", id));
  } else if (isKind(entity, "keyResult")) {
    if (entity.fields.objectiveId !== undefined) own.push(said(entity.fields.objectiveId, "parent_of", id));
    if (entity.fields.metricId !== undefined) own.push(said(entity.fields.metricId, "measures", id));
  } else if (isKind(entity, "commit")) {
    if (entity.fields.pullRequestId !== undefined) own.push(said(entity.fields.pullRequestId, "parent_of", id));
  }
  return own;
};

/**
 * The link that a pointer to a known entity makes, or undefined if it makes none.
 *
 * @param to an entity that is called as the pointer says
 */
export const pointedStatement = (entity: Entity, pointer: Reference, to: string): Statement | undefined => {
  if (to === entity.id) return undefined;
  const target = kindOf(to);
  const plan = target === "workItem" || target === "feature";
  const evidence = [proof(entity, pointer.place, pointer.alias)];
  const weak = pointer.place === "body";
  const said = (from: string, type: LinkType, end: string): Statement => ({ from, to: end, type, evidence });
  if (pointer.place === "parent") return plan || target === "initiative" ? said(to, "parent_of", entity.id) : undefined;
  if (isKind(entity, "objective") && pointer.place === "declared" && (plan || target === "initiative"))
    return said(to, "contributes_to", entity.id);
  if (isKind(entity, "keyResult") && pointer.place === "declared" && target === "metric")
    return said(to, "measures", entity.id);
  if (isKind(entity, "deployment")) return target === "pullRequest" ? said(entity.id, "deploys", to) : undefined;
  if (isKind(entity, "testRun")) return target === "pullRequest" ? said(entity.id, "validates", to) : undefined;
  if (isKind(entity, "release")) {
    if (target === "pullRequest") return said(entity.id, "announces", to);
    return plan ? said(entity.id, weak ? "mentions" : "announces", to) : undefined;
  }
  if (isKind(entity, "pullRequest"))
    return plan ? said(entity.id, weak ? "mentions" : "implements", to) : said(entity.id, "mentions", to);
  if (isKind(entity, "commit")) {
    const whole = entity.fields.pullRequestId ?? entity.id;
    return plan ? said(whole, weak ? "mentions" : "implements", to) : undefined;
  }
  const says = SAYS[entity.kind];
  if (says !== undefined && (plan || (entity.kind === "experiment" && target === "featureFlag")))
    return said(entity.id, weak ? "mentions" : says, to);
  // A record of a plan that names another one outside of its text may be about the same feature.
  if (entity.kind === "feature" && plan && !weak) return said(entity.id, "relates_to", to);
  if (target === "design" && (entity.kind === "workItem" || entity.kind === "feature") && pointer.place === "native")
    return said(to, "designs", entity.id);
  if (target === "pullRequest" && pointer.place === "native") return said(to, "implements", entity.id);
  return said(entity.id, "mentions", to);
};

const proof = (entity: Entity, place: Place, text: string): Evidence => ({
  place,
  text,
  url: entity.source.url,
  saidBy: entity.id,
});

/** Statements about the same two ends and type as one. */
export const joined = (statements: readonly Statement[]): Statement[] => {
  const byEnds = new Map<string, Statement>();
  for (const one of statements) {
    const key = endsKey(one);
    const held = byEnds.get(key);
    byEnds.set(key, held === undefined ? one : { ...one, evidence: [...held.evidence, ...one.evidence] });
  }
  return [...byEnds.values()];
};

export const endsKey = ({ from, type, to }: Pick<Statement, "from" | "type" | "to">): string => `${from} ${type} ${to}`;
