import type { Entity } from "../domain/entity.ts";
import type { HubEvent } from "../domain/event.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Stage } from "../domain/stage.ts";
import type { Row, Table } from "../ports/table.ts";
import { boardPlace, HEALTH_BY_RANK, placedIn } from "./board-place.ts";
import { COLUMNS, firstBoardAt } from "./boards.ts";
import { changesBack } from "./changes-back.ts";
import type { ConnectionDetail, MappedWord } from "./connection-detail.ts";
import { letterNamed } from "./dead-letters.ts";
import { calledSo, entitiesById, entityById } from "./entities.ts";
import { featuresById } from "./entity-reads.ts";
import { entityViews } from "./entity-views.ts";
import { featureFits, fitsText, isOwnedBy } from "./feature-fits.ts";
import { flowViews } from "./flow-views.ts";
import { historyViews } from "./history-views.ts";
import { lists, partition, viewKey } from "./keys.ts";
import { lastChanges } from "./last-changes.ts";
import { linkViews } from "./link-views.ts";
import { mappedWords } from "./mapped-words.ts";
import { featuresAmong, objectiveFeatures } from "./objective-features.ts";
import { changedBetween, lastOf, type SteppedView } from "./past.ts";
import { pastViews } from "./past-views.ts";
import { peopleViews } from "./people.ts";
import { planPastViews } from "./plan-past-views.ts";
import { planViews } from "./plan-views.ts";
import { recentFeatures } from "./recent-features.ts";
import { search } from "./search.ts";
import { stageChanges } from "./stage-changes.ts";
import type {
  ConnectionView,
  EvidenceLine,
  FeatureView,
  HealthValue,
  ProductView,
  Quarantined,
  TimelineLine,
  Views,
} from "./views.ts";
import { LOOK_AT_MOST, walkIds } from "./walk-kind.ts";

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
    readonly detail?: (connectionId: string) => Promise<ConnectionDetail | undefined>;
  },
): Views => {
  const viewOf = async (id: string): Promise<FeatureView | undefined> => {
    const { pk, sk } = viewKey(id);
    const row = await table.get<SteppedView>(pk, sk);
    return row && lastOf(row.data);
  };
  /** A record that another one stands for answers as that one. */
  const featureById = async (id: string) => {
    const view = await viewOf(id);
    return view?.sameAs === undefined ? view : ((await viewOf(view.sameAs)) ?? view);
  };

  /** Features of one column, page by page, until enough fit or enough were looked at. */
  const sift = async (
    stage: Stage | "none",
    after: string | undefined,
    limit: number,
    fits: (view: FeatureView) => boolean,
    prefix?: string,
  ) => {
    const pk = lists.stage(stage);
    const wanted = Math.min(200, limit + 1);
    const items: FeatureView[] = [];
    let place = after;
    for (let looked = 0; looked < LOOK_AT_MOST; ) {
      const entries = await table.sortKeys({
        pk,
        by: "list",
        limit: wanted,
        ...(prefix !== undefined && { prefix }),
        ...(place !== undefined && { after: place }),
      });
      const views = await featuresById(
        table,
        entries.map((entry) => placedIn(entry).id),
      );
      for (const entry of entries) {
        if (items.length === limit) return { items, next: place };
        place = entry;
        const view = views.get(placedIn(entry).id);
        // Where it stood a moment ago it may still be listed.
        const stands = view && boardPlace(view);
        if (view !== undefined && stands?.pk === pk && stands.sk === entry && fits(view)) items.push(view);
      }
      looked += entries.length;
      if (entries.length < wanted) return { items, next: undefined };
    }
    return { items, next: place };
  };

  /** Parts of a column that lie together: those of some products with some healths, in the column's order. */
  const partsOf = (product: string | undefined, health: readonly HealthValue[] | undefined): readonly string[] => {
    if (health === undefined) return [product === undefined ? "" : `${product}#`];
    const products = product === undefined ? [...configured.products.map(({ id }) => id), "-"].sort() : [product];
    const ranks = HEALTH_BY_RANK.flatMap((value, rank) => (health.includes(value) ? [rank] : []));
    return products.flatMap((id) => ranks.map((rank) => `${id}#${rank}#`));
  };

  const countIn = async (stage: Stage | "none", parts: readonly string[]): Promise<number> => {
    let count = 0;
    for (const prefix of parts)
      count += await table.count({ pk: lists.stage(stage), by: "list", ...(prefix !== "" && { prefix }) });
    return count;
  };

  const idOf = async (idOrKey: string): Promise<string | undefined> => {
    if (kindOf(idOrKey) === "feature") return idOrKey;
    for (const spelling of new Set([idOrKey.toUpperCase(), idOrKey.toLowerCase(), idOrKey]))
      for (const id of await calledSo(table, spelling)) if (kindOf(id) === "feature") return id;
    return undefined;
  };

  const kinds = entityViews(table);
  return {
    ...kinds,
    async search(text, limit, products) {
      const hits = await search(table, text, limit, products);
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
    ...planPastViews(table),
    objectiveFeatures: (id) => objectiveFeatures(table, id),
    ...flowViews(table, configured.now),
    products: async () => configured.products,
    async productsOf(ids) {
      const found = await entitiesById(table, ids);
      return new Map([...found].map(([id, { productIds }]) => [id, productIds]));
    },
    async feature(idOrKey) {
      const id = await idOf(idOrKey);
      return id === undefined ? undefined : featureById(id);
    },
    async features(filter, after, limit) {
      if (filter.ids !== undefined && filter.order === undefined) {
        const read = async (ids: readonly string[]) => [...(await featuresById(table, ids)).values()];
        return featuresAmong(filter.ids, read, filter, after, limit);
      }
      if (filter.order !== undefined) return recentFeatures(table, (view) => featureFits(view, filter), after, limit);
      return walkIds(table, "feature", after, limit, async (some) => {
        const views = await featuresById(table, some);
        return some.map((id) => {
          const view = views.get(id);
          return view !== undefined && featureFits(view, filter) ? view : undefined;
        });
      });
    },
    asOf: (at) => pastViews(table, at, idOf),
    keptSince: () => firstBoardAt(table),
    changesBack: (since, after, limit, names) => changesBack(table, configured.now(), since, after, limit, names),
    changed: (since, until, after, limit) => changedBetween(table, since, until, after, limit),
    async column(stage, product, after, limit, { health, q, owner } = {}) {
      const items: FeatureView[] = [];
      for (const prefix of partsOf(product, health)) {
        if (after !== undefined && prefix < after && !after.startsWith(prefix)) continue;
        const slice = await sift(
          stage,
          after !== undefined && after > prefix ? after : undefined,
          limit - items.length,
          (view) => fitsText(view, q) && isOwnedBy(view, owner),
          prefix === "" ? undefined : prefix,
        );
        items.push(...slice.items);
        if (slice.next !== undefined) return { items, next: slice.next };
        if (items.length === limit) return { items, next: prefix === "" ? undefined : `${prefix}~` };
      }
      return { items, next: undefined };
    },
    async counts(product, health) {
      const parts = partsOf(product, health);
      const counted = await Promise.all(COLUMNS.map(async (stage) => [stage, await countIn(stage, parts)] as const));
      return Object.fromEntries(counted) as Record<Stage | "none", number>;
    },
    async healthCounts(product) {
      const counts: Record<HealthValue, number> = { on_track: 0, at_risk: 0, off_track: 0, unknown: 0 };
      const products = product === undefined ? [...configured.products.map(({ id }) => id), "-"] : [product];
      for (const id of products) {
        for (const [rank, health] of HEALTH_BY_RANK.entries()) {
          for (const stage of COLUMNS)
            counts[health] += await table.count({ pk: lists.stage(stage), by: "list", prefix: `${id}#${rank}#` });
        }
      }
      return counts;
    },
    async evidence(featureId, after, limit, ever = false) {
      const rows = await table.query<{ gone: boolean; line: EvidenceLine }>({
        pk: partition.ofEntity(featureId),
        prefix: "F#",
        limit: limit + 1,
        ...(after !== undefined && { after }),
      });
      const shown = rows.slice(0, limit);
      return {
        items: shown.flatMap(({ data: { gone, line } }) => ((gone && !ever) || line.id === featureId ? [] : [line])),
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
    deadLetter: (connectionId, name) => letterNamed(table, connectionId, name),
    words: (connectionId, after, limit) => mappedWords(table, connectionId, configured.statusOf, after, limit),
    async unmapped(connectionId, after, limit) {
      const isUnknown = ({ means }: MappedWord) => means === "unknown";
      const found = await mappedWords(table, connectionId, configured.statusOf, after, limit, isUnknown);
      return { ...found, items: found.items.map(({ means: _, by: __, ...word }) => word) };
    },
    connectionDetail: async (connectionId) => configured.detail?.(connectionId),
    changedSince: stageChanges(table),
  };
};

/** No hub is older. */
const FIRST_DAY = "2026-01-01";

const latest = (a: string, b: string): string => (a > b ? a : b);

const nextDay = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/** What a search shows of the feature that another record stands for. */
const shownAs = ({ id, key, name, tool, url, productIds }: FeatureView) => ({ id, key, name, tool, url, productIds });
