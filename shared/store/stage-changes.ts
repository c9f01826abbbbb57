import type { HubEvent } from "../domain/event.ts";
import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import { isOfAny } from "./feature-fits.ts";
import { dues } from "./keys.ts";
import type { Views } from "./views.ts";
import { LOOK_AT_MOST } from "./walk-kind.ts";

type StageChanged = HubEvent<"feature.stage.changed">;

const PAGE = 1000;
/** Pages of one reading; where there are more, the next reading goes on. */
const PAGES_AT_MOST = 10;
/** The clocks of two publishers differ by less, and an index follows its table sooner. */
const LATE_MS = 5000;
/** So far back the clock of who asks may go before all is read anew. */
const SLACK_MS = 60_000;

const earlier = (at: Instant, ms: number): Instant => new Date(Date.parse(at) - ms).toISOString();

/** By feature, the place in the log of its last change: those that changed longest ago stand first. */
type LastPlaces = Map<string, string>;

/** What is known of the changes since a moment. */
interface Known {
  readonly from: Instant;
  readonly ofAll: LastPlaces;
  readonly ofProduct: Map<string, LastPlaces>;
  /** The last change that was read, and whether it was the last there was. */
  readonly last: string;
  readonly isWhole: boolean;
}

const note = (places: LastPlaces, feature: string, place: string) => {
  if ((places.get(feature) ?? "") >= place) return;
  places.delete(feature);
  places.set(feature, place);
};

/** Reads what came since the last reading; what was logged a little late may stand before it. */
const readOn = async (table: Table, { last, isWhole, ...known }: Known): Promise<Known> => {
  const late = earlier(last.split("#", 1)[0] ?? last, LATE_MS);
  let after = isWhole && late > known.from ? late : last;
  for (let page = 1; ; page++) {
    const rows = await table.query<StageChanged>({ pk: dues.stageChanges, by: "due", after, limit: PAGE });
    for (const { due, data } of rows) {
      after = due?.sk ?? after;
      note(known.ofAll, data.subject, after);
      for (const product of data.data.productIds) {
        const places: LastPlaces = known.ofProduct.get(product) ?? new Map();
        known.ofProduct.set(product, places);
        note(places, data.subject, after);
      }
    }
    if (rows.length < PAGE || page === PAGES_AT_MOST)
      return { ...known, last: after > last ? after : last, isWhole: rows.length < PAGE };
  }
};

/** Forgets what changed no later than a moment, of which nobody will ask again. */
const without = (known: Known, from: Instant): Known => {
  for (const places of [known.ofAll, ...known.ofProduct.values()])
    for (const [feature, place] of places) {
      if (place > from) break;
      places.delete(feature);
    }
  return { ...known, from };
};

const nothing = (from: Instant): Known => ({
  from,
  ofAll: new Map(),
  ofProduct: new Map(),
  last: from,
  isWhole: false,
});

const newerThan = (since: Instant, places: LastPlaces | undefined): readonly string[] =>
  [...(places ?? [])].flatMap(([feature, place]) => (place > since ? [feature] : []));

/** The same, of how many there are: all but the first few. */
const countNewerThan = (since: Instant, places: LastPlaces = new Map()): number => {
  let older = 0;
  for (const place of places.values()) {
    if (place > since) break;
    older += 1;
  }
  return places.size - older;
};

/**
 * How many features changed stage since a moment. Changes are read once and then only those that came since, so that
 * asking again and again for the last week costs what changed in between, not what changed in a week.
 */
export const stageChanges = (table: Table): Views["changedSince"] => {
  let known: Known | undefined;
  let reading: Promise<Known> | undefined;
  /** One at a time, since each goes on where the one before ended. */
  const upToDate = (since: Instant): Promise<Known> => {
    const read = async (before: Promise<Known> | undefined) => {
      await before?.catch(() => undefined);
      const from = earlier(since, SLACK_MS);
      const start = known === undefined || since < known.from ? nothing(from) : known;
      known = await readOn(table, start.from < from ? without(start, from) : start);
      return known;
    };
    const mine = read(reading);
    reading = mine;
    return mine;
  };
  return async (since, product, upTo) => {
    if (upTo !== undefined) return changedBetween(table, since, product, upTo);
    const { ofAll, ofProduct } = await upToDate(since);
    if (product === undefined) return countNewerThan(since, ofAll);
    if (typeof product === "string") return countNewerThan(since, ofProduct.get(product));
    if (product.length === 1) return countNewerThan(since, ofProduct.get(product[0] ?? ""));
    return new Set(product.flatMap((id) => newerThan(since, ofProduct.get(id)))).size;
  };
};

/** The same of a time that is over, of the first so many changes of it. */
const changedBetween = async (
  table: Table,
  since: Instant,
  product: string | readonly string[] | undefined,
  upTo: Instant,
): Promise<number> => {
  const rows = await table.query<StageChanged>({
    pk: dues.stageChanges,
    by: "due",
    after: since,
    upTo: `${upTo}#~`,
    limit: LOOK_AT_MOST,
  });
  const products = typeof product === "string" ? [product] : product;
  return new Set(rows.flatMap(({ data }) => (isOfAny(products, data.data) ? [data.subject] : []))).size;
};
