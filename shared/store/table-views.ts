import type { Entity } from "../domain/entity.ts";
import type { HubEvent } from "../domain/event.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import type { Row, Table } from "../ports/table.ts";
import { calledSo, entitiesById, entityById } from "./entities.ts";
import { entityViews, LOOK_AT_MOST, walkKind } from "./entity-views.ts";
import { flowViews } from "./flow-views.ts";
import { historyViews } from "./history-views.ts";
import { dues, lists, partition, viewKey } from "./keys.ts";
import { linkViews } from "./link-views.ts";
import { peopleViews } from "./people.ts";
import { planViews } from "./plan-views.ts";
import { recentFeatures } from "./recent-features.ts";
import { search } from "./search.ts";
import { unmappedWords } from "./unmapped.ts";
import type {
  ConnectionView,
  EvidenceLine,
  FeatureFilter,
  FeatureView,
  HealthValue,
  ProductView,
  Quarantined,
  TimelineLine,
  Views,
} from "./views.ts";

const COLUMNS = [...STAGES, "none"] as const;
const DAY_MS = 86_400_000;

/** The reads of {@link Views} over the table; products and connections come from the config. */
export const tableViews = (
  table: Table,
  configured: {
    readonly products: readonly ProductView[];
    readonly connections: () => Promise<readonly ConnectionView[]>;
    readonly now: () => Date;
    /** The status words of a connection as they are mapped today. */
    readonly statusOf: (connectionId: string) => Promise<StatusOf>;
  },
): Views => {
  const viewOf = async (id: string) => (await table.get<FeatureView>(viewKey(id).pk, viewKey(id).sk))?.data;
  /** A record that another one stands for answers as that one. */
  const featureById = async (id: string) => {
    const view = await viewOf(id);
    return view?.sameAs === undefined ? view : ((await viewOf(view.sameAs)) ?? view);
  };

  /** One list, page by page, until enough rows fit or enough were looked at. */
  const sift = async <Data>(
    pk: string,
    after: string | undefined,
    limit: number,
    fits: (data: Data) => boolean,
    prefix?: string,
  ) => {
    const items: Data[] = [];
    let place = after;
    for (let looked = 0; looked < LOOK_AT_MOST; ) {
      const rows: Row<Data>[] = await table.query<Data>({
        pk,
        by: "list",
        limit: Math.min(200, limit + 1),
        ...(prefix !== undefined && { prefix }),
        ...(place !== undefined && { after: place }),
      });
      for (const row of rows) {
        if (items.length === limit) return { items, next: place };
        place = row.list?.sk;
        if (fits(row.data)) items.push(row.data);
      }
      looked += rows.length;
      if (rows.length < Math.min(200, limit + 1)) return { items, next: undefined };
    }
    return { items, next: place };
  };

  const countBy = async (product: string | undefined, stage: Stage | "none") =>
    table.count({ pk: lists.stage(stage), by: "list", ...(product !== undefined && { prefix: `${product}#` }) });

  const kinds = entityViews(table);
  return {
    ...kinds,
    async search(text, limit) {
      const hits = await search(table, text, limit);
      const homes = await Promise.all(
        hits.map(async (hit) => {
          const home = hit.kind === "feature" ? await featureById(hit.id) : undefined;
          return home === undefined || home.id === hit.id ? hit : { ...hit, ...shownAs(home) };
        }),
      );
      return [...new Map(homes.map((hit) => [hit.id, hit])).values()];
    },
    ...historyViews(table, configured.statusOf),
    ...peopleViews(table),
    ...linkViews(table),
    ...planViews(table),
    ...flowViews(table, configured.now),
    products: async () => configured.products,
    async productsOf(ids) {
      const found = await entitiesById(table, ids);
      return new Map([...found].map(([id, { productIds }]) => [id, productIds]));
    },
    async feature(idOrKey) {
      if (kindOf(idOrKey) === "feature") return featureById(idOrKey);
      for (const id of await calledSo(table, idOrKey.toUpperCase()))
        if (kindOf(id) === "feature") return featureById(id);
      for (const id of await calledSo(table, idOrKey.toLowerCase()))
        if (kindOf(id) === "feature") return featureById(id);
      for (const id of await calledSo(table, idOrKey)) if (kindOf(id) === "feature") return featureById(id);
      return undefined;
    },
    async features(filter, after, limit) {
      if (filter.order !== undefined)
        return recentFeatures(table, (view) => view.sameAs === undefined && fits(view, filter), after, limit);
      return walkKind<FeatureView>(table, "feature", after, limit, async (found) => {
        const rows = await table.getMany<FeatureView>(found.map(({ id }) => viewKey(id)));
        const views = new Map(rows.map(({ data }) => [data.id, data]));
        return found.map(({ id }) => {
          const view = views.get(id);
          return view !== undefined && view.sameAs === undefined && fits(view, filter) ? view : undefined;
        });
      });
    },
    column: (stage, product, after, limit) =>
      sift<FeatureView>(
        lists.stage(stage),
        after,
        limit,
        () => true,
        product === undefined ? undefined : `${product}#`,
      ),
    async counts(product) {
      const counted = await Promise.all(COLUMNS.map(async (stage) => [stage, await countBy(product, stage)] as const));
      return Object.fromEntries(counted) as Record<Stage | "none", number>;
    },
    async healthCounts(product) {
      const counts: Record<HealthValue, number> = { on_track: 0, at_risk: 0, off_track: 0, unknown: 0 };
      const products = product === undefined ? [...configured.products.map(({ id }) => id), "-"] : [product];
      const ranks: readonly HealthValue[] = ["off_track", "at_risk", "unknown", "on_track"];
      for (const id of products) {
        for (const [rank, health] of ranks.entries()) {
          for (const stage of COLUMNS)
            counts[health] += await table.count({ pk: lists.stage(stage), by: "list", prefix: `${id}#${rank}#` });
        }
      }
      return counts;
    },
    async evidence(featureId, after, limit) {
      const rows = await table.query<{ gone: boolean; line: EvidenceLine }>({
        pk: partition.ofEntity(featureId),
        prefix: "F#",
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const shown = rows.slice(0, limit);
      return {
        items: shown.flatMap(({ data }) => (data.gone || data.line.id === featureId ? [] : [data.line])),
        next: rows.length > limit ? shown.at(-1)?.sk : undefined,
      };
    },
    async timeline(featureId, after, limit) {
      const rows = await table.query<{ gone: boolean; line: TimelineLine }>({
        pk: partition.ofTimeline(featureId),
        descending: true,
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const shown = rows.slice(0, limit);
      return {
        items: shown.flatMap(({ data }) => (data.gone ? [] : [data.line])),
        next: rows.length > limit ? shown.at(-1)?.sk : undefined,
      };
    },
    workItems: (filter, after, limit) => kinds.entities("workItem", filter, after, limit),
    async workItem(idOrKey) {
      const ids =
        kindOf(idOrKey) === "workItem"
          ? [idOrKey]
          : [...(await calledSo(table, idOrKey.toUpperCase())), ...(await calledSo(table, idOrKey.toLowerCase()))];
      for (const id of ids) {
        const entity = await entityById(table, id);
        if (entity?.kind === "workItem") return entity as Entity<"workItem">;
      }
      return undefined;
    },
    cycles: ({ state, tool, products }, after, limit) =>
      kinds.entities("cycle", { status: state, tool, products }, after, limit),
    async changes(since, after, limit, names) {
      const items: HubEvent[] = [];
      let place = after ?? since;
      let looked = 0;
      const today = configured.now().toISOString().slice(0, 10);
      for (let day = latest(place.slice(0, 10), FIRST_DAY); day <= today; day = nextDay(day)) {
        for (;;) {
          const rows: Row<HubEvent>[] = await table.query<HubEvent>({
            pk: lists.changesOf(day),
            by: "list",
            after: place,
            limit: 200,
          });
          for (const { list, data } of rows) {
            if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
            place = list?.sk ?? place;
            looked += 1;
            if (names === undefined || names.includes(data.name)) items.push(data);
          }
          if (rows.length < 200) break;
        }
      }
      return { items, next: undefined };
    },
    connections: () => configured.connections(),
    async connection(nameOrId) {
      return (await configured.connections()).find(({ id, name }) => id === nameOrId || name === nameOrId);
    },
    async quarantine(connectionId, after, limit) {
      const rows = await table.query<Quarantined>({
        pk: partition.ofQuarantine(connectionId.replace(/^con_/, "")),
        descending: true,
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const shown = rows.slice(0, limit);
      return { items: shown.map(({ data }) => data), next: rows.length > limit ? shown.at(-1)?.sk : undefined };
    },
    unmapped: (connectionId, after, limit) => unmappedWords(table, connectionId, configured.statusOf, after, limit),
    async changedSince(since, product) {
      const changed = new Set<string>();
      const rows = await table.query<HubEvent<"feature.stage.changed">>({
        pk: dues.stageChanges,
        by: "due",
        after: since,
        limit: LOOK_AT_MOST,
      });
      for (const { data } of rows) {
        if (isOfAny(typeof product === "string" ? [product] : product, data.data)) changed.add(data.subject);
      }
      return changed.size;
    },
  };
};

/** No hub is older. */
const FIRST_DAY = "2026-01-01";

const latest = (a: string, b: string): string => (a > b ? a : b);

const nextDay = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

const isOfAny = (products: readonly string[] | undefined, of: { readonly productIds: readonly string[] }): boolean =>
  products === undefined || products.some((id) => of.productIds.includes(id));

const fits = (
  view: FeatureView,
  { product, products, stage, health, q, owner, dueBefore, updatedSince }: FeatureFilter,
): boolean =>
  view.presence.state !== "deleted" &&
  view.presence.state !== "out_of_scope" &&
  (product === undefined || view.productIds.includes(product)) &&
  isOfAny(products, view) &&
  (stage === undefined || stage.includes(view.explanation.headline ?? "none")) &&
  (health === undefined || health.includes(view.health.value)) &&
  (updatedSince === undefined || view.updatedAt >= updatedSince) &&
  (owner === undefined || isOwnedBy(view, owner)) &&
  (dueBefore === undefined || (view.targetDate !== undefined && view.targetDate < dueBefore)) &&
  (q === undefined || `${view.key ?? ""} ${view.name}`.toLowerCase().includes(q.toLowerCase()));

export const isOwnedBy = ({ owner }: FeatureView, named: readonly string[]): boolean =>
  owner !== undefined && (named.includes(owner.id) || named.includes(owner.name.toLowerCase()));

/** What a search shows of the feature that another record stands for. */
const shownAs = ({ id, key, name, tool, url, productIds }: FeatureView) => ({ id, key, name, tool, url, productIds });
