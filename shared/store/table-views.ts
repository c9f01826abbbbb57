import { type Entity, isKind } from "../domain/entity.ts";
import type { HubEvent } from "../domain/event.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import type { Row, Table } from "../ports/table.ts";
import { calledSo, entitiesById, entityById } from "./entities.ts";
import { flowViews } from "./flow-views.ts";
import { historyViews } from "./history-views.ts";
import { dues, lists, partition, SHARDS, viewKey } from "./keys.ts";
import { lastChanges } from "./last-changes.ts";
import { linkViews } from "./link-views.ts";
import { peopleViews } from "./people.ts";
import { planViews } from "./plan-views.ts";
import type {
  ConnectionView,
  EvidenceLine,
  FeatureFilter,
  FeatureView,
  HealthValue,
  ProductView,
  Quarantined,
  Slice,
  TimelineLine,
  Views,
  WorkItemFilter,
} from "./views.ts";

const COLUMNS = [...STAGES, "none"] as const;
/** Rows looked at for one page at the most: a filter that fits little gives a short page and the place to go on. */
const LOOK_AT_MOST = 2000;
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

  /** The shards of a kind one after the other: their ids ascend over all of them. */
  const walk = async <Data>(
    kind: "feature" | "workItem" | "cycle",
    after: string | undefined,
    limit: number,
    map: (id: string, data: unknown) => Promise<Data | undefined>,
  ) => {
    const items: Data[] = [];
    let looked = 0;
    const first =
      after === undefined ? 0 : SHARDS.indexOf((after.split("_")[1]?.[0] ?? "0") as (typeof SHARDS)[number]);
    let place = after;
    for (const digit of SHARDS.slice(Math.max(0, first))) {
      for (;;) {
        const rows = await table.query<Entity>({
          pk: lists.shard(kind, digit),
          by: "list",
          limit: 100,
          ...(place !== undefined && { after: place }),
        });
        for (const { data } of rows) {
          if (items.length === limit || looked === LOOK_AT_MOST) return { items, next: place };
          place = data.id;
          looked += 1;
          const item = await map(data.id, data);
          if (item !== undefined) items.push(item);
        }
        if (rows.length < 100) break;
      }
    }
    return { items, next: undefined };
  };

  const countBy = async (product: string | undefined, stage: Stage | "none") =>
    table.count({ pk: lists.stage(stage), by: "list", ...(product !== undefined && { prefix: `${product}#` }) });

  return {
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
      return walk("feature", after, limit, async (id) => {
        const view = await viewOf(id);
        return view !== undefined && view.sameAs === undefined && fits(view, filter) ? view : undefined;
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
    async workItems(filter, after, limit) {
      if (filter.feature !== undefined) return itemsOfFeature(table, filter.feature, filter, after, limit);
      return walk("workItem", after, limit, async (_, data) => {
        const item = data as Entity<"workItem">;
        return itemFits(item, filter) ? item : undefined;
      });
    },
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
      walk("cycle", after, limit, async (_, data) => {
        const cycle = data as Entity<"cycle">;
        const isGone = cycle.presence.state === "deleted" || cycle.presence.state === "out_of_scope";
        const hasState = state === undefined || state.includes(cycle.fields.state.category);
        const isOfTool = tool === undefined || tool === cycle.source.tool;
        return !isGone && hasState && isOfTool && isOfAny(products, cycle) ? cycle : undefined;
      }),
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
    lastChanges: (name, limit) => lastChanges(table, name, configured.now(), limit),
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

const fits = (view: FeatureView, { product, products, stage, health, q, updatedSince }: FeatureFilter): boolean =>
  view.presence.state !== "deleted" &&
  view.presence.state !== "out_of_scope" &&
  (product === undefined || view.productIds.includes(product)) &&
  isOfAny(products, view) &&
  (stage === undefined || stage.includes(view.explanation.headline ?? "none")) &&
  (health === undefined || health.includes(view.health.value)) &&
  (updatedSince === undefined || view.updatedAt >= updatedSince) &&
  (q === undefined || `${view.key ?? ""} ${view.name}`.toLowerCase().includes(q.toLowerCase()));

const itemFits = (
  item: Entity<"workItem">,
  { product, products, status, tool, updatedSince }: WorkItemFilter,
): boolean =>
  item.presence.state !== "deleted" &&
  item.presence.state !== "out_of_scope" &&
  (product === undefined || item.productIds.includes(product)) &&
  isOfAny(products, item) &&
  (status === undefined || status.includes(item.fields.status.category)) &&
  (tool === undefined || item.source.tool === tool) &&
  (updatedSince === undefined || item.sourceUpdatedAt >= updatedSince);

/** The items under a feature, read from where the feature keeps them. */
const itemsOfFeature = async (
  table: Table,
  featureId: string,
  filter: WorkItemFilter,
  after: string | undefined,
  limit: number,
): Promise<Slice<Entity<"workItem">>> => {
  const rows = await table.query<{ gone: boolean; line: EvidenceLine }>({
    pk: partition.ofEntity(featureId),
    prefix: "F#wrk_",
    limit: limit + 1,
    ...(after !== undefined && { after: `F#${after}` }),
  });
  const shown = rows.slice(0, limit);
  const found = await entitiesById(
    table,
    shown.flatMap(({ data }) => (data.gone ? [] : [data.line.id])),
  );
  const items = shown.flatMap(({ data }) => {
    const item = found.get(data.line.id);
    return isKind(item, "workItem") && itemFits(item, filter) ? [item] : [];
  });
  return { items, next: rows.length > limit ? shown.at(-1)?.data.line.id : undefined };
};
