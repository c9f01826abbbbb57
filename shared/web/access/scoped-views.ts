import { NO_SCOPE, type ScopeItem, scopeOf } from "../../domain/cycle-scope.ts";
import type { Entity } from "../../domain/entity.ts";
import type { HubEvent } from "../../domain/event.ts";
import type { PastValue } from "../../domain/history.ts";
import type { Course } from "../../domain/interval.ts";
import { STAGES } from "../../domain/stage.ts";
import type { ConnectionView, FeatureView, HealthValue, Slice, Views } from "../../store/views.ts";
import { hiddenWords, redactedEvent, redactedFeature } from "./redacted.ts";
import { scopedPlans } from "./scoped-plans.ts";
import { sifted } from "./sifted.ts";

const ITEMS_AT_ONCE = 500;
const HEALTHS: readonly HealthValue[] = ["on_track", "at_risk", "off_track", "unknown"];

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
  const shown = async (feature: FeatureView): Promise<FeatureView> => {
    const [words, above] = await Promise.all([wordsOf(feature.id), visibleOf(feature.initiatives.map(({ id }) => id))]);
    const initiatives = feature.initiatives.filter(({ id }) => above.has(id));
    return redactedFeature({ ...own(feature), initiatives }, words);
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

  /** Whether somebody may be told of an event, and that event. */
  const tellable = async (event: HubEvent): Promise<HubEvent | undefined> => {
    const { data } = event;
    if ("productIds" in data) {
      if (!isMine(data.productIds)) return undefined;
      const told = { ...event, data: own(data) } as HubEvent;
      return "feature" in data ? redactedEvent(told, await wordsOf(data.feature.id)) : told;
    }
    if ("product" in data) return mine.has(data.product.id) ? event : undefined;
    if ("connection" in data) return (await isWhole(data.connection.id)) ? event : undefined;
    // Sums over everything, persons and links cannot be told by product.
    if (/^(?:records|identity|link)\./.test(event.name)) return undefined;
    return (await visibleOf([event.subject])).size > 0 ? event : undefined;
  };

  return {
    products: async () => (await views.products()).filter(({ id }) => mine.has(id)),
    productsOf: async (ids) =>
      new Map(
        [...(await views.productsOf(ids))].flatMap(([id, of]) =>
          isMine(of) ? [[id, own({ productIds: of }).productIds]] : [],
        ),
      ),
    async feature(idOrKey) {
      const found = await feature(idOrKey);
      return found && shown(found);
    },
    async features(filter, after, limit) {
      const of = asked(filter.product);
      if (of.length === 0) return nothing;
      const { items, next } = await views.features({ ...filter, products: of }, after, limit);
      return { items: await Promise.all(items.map(shown)), next };
    },
    async column(stage, product, after, limit) {
      // A column is in order of products first: one after the other is the same order.
      const items: FeatureView[] = [];
      const [from, place] = after === undefined ? [] : (after.split("\n", 2) as [string, string]);
      const of = [...asked(product)].sort().filter((id) => from === undefined || id >= from);
      for (const id of of) {
        const slice = await views.column(stage, id, id === from && place ? place : undefined, limit - items.length);
        items.push(...(await Promise.all(slice.items.map(shown))));
        if (slice.next !== undefined) return { items, next: `${id}\n${slice.next}` };
        const following = of[of.indexOf(id) + 1];
        if (items.length >= limit) return { items, next: following && `${following}\n` };
      }
      return { items, next: undefined };
    },
    counts: async (product) =>
      summed([...STAGES, "none"] as const, await Promise.all(asked(product).map((id) => views.counts(id)))),
    healthCounts: async (product) =>
      summed(HEALTHS, await Promise.all(asked(product).map((id) => views.healthCounts(id)))),
    async evidence(featureId, after, limit) {
      if ((await feature(featureId)) === undefined) return nothing;
      const words = await wordsOf(featureId);
      return sifted(
        after,
        limit,
        (place, size) => views.evidence(featureId, place, size),
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
        async (events) => (await Promise.all(events.map(tellable))).filter((event) => event !== undefined),
      ),
    lastChanges: async (name, limit) =>
      (await Promise.all((await views.lastChanges(name, limit)).map(tellable))).filter((event) => event !== undefined),
    connections,
    connection: async (nameOrId) => (await connections()).find(({ id, name }) => id === nameOrId || name === nameOrId),
    quarantine: async (connectionId, after, limit) =>
      (await isWhole(connectionId)) ? views.quarantine(connectionId, after, limit) : nothing,
    changedSince: (since, product) =>
      views.changedSince(since, typeof product === "object" ? product.filter((id) => mine.has(id)) : asked(product)),
  };
};

const summed = <Word extends string>(words: readonly Word[], counts: readonly Readonly<Record<Word, number>>[]) =>
  Object.fromEntries(words.map((word) => [word, counts.reduce((sum, count) => sum + count[word], 0)])) as Record<
    Word,
    number
  >;

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
