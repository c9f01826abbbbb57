import { kindOf } from "../../domain/kind.ts";
import type { ReleasePart } from "../../store/plan-past.ts";
import { rollUpOf } from "../../store/plan-views.ts";
import type { LinkView } from "../../store/shown-links.ts";
import type { InitiativeView, ObjectiveView, PlanRollUp } from "../../store/shown-plan.ts";
import type { FeatureView, Views } from "../../store/views.ts";
import { sifted } from "./sifted.ts";

type Plans = Pick<
  Views,
  | "said"
  | "updates"
  | "links"
  | "link"
  | "suggestions"
  | "objectives"
  | "objective"
  | "initiatives"
  | "initiative"
  | "initiativeFeatures"
  | "targetMoves"
  | "dependencies"
  | "releaseParts"
  | "releaseFeatures"
  | "releases"
  | "objectiveFeatures"
>;

/** What somebody sees who sees some products only. */
interface Seen {
  readonly isMine: (productIds: readonly string[] | undefined) => boolean;
  readonly own: <Thing extends { readonly productIds: readonly string[] }>(thing: Thing) => Thing;
  readonly asked: (product: string | undefined) => readonly string[];
  readonly visibleOf: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly feature: (idOrKey: string) => Promise<FeatureView | undefined>;
  readonly shown: (feature: FeatureView) => Promise<FeatureView>;
}

/** Plans, links and what people say, for {@link Seen}: sums are made anew over what is seen. */
export const scopedPlans = (views: Views, { isMine, own, asked, visibleOf, feature, shown }: Seen): Plans => {
  const nothing = { items: [], next: undefined };
  const isSeen = async (id: string) => (await visibleOf([id])).has(id);

  const featuresOf = async (initiativeId: string) =>
    (await views.initiativeFeatures(initiativeId)).filter(({ productIds }) => isMine(productIds));
  const rolledUp = async (initiativeId: string): Promise<PlanRollUp> => rollUpOf(await featuresOf(initiativeId));

  const partsOf = async (releaseId: string): Promise<readonly ReleasePart[]> => {
    if (!(await isSeen(releaseId))) return [];
    const parts = (await views.releaseParts(releaseId)).filter(({ productIds }) => isMine(productIds));
    const seen = await visibleOf(parts.flatMap(({ features }) => features));
    return parts.map((part) => ({ ...own(part), features: part.features.filter((id) => seen.has(id)) }));
  };

  const ownObjective = async (objective: ObjectiveView): Promise<ObjectiveView> => {
    const { initiatives, productIds, parentId, keyResults } = objective;
    const above = parentId === undefined ? [] : [parentId];
    const metrics = keyResults.flatMap(({ metric }) => metric?.id ?? []);
    const seen = await visibleOf([...above, ...metrics, ...initiatives.map(({ id }) => id)]);
    const { parentId: _, ...rest } = own(objective);
    return {
      ...rest,
      ...(parentId !== undefined && seen.has(parentId) && { parentId }),
      keyResults: keyResults.map(({ metric, ...result }) =>
        metric !== undefined && seen.has(metric.id) ? { ...result, metric } : result,
      ),
      initiatives: await Promise.all(
        initiatives.filter(({ id }) => seen.has(id)).map(async (one) => ({ ...one, ...(await rolledUp(one.id)) })),
      ),
      // Which of them are whose is not told: of an objective of others too, they are not counted.
      direct: productIds.every((id) => isMine([id])) ? objective.direct : rollUpOf([]),
    };
  };
  const ownInitiative = async (initiative: InitiativeView): Promise<InitiativeView> => {
    const { parent, objectives } = initiative;
    const seen = await visibleOf([...(parent === undefined ? [] : [parent.id]), ...objectives.map(({ id }) => id)]);
    const { parent: _, ...rest } = own(initiative);
    return {
      ...rest,
      ...(parent !== undefined && seen.has(parent.id) && { parent }),
      objectives: objectives.filter(({ id }) => seen.has(id)),
      rollUp: await rolledUp(initiative.id),
    };
  };
  const bothSeen = async <Link extends LinkView>(links: readonly Link[]): Promise<Link[]> => {
    const seen = await visibleOf(links.flatMap(({ from, to }) => [from.id, to.id]));
    return links.filter(({ from, to }) => seen.has(from.id) && seen.has(to.id)).map(own);
  };

  return {
    // Ids alone: which of them somebody sees, the features themselves say.
    objectiveFeatures: async (id) => ((await isSeen(id)) ? views.objectiveFeatures(id) : []),
    said: async (featureId) => ((await feature(featureId)) === undefined ? [] : views.said(featureId)),
    async updates(about, after, limit) {
      const found = kindOf(about) === "feature" ? (await feature(about)) !== undefined : await isSeen(about);
      return found ? views.updates(about, after, limit) : nothing;
    },
    links: async (id, after, limit) =>
      (await isSeen(id)) ? sifted(after, limit, (place, size) => views.links(id, place, size), bothSeen) : nothing,
    async link(id) {
      const found = await views.link(id);
      return found === undefined ? undefined : (await bothSeen([found]))[0];
    },
    suggestions: (product, after, limit) =>
      product !== undefined && asked(product).length === 0
        ? Promise.resolve(nothing)
        : sifted(after, limit, (place, size) => views.suggestions(product, place, size), bothSeen),
    objectives: (filter, after, limit) =>
      sifted(
        after,
        limit,
        (place, size) => views.objectives(filter, place, size),
        (items) => Promise.all(items.filter(({ productIds }) => isMine(productIds)).map(ownObjective)),
      ),
    async objective(id) {
      const found = await views.objective(id);
      return found !== undefined && isMine(found.productIds) ? ownObjective(found) : undefined;
    },
    initiatives: (filter, after, limit) =>
      sifted(
        after,
        limit,
        (place, size) => views.initiatives(filter, place, size),
        (items) => Promise.all(items.filter(({ productIds }) => isMine(productIds)).map(ownInitiative)),
      ),
    async initiative(idOrKey) {
      const found = await views.initiative(idOrKey);
      return found !== undefined && isMine(found.productIds) ? ownInitiative(found) : undefined;
    },
    targetMoves: async (id) =>
      (kindOf(id) === "feature" ? (await feature(id)) !== undefined : await isSeen(id)) ? views.targetMoves(id) : [],
    async dependencies(featureId) {
      if ((await feature(featureId)) === undefined) return [];
      const found = await views.dependencies(featureId);
      const seen = await visibleOf(found.flatMap(({ own: one, other }) => [one.id, other.id]));
      return found
        .filter(({ own: one, other }) => seen.has(one.id) && seen.has(other.id))
        .map(({ feature: home, ...one }) => ({
          ...own(one),
          ...(home !== undefined && isMine(home.productIds) && { feature: own(home) }),
        }));
    },
    releaseParts: partsOf,
    releaseFeatures: async (releaseId) => [...new Set((await partsOf(releaseId)).flatMap(({ features }) => features))],
    async releases(filter, after, limit) {
      const of = asked(filter.product);
      if (of.length === 0) return nothing;
      const { items, next } = await views.releases({ ...filter, products: of }, after, limit);
      return { items: items.map(own), next };
    },
    initiativeFeatures: async (id) => Promise.all((await featuresOf(id)).map(shown)),
  };
};
