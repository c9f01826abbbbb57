import { changedAt, createdAt, type Entity, type Fields } from "../domain/entity.ts";
import { instant } from "../domain/instant.ts";
import { type Claim, latestOf, settle } from "./claim.ts";
import { GONE } from "./held.ts";
import { SOME } from "./ledger.ts";

type Environment = Fields<"featureFlag">["environments"][number];

/** Groups by these names hold colleagues and testers, not customers; conditions on an address name people one by one. */
const INTERNAL =
  /(?:^|[^a-z])(?:intern|internal|employees?|staff|colleagues?|team|qa|testers?|dogfood\w*|alpha|e-?mail|named one by one)(?:$|[^a-z])/i;

/**
 * A gating flag: which share of customers it lets through in each environment of production, whether only colleagues
 * have it, and that it was archived. A flag is made dark; from the time its tool tells of the last change on it is as
 * the record shows it now.
 *
 * A flag that was archived, or deleted, while every customer had it gates nothing more: only its code is cleaned up.
 */
export const flagFacts = (entity: Entity<"featureFlag">): Claim[] => {
  const { key, environments } = entity.fields;
  const archivedAt = endOf(entity);
  const inProduction = environments.filter(({ category }) => category === "production");
  const isCleanup = inProduction.length > 0 && inProduction.every(({ rolloutPercent = 0 }) => rolloutPercent >= 100);
  const claims = inProduction.flatMap((environment): Claim[] => {
    const isArchived = archivedAt !== undefined;
    const since = latestOf(environment.changedAt ?? changedAt(entity), createdAt(entity));
    const base = {
      tier: "observed",
      recordId: `${entity.id} ${environment.name}`,
      recordKey: inProduction.length === 1 ? key : `${key} in ${environment.name}`,
    } as const;
    const exposure = { ...base, stage: "production", signal: "exposure" } as const;
    const inside = { ...base, stage: "testing", signal: "flag.internal" } as const;
    const isInside = !isArchived && isInternal(environment);
    return [
      ...settle([
        { ...exposure, value: "0", at: createdAt(entity) },
        { ...exposure, value: shareOf(environment, isArchived), at: since },
        ...(isArchived && isCleanup ? [{ ...exposure, value: GONE, at: latestOf(archivedAt, since) }] : []),
      ]),
      ...(isInside ? [{ ...inside, value: "on", at: since }] : []),
    ];
  });
  if (archivedAt === undefined || isCleanup) return claims;
  const archived = { stage: "support", signal: "flag.archived", tier: "workflow", value: "archived" } as const;
  return [...claims, { ...archived, recordKey: key, at: archivedAt }];
};

const endOf = ({ fields, presence }: Entity<"featureFlag">): string | undefined =>
  fields.archivedAt ?? (presence.state === "deleted" || presence.state === "archived" ? presence.since : undefined);

/** Who gets it whatever the share, and is a customer. */
const customersIn = ({ segments = [] }: Environment): readonly string[] =>
  segments.filter((segment) => !INTERNAL.test(segment));

const isInternal = (environment: Environment): boolean =>
  environment.on &&
  (environment.rolloutPercent ?? 0) === 0 &&
  (environment.segments ?? []).length > 0 &&
  customersIn(environment).length === 0;

/** @param isArchived some tools switch a flag off by archiving it: then its share tells what it was */
const shareOf = (environment: Environment, isArchived: boolean): string => {
  const { on, rolloutPercent, segments = [] } = environment;
  if (!on && !isArchived) return "0";
  if (rolloutPercent !== undefined && rolloutPercent > 0) return String(rolloutPercent);
  if (customersIn(environment).length > 0) return SOME;
  return on && rolloutPercent === undefined && segments.length === 0 ? SOME : "0";
};

/** An evaluating experiment, and that its winner was given to everybody. One that lost says so instead of `stopped`. */
export const experimentFacts = (entity: Entity<"experiment">): Claim[] => {
  const { status, startedAt, endedAt, result, decision, released, variations, name } = entity.fields;
  const recordKey = entity.source.key ?? name;
  const ended = endedAt ?? changedAt(entity);
  const claim = { stage: "testing", signal: "experiment", tier: "workflow", recordKey } as const;
  const isLost = result?.category === "lost";
  const course: Claim[] = [{ ...claim, value: "draft", at: createdAt(entity) }];
  if (status.category === "running" || (status.category === "stopped" && startedAt !== undefined))
    course.push({ ...claim, value: "running", at: startedAt ?? changedAt(entity) });
  if (status.category === "stopped") course.push({ ...claim, value: isLost ? "lost" : "stopped", at: ended });
  const isNew = variations.some(({ key, isControl }) => key === released && !isControl);
  const isShipped =
    status.category === "stopped" &&
    !isLost &&
    (decision?.category === "ship" || (result?.category === "won" && isNew));
  return [
    ...(status.category === "unknown" ? [] : settle(inOrder(course))),
    ...(isShipped
      ? [{ stage: "production", signal: "experiment.shipped", tier: "workflow", recordKey, at: ended } as const]
      : []),
  ];
};

/** Tools tell of experiments that began before their record was made: the later step counts. */
const inOrder = (claims: readonly Claim[]): Claim[] =>
  claims.filter((claim, index) => claims.slice(index + 1).every(({ at }) => claim.at < at));

/** Metrics that count whether customers use something; of the others more may be worse. */
const OF_USE: ReadonlySet<string> = new Set(["adoption", "engagement", "retention", "unknown"]);
const WEEKS_AT_MOST = 60;

/** Use that analytics counted: of each week its last day with any. */
export const metricFacts = ({ fields }: Entity<"metric">): Claim[] => {
  const { shape, type, direction, points = [], name } = fields;
  if (shape !== "series" || direction === "down_good" || !OF_USE.has(type?.category ?? "unknown")) return [];
  const weeks = new Map<number, string>();
  for (const { at, value } of points.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    if (value <= 0) continue;
    const day = instant(at);
    weeks.set(Math.floor(Date.parse(day) / WEEK), day);
  }
  return [...weeks.values()]
    .slice(-WEEKS_AT_MOST)
    .map((at) => ({ stage: "production", signal: "usage", tier: "observed", recordKey: name, at }));
};

const WEEK = 7 * 86_400_000;
