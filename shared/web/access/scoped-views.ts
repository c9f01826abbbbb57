import { NO_SCOPE, type ScopeItem, scopeOf } from "../../domain/cycle-scope.ts";
import type { Entity } from "../../domain/entity.ts";
import type { HubEvent } from "../../domain/event.ts";
import type { PastValue } from "../../domain/history.ts";
import type { Course } from "../../domain/interval.ts";
import type { ConnectionView, FeatureView, Slice, Views } from "../../store/views.ts";
import { hiddenWords, onlyVisibleSpoke, redactedFeature, withoutTexts } from "./redacted.ts";
import { scopedPlans } from "./scoped-plans.ts";
import { scopedReads } from "./scoped-reads.ts";
import { sifted } from "./sifted.ts";
import { tellable } from "./tellable.ts";

const ITEMS_AT_ONCE = 500;

/**
 * The views of somebody who may see some products only: what belongs to none of them does not exist. Every read stands
 * here by name, so that a new one is refused by the compiler until somebody has said who may see what of it.
 *
 * @param products ids
 */
export const scopedViews = (views: Views, products: readonly string[]): Views => {
  const mine = new Set(products);
  const isMine = (ids: readonly string[] | undefined) => ids?.some((id) => mine.has(id)) === true;
  const own = <Thing extends { readonly productIds: readonly string[] }>(thing: Thing): Thing => ({
    ...thing,
    productIds: thing.productIds.filter((id) => mine.has(id)),
  });
  /** Of one product that is asked for, or of all. */
  const asked = (product: string | undefined) =>
    product === undefined ? products : products.filter((id) => id === product);
  const visibleOf = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const found = await views.productsOf(ids);
    return new Set(ids.filter((id) => isMine(found.get(id))));
  };
  const wordsOf = (featureId: string) => hiddenWords(views, featureId, visibleOf);
  /** Without initiatives and experiments of other products. */
  const withOwn = async (feature: FeatureView): Promise<FeatureView> => {
    const { initiatives, decisions } = feature;
    const visible = await visibleOf([...initiatives, ...(decisions ?? [])].map(({ id }) => id));
    const isVisible = ({ id }: { readonly id: string }) => visible.has(id);
    return {
      ...own(feature),
      initiatives: initiatives.filter(isVisible),
      ...(decisions && { decisions: decisions.filter(isVisible) }),
    };
  };
  const shown = async (feature: FeatureView): Promise<FeatureView> => {
    const [words, seen] = await Promise.all([wordsOf(feature.id), withOwn(feature)]);
    return redactedFeature(seen, words);
  };
  /** Of then: what records of other products were called then is not known any more, so that no text is told where one spoke. */
  const shownThen = async (feature: FeatureView): Promise<FeatureView> => {
    const seen = await withOwn(feature);
    return (await onlyVisibleSpoke(views, feature.id, visibleOf)) ? seen : withoutTexts(seen);
  };
  const feature = async (idOrKey: string) => {
    const found = await views.feature(idOrKey);
    return found !== undefined && isMine(found.productIds) ? found : undefined;
  };
  const nothing = { items: [], next: undefined };

  const connections = async () => (await views.connections()).flatMap((one) => connectionFor(one, mine));
  const isWhole = async (connectionId: string) => {
    const of = (await views.connections()).find(({ id }) => id === connectionId)?.productIds ?? [];
    return of.length > 0 && of.every((id) => mine.has(id));
  };

  const told = (event: HubEvent) => tellable(views, products, event);

  return {
    products: async () => (await views.products()).filter(({ id }) => mine.has(id)),
    productsOf: async (ids) =>
      new Map(
        [...(await views.productsOf(ids))].flatMap(([id, of]) =>
          isMine(of) ? [[id, own({ productIds: of }).productIds]] : [],
        ),
      ),
    ...scopedReads(views, { products, isMine, shown }),
    asOf: (at) => scopedReads(views.asOf(at), { products, isMine, shown: shownThen }),
    keptSince: () => views.keptSince(),
    async changed(since, until, after, limit) {
      const { items, next } = await views.changed(since, until, after, limit);
      const then = async (view: FeatureView | undefined) =>
        view !== undefined && isMine(view.productIds) ? shownThen(view) : undefined;
      const told = items.map(async ({ id, before, now }) => ({ id, before: await then(before), now: await then(now) }));
      return {
        items: (await Promise.all(told)).filter(({ before, now }) => before !== undefined || now !== undefined),
        next,
      };
    },
    async evidence(featureId, after, limit, ever) {
      if ((await feature(featureId)) === undefined) return nothing;
      const words = await wordsOf(featureId);
      return sifted(
        after,
        limit,
        (place, size) => views.evidence(featureId, place, size, ever),
        async (lines) => {
          const visible = await visibleOf(lines.map(({ id }) => id));
          return lines.flatMap((line) => {
            if (!visible.has(line.id)) return [];
            return [words.isIn(line.via) ? { ...line, via: "another record" } : line];
          });
        },
      );
    },
    async timeline(featureId, after, limit) {
      if ((await feature(featureId)) === undefined) return nothing;
      const words = await wordsOf(featureId);
      return sifted(
        after,
        limit,
        (place, size) => views.timeline(featureId, place, size),
        async (lines) => {
          const visible = await visibleOf(lines.map(({ recordId }) => recordId));
          return lines.filter(({ recordId, text }) => visible.has(recordId) && !words.isIn(text));
        },
      );
    },
    async featureFlow(featureId, weeks) {
      const of = (await feature(featureId)) === undefined ? async () => new Set<string>() : visibleOf;
      return views.featureFlow(featureId, weeks, of);
    },
    // No product is called so: nothing was counted there.
    productFlow: (product, weeks, place) => views.productFlow(mine.has(product) ? product : "", weeks, place),
    ...scopedPlans(views, { isMine, own, asked, visibleOf, feature, shown }),
    async workItems(filter, after, limit) {
      const of = asked(filter.product);
      if (of.length === 0) return nothing;
      const { items, next } = await views.workItems({ ...filter, products: of }, after, limit);
      return { items: items.map(own), next };
    },
    async workItem(idOrKey) {
      const item = await views.workItem(idOrKey);
      return item !== undefined && isMine(item.productIds) ? own(item) : undefined;
    },
    async itemHistory(item) {
      const told = await views.itemHistory(item);
      const values = [...told.parent.intervals, ...told.cycles.intervals].flatMap(({ value }) => value?.id ?? []);
      const visible = await visibleOf(values);
      const named = (value: PastValue): PastValue => (value.id !== undefined && visible.has(value.id) ? value : {});
      return {
        ...told,
        parent: over(told.parent, (value) => value && named(value)),
        cycles: over(told.cycles, named),
      };
    },
    async cycles(filter, after, limit) {
      const { items, next } = await views.cycles({ ...filter, products }, after, limit);
      return { items: items.map(own), next };
    },
    async cycle(id) {
      const cycle = await views.cycle(id);
      return cycle !== undefined && isMine(cycle.productIds) ? own(cycle) : undefined;
    },
    async cycleScope(cycle) {
      let scope = NO_SCOPE;
      for await (const items of everyItem(views, cycle)) {
        const visible = await visibleOf(items.map(({ part }) => part.id));
        scope = scopeOf(
          items.filter(({ part }) => visible.has(part.id)),
          scope,
        );
      }
      return scope;
    },
    async cycleItems(cycle, role, after, limit) {
      const people = new Map();
      const slice = await sifted(
        after,
        limit,
        async (place, size) => {
          const page = await views.cycleItems(cycle, role, place, size);
          for (const [id, name] of page.people) people.set(id, name);
          return page;
        },
        async (items) => {
          const visible = await visibleOf(items.map(({ part }) => part.id));
          return items.filter(({ part }) => visible.has(part.id));
        },
      );
      const isNamed = JSON.stringify(slice.items);
      return { ...slice, people: new Map([...people].filter(([id]) => isNamed.includes(id))) };
    },
    async entities(kind, filter, after, limit) {
      const of = asked(filter.product);
      const isHidden = filter.feature !== undefined && (await feature(filter.feature)) === undefined;
      if (of.length === 0 || isHidden) return nothing;
      const { items, next } = await views.entities(kind, { ...filter, products: of }, after, limit);
      return { items: items.map(own), next };
    },
    async entity(kind, idOrKey) {
      const found = await views.entity(kind, idOrKey);
      return found !== undefined && isMine(found.productIds) ? own(found) : undefined;
    },
    search: async (text, limit) =>
      (await views.search(text, limit, products)).filter(({ productIds }) => isMine(productIds)).map(own),
    unmapped: async (connectionId, after, limit) =>
      (await isWhole(connectionId)) ? views.unmapped(connectionId, after, limit) : nothing,
    words: async (connectionId, after, limit) =>
      (await isWhole(connectionId)) ? views.words(connectionId, after, limit) : nothing,
    connectionDetail: async (connectionId) =>
      (await isWhole(connectionId)) ? views.connectionDetail(connectionId) : undefined,
    // Persons belong to no product: who may see some products only sees those who are named on their records.
    people: async () => nothing,
    person: async () => undefined,
    peopleCounts: async () => ({ probable: 0, unmatched: 0, confirmed: 0 }),
    accounts: (ids) => views.accounts(ids),
    changes: (since, after, limit, names) =>
      sifted(
        after,
        limit,
        (place, size) => views.changes(since, place, size, names),
        async (events) => (await Promise.all(events.map(told))).filter((event) => event !== undefined),
      ),
    changesBack: (since, after, limit, names) =>
      sifted(
        after,
        limit,
        (place, size) => views.changesBack(since, place, size, names),
        async (events) => (await Promise.all(events.map(told))).filter((event) => event !== undefined),
      ),
    lastChanges: async (name, limit) =>
      (await Promise.all((await views.lastChanges(name, limit)).map(told))).filter((event) => event !== undefined),
    connections,
    connection: async (nameOrId) => (await connections()).find(({ id, name }) => id === nameOrId || name === nameOrId),
    quarantine: async (connectionId, after, limit) =>
      (await isWhole(connectionId)) ? views.quarantine(connectionId, after, limit) : nothing,
    deadLetter: async (connectionId, name) =>
      (await isWhole(connectionId)) ? views.deadLetter(connectionId, name) : undefined,
    changedSince: (since, product, upTo) => {
      const of = typeof product === "object" ? product.filter((id) => mine.has(id)) : asked(product);
      return views.changedSince(since, of, upTo);
    },
  };
};

/**
 * A connection for somebody who sees some of the products that it feeds. Where it feeds others too, the names of its
 * projects and repositories, and what went wrong with which, stay untold.
 */
const connectionFor = (connection: ConnectionView, mine: ReadonlySet<string>): ConnectionView[] => {
  const { productIds = [], streams, reason: _, ...rest } = connection;
  const visible = productIds.filter((id) => mine.has(id));
  if (visible.length === 0) return [];
  if (visible.length === productIds.length) return [connection];
  return [
    {
      ...rest,
      productIds: visible,
      streams: streams.map(({ census: _c, error: _e, ...run }) => ({ ...run, scope: "" })),
    },
  ];
};

async function* everyItem(views: Views, cycle: Entity<"cycle">): AsyncGenerator<readonly ScopeItem[]> {
  for (let after: string | undefined; ; ) {
    const page: Slice<ScopeItem> = await views.cycleItems(cycle, undefined, after, ITEMS_AT_ONCE);
    yield page.items;
    after = page.next;
    if (after === undefined) return;
  }
}

const over = <Value>(course: Course<Value>, shown: (value: Value) => Value): Course<Value> => ({
  ...course,
  intervals: course.intervals.map((interval) => ({ ...interval, value: shown(interval.value) })),
});
