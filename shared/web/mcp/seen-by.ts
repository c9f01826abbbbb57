import type { HubEvent } from "../../domain/event.ts";
import type { Views } from "../../store/views.ts";
import type { Identity } from "../access/identity.ts";
import type { WebDeps } from "../web-deps.ts";

type Owned = { readonly productIds: readonly string[] };

/** What the tools are given for one identity: of who is limited to products, what belongs to none of them does not exist. */
export const seenBy = (deps: WebDeps, { products }: Identity): WebDeps =>
  products === "all" ? deps : { ...deps, views: within(deps.views, products) };

const within = (views: Views, products: readonly string[]): Views => {
  const isMine = ({ productIds }: Owned) => productIds.some((id) => products.includes(id));
  const own = <Thing extends Owned>(thing: Thing): Thing => ({
    ...thing,
    productIds: thing.productIds.filter((id) => products.includes(id)),
  });
  const mine = <Thing extends Owned>(things: readonly Thing[]) => things.filter(isMine).map(own);
  const feature = async (idOrKey: string) => {
    const found = await views.feature(idOrKey);
    return found !== undefined && isMine(found) ? own(found) : undefined;
  };
  const isTold = ({ data }: HubEvent) => "productIds" in data && isMine(data as Owned);
  const refused = () => Promise.reject(new Error("tools do not read this"));
  const reads: Pick<
    Views,
    | "products"
    | "feature"
    | "features"
    | "evidence"
    | "changes"
    | "search"
    | "connections"
    | "counts"
    | "healthCounts"
    | "changedSince"
    | "person"
  > = {
    products: async () => (await views.products()).filter(({ id }) => products.includes(id)),
    feature,
    async features(filter, after, limit) {
      const { items, next } = await views.features(filter, after, limit);
      return { items: mine(items), next };
    },
    // A record of another product may speak about a feature of theirs: what it says is told, what it is called is not.
    async evidence(featureId, after, limit) {
      if ((await feature(featureId)) === undefined) return { items: [], next: undefined };
      const { items, next } = await views.evidence(featureId, after, limit);
      const known = await Promise.all(items.map(({ kind, id }) => views.entity(kind, id)));
      return { items: items.filter((_, at) => isVisible(known[at])), next };
    },
    async changes(since, after, limit, names) {
      const { items, next } = await views.changes(since, after, limit, names);
      return { items: items.filter(isTold), next };
    },
    search: async (text, limit) => mine(await views.search(text, limit)),
    connections: async () =>
      (await views.connections()).map(({ reason: _, ...connection }) => ({ ...connection, quarantined: 0 })),
    counts: (product) => views.counts(product),
    healthCounts: (product) => views.healthCounts(product),
    changedSince: (since, product) => views.changedSince(since, product),
    person: async () => undefined,
  };
  const isVisible = (entity: Owned | undefined) =>
    entity !== undefined && (entity.productIds.length === 0 || isMine(entity));
  return new Proxy(reads as Views, {
    get: (target, name) => Reflect.get(target, name) ?? refused,
  });
};
