import { nameOf } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Mapped } from "../domain/mapped.ts";
import { targetMoves } from "../domain/target-moves.ts";
import type { Table } from "../ports/table.ts";
import { entitiesById, historyOf, linksOf, type StoredEntity } from "./entities.ts";
import { featuresById, featuresOf } from "./entity-reads.ts";
import { partition } from "./keys.ts";
import { newestReleases } from "./newest-releases.ts";
import type { Dependency, PlanPast, ReleasePart } from "./plan-past.ts";
import type { EvidenceLine } from "./record-lines.ts";
import type { LinkEnd } from "./shown-links.ts";
import type { FeatureView } from "./views.ts";

/** Records of a feature that are looked at, and of those how many of its open ones may wait for something. */
const LINES = 500;
const OPEN = 100;
const DEPENDENCIES = 100;
const PARTS = 500;
const SETTLED: ReadonlySet<string> = new Set(["done", "completed", "cancelled"]);

const endOf = (entity: StoredEntity): LinkEnd => ({
  id: entity.id,
  kind: entity.kind,
  ...(entity.source.key !== undefined && { key: entity.source.key }),
  name: nameOf(entity),
  tool: entity.source.tool,
  url: entity.source.url,
});

const statusOf = (entity: StoredEntity): Mapped | undefined => {
  const { status, declaredStatus } = entity.fields as { status?: Mapped; declaredStatus?: Mapped };
  return status ?? declaredStatus;
};

const isSettled = (entity: StoredEntity): boolean =>
  SETTLED.has(statusOf(entity)?.category ?? "") || entity.presence.state === "deleted";

/** The features that records are, or belong to, by the id of the record. */
const homesOf = async (table: Table, records: readonly string[]): Promise<ReadonlyMap<string, FeatureView>> => {
  const spoken = await featuresOf(table, records);
  const homeOf = (id: string) => spoken.get(id)?.[0] ?? (kindOf(id) === "feature" ? id : undefined);
  const features = await featuresById(
    table,
    records.flatMap((id) => homeOf(id) ?? []),
  );
  return new Map(
    records.flatMap((id) => {
      const feature = features.get(homeOf(id) ?? "");
      return feature === undefined ? [] : [[id, feature] as const];
    }),
  );
};

/** Ids of what a release brought. */
const broughtBy = async (table: Table, releaseId: string): Promise<readonly string[]> => {
  const [out, into] = await Promise.all([linksOf(table, releaseId, "out"), linksOf(table, releaseId, "in")]);
  const brought = [
    ...out.filter(({ type }) => type === "relates_to" || type === "announces").map(({ to }) => to),
    ...into.filter(({ type }) => type === "relates_to").map(({ from }) => from),
  ];
  return [...new Set(brought)].sort().slice(0, PARTS);
};

/** @param spoken the features that records speak about */
const featuresIn = (id: string, spoken: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  kindOf(id) === "feature" ? [id] : (spoken.get(id) ?? []);

/** The reads of {@link PlanPast}: what they cost grows with the open work of one feature, never with all features. */
export const planPastViews = (table: Table): PlanPast => ({
  async targetMoves(id) {
    return targetMoves(await historyOf(table, id));
  },
  async dependencies(featureId) {
    const rows = await table.query<{ readonly gone: boolean; readonly line: EvidenceLine }>({
      pk: partition.ofEntity(featureId),
      prefix: "F#",
      limit: LINES,
    });
    const open = rows.flatMap(({ data: { gone, line } }) =>
      !gone && line.kind === "workItem" && !SETTLED.has(line.status?.category ?? "") ? [line.id] : [],
    );
    const plans = rows.flatMap(({ data: { gone, line } }) => (!gone && line.kind === "feature" ? [line.id] : []));
    const own = [...new Set([featureId, ...plans])];
    const links = await Promise.all(
      [...own, ...open.slice(0, OPEN)].map(async (id) => [
        ...(await linksOf(table, id, "in", "blocks")).map(({ from }) => ["blocked_by", id, from] as const),
        ...(await linksOf(table, id, "out", "blocks")).map(({ to }) => ["blocks", id, to] as const),
      ]),
    );
    const all = links.flat();
    if (all.length === 0) return [];
    const others = [...new Set(all.map(([, , other]) => other))];
    const [entities, homes] = await Promise.all([
      entitiesById(table, [...new Set(all.flatMap(([, id, other]) => [id, other]))]),
      homesOf(table, others),
    ]);
    const found = all.flatMap(([way, ownId, otherId]): Dependency[] => {
      const [mine, other] = [entities.get(ownId), entities.get(otherId)];
      const home = homes.get(otherId);
      const isOwn = own.includes(otherId) || home?.id === featureId || home?.sameAs === featureId;
      if (mine === undefined || other === undefined || isOwn) return [];
      const status = statusOf(other);
      return [
        {
          way,
          own: endOf(mine),
          other: { ...endOf(other), ...(status !== undefined && { status }) },
          productIds: other.productIds,
          ...(home !== undefined && {
            feature: {
              id: home.id,
              ...(home.key !== undefined && { key: home.key }),
              name: home.name,
              productIds: home.productIds,
            },
          }),
          isSettled: isSettled(way === "blocked_by" ? other : mine),
        },
      ];
    });
    return found.sort(byUrgency).slice(0, DEPENDENCIES);
  },
  async releaseParts(releaseId) {
    const ids = await broughtBy(table, releaseId);
    const [entities, spoken] = await Promise.all([entitiesById(table, ids), featuresOf(table, ids)]);
    return ids.flatMap((id): ReleasePart[] => {
      const entity = entities.get(id);
      if (entity === undefined || entity.presence.state === "deleted") return [];
      return [{ ...endOf(entity), productIds: entity.productIds, features: featuresIn(id, spoken) }];
    });
  },
  async releaseFeatures(releaseId) {
    const ids = await broughtBy(table, releaseId);
    const spoken = await featuresOf(table, ids);
    return [...new Set(ids.flatMap((id) => featuresIn(id, spoken)))];
  },
  releases: (filter, after, limit) => newestReleases(table, filter, after, limit),
});

const byUrgency = (a: Dependency, b: Dependency): number =>
  (a.way < b.way ? -1 : a.way > b.way ? 1 : 0) ||
  Number(a.isSettled) - Number(b.isSettled) ||
  (`${a.own.id} ${a.other.id}` < `${b.own.id} ${b.other.id}` ? -1 : 1);
