import { dayOf } from "../../domain/day.ts";
import { STAGES, type Stage } from "../../domain/stage.ts";
import type { FeatureView, HealthValue, PastViews } from "../../store/views.ts";
import { LOOK_AT_MOST } from "../../store/walk-kind.ts";
import { viewsAt } from "../as-of.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";
import { AsOfBanner } from "./as-of-banner.tsx";
import { Beginning } from "./beginning.tsx";
import { columnCursor, MoreLink } from "./board-more.tsx";
import { ComparedLine, compared } from "./compared.tsx";
import { type CardContext, FeatureCard } from "./feature-card.tsx";
import { FeatureFilters, NothingMatches } from "./feature-filters.tsx";
import { byUrgency } from "./feature-order.ts";
import { type FeatureQuery, featureQuery } from "./feature-query.ts";
import { featuresPage, viewOf } from "./features-page.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { usualDays } from "./stage-age.ts";

const CARDS = 20;
/** Of features that a text or an owner fits, in one column. */
const COUNTED_AT_MOST = 200;

interface Column {
  readonly stage: Stage | "none";
  readonly cards: readonly FeatureView[];
  readonly count: number;
  /** There may be more than were counted: a text was looked for in the first features only. */
  readonly open: boolean;
  /** Where the next cards begin, in a column that is counted whole. */
  readonly next?: string | undefined;
}

const WORST_FIRST: readonly HealthValue[] = ["off_track", "at_risk", "on_track", "unknown"];

/** A column under a text or an owner: what fits is counted as far as it was looked for, and the page says how far. */
const searchedColumn = async (views: PastViews, stage: Stage | "none", { filter }: FeatureQuery): Promise<Column> => {
  const { items, next } = await views.column(stage, filter.product, undefined, COUNTED_AT_MOST, filter);
  const cards = items.toSorted(byUrgency).slice(0, CARDS);
  return { stage, cards, count: items.length, open: next !== undefined };
};

const columnsOf = async (views: PastViews, query: FeatureQuery): Promise<readonly Column[]> => {
  const stages = ["none" as const, ...STAGES];
  const { product, health, q, owner } = query.filter;
  if (q !== undefined || owner !== undefined)
    return Promise.all(stages.map((stage) => searchedColumn(views, stage, query)));
  const counts = await views.counts(product, health);
  return Promise.all(
    stages.map(async (stage) => {
      const none = { items: [], next: undefined };
      const { items, next } =
        counts[stage] === 0 ? none : await views.column(stage, product, undefined, CARDS, { health });
      return { stage, cards: items.toSorted(byUrgency), count: counts[stage], open: false, next };
    }),
  );
};

const countText = ({ count, open }: Column): string => `${count.toLocaleString("en-GB")}${open ? "+" : ""}`;

const BoardColumn = ({
  column,
  query,
  fold,
  card,
  cursor,
}: {
  column: Column;
  query: FeatureQuery;
  /** Stages that are folded. */
  fold: readonly string[];
  card: CardContext;
  /** Leads to the next cards; absent where only the table has them. */
  cursor: string | undefined;
}) => {
  const { stage, cards } = column;
  const rest = column.count - cards.length;
  const isFolded = fold.includes(stage);
  const others = isFolded ? fold.filter((one) => one !== stage) : [...fold, stage];
  return (
    <section class={isFolded || cards.length === 0 ? "col none" : "col"} aria-labelledby={`s-${stage}`}>
      <div class="colhead">
        <h2 id={`s-${stage}`}>
          {STAGE_WORDS[stage]} <span>{countText(column)}</span>
        </h2>
        {cards.length > 0 && (
          <a class="fold" href={address("/", { ...query.parameters, fold: others.join(",") })}>
            <span aria-hidden="true">{isFolded ? "+" : "−"}</span>
            <span class="vh">
              {isFolded ? "Unfold" : "Fold"} {STAGE_WORDS[stage]}
            </span>
          </a>
        )}
      </div>
      {cards.length > 0 && !isFolded && (
        <ol>
          {cards.map((feature) => (
            <FeatureCard feature={feature} {...card} />
          ))}
        </ol>
      )}
      {rest > 0 && !isFolded && (
        <MoreLink stage={stage} rest={rest} open={column.open} parameters={query.parameters} cursor={cursor} />
      )}
    </section>
  );
};

const HealthSummary = ({ counts, query }: { counts: Readonly<Record<HealthValue, number>>; query: FeatureQuery }) => (
  <ul class="summary" aria-label="Health of all features">
    {WORST_FIRST.map((value) => (
      <li>
        <a class={`h ${value}`} href={address("/", { ...query.parameters, health: value })}>
          <b>{counts[value].toLocaleString("en-GB")}</b> {HEALTH_WORDS[value].word.toLowerCase()}
        </a>
      </li>
    ))}
  </ul>
);

/** All features by headline stage. */
export const boardPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const url = new URL(c.req.url);
  const { view } = viewOf(url);
  if (view === "table" || view === "timeline") return featuresPage(c, deps);
  const products = await views.products();
  const query = featureQuery(url, products, deps);
  const fold = (url.searchParams.get("fold") ?? "").split(",").filter(Boolean);
  const zone = deps.timezone ?? "UTC";
  const then = viewsAt(deps, query.at);
  const until = query.at ?? deps.now().toISOString();
  const [all, healths, connections, since] = await Promise.all([
    columnsOf(then, query),
    then.healthCounts(query.product?.id),
    views.connections(),
    query.comparedTo === undefined ? undefined : compared(views, query.comparedTo, until, query.product?.id),
  ]);
  const columns = all.filter(({ stage, count }) => stage !== "none" || count > 0);
  const isEmpty = columns.every(({ count }) => count === 0);
  const { health, q, owner } = query.filter;
  const isFiltered = [health, q, owner].some((one) => one !== undefined);
  const isBare = isEmpty && !isFiltered && query.product === undefined && query.at === undefined;
  const productNames = new Map(
    products.length > 1 && query.product === undefined ? products.map(({ id, name }) => [id, name]) : [],
  );
  const shown = columns.flatMap(({ cards }) => cards);
  const card = {
    productNames,
    now: new Date(until),
    usual: usualDays(shown),
    asOf: query.parameters.as_of,
    was: since?.was,
  };
  return sendPage(
    c,
    deps,
    { title: query.product?.name ?? "Board", section: "board", wide: true },
    <>
      <div class="head">
        <h1>{query.product?.name ?? "All features"}</h1>
        {!isBare && <HealthSummary counts={healths} query={query} />}
      </div>
      <AsOfBanner at={query.at} zone={zone} back={address("/", { ...query.parameters, as_of: undefined })} />
      {query.product?.vision && <p class="lead">{query.product.vision}</p>}
      {!isBare && (
        <FeatureFilters
          action="/"
          view="board"
          query={query}
          products={products}
          today={dayOf(deps.now().getTime(), zone)}
        />
      )}
      {since !== undefined && <ComparedLine compared={since} zone={zone} product={query.product?.slug} />}
      {all.some(({ open }) => open) && (
        <p class="quiet">
          What was asked for was looked for in the first {LOOK_AT_MOST.toLocaleString("en-GB")} features of each column,
          up to {COUNTED_AT_MOST} of them: a + marks columns that may hold more.
        </p>
      )}
      {isBare && <Beginning connections={connections} />}
      {isEmpty && !isBare && <NothingMatches action="/" parameters={query.parameters} />}
      {!isEmpty && (
        <>
          <nav class="jump" aria-label="Stages">
            {columns.map((column) => (
              <a href={`#s-${column.stage}`}>
                {STAGE_WORDS[column.stage]} <b>{countText(column)}</b>
              </a>
            ))}
          </nav>
          <section class="board" aria-label="Features by stage" tabindex={0}>
            {columns.map((column) => (
              <BoardColumn
                column={column}
                query={query}
                fold={fold}
                card={card}
                cursor={columnCursor(deps, column.stage, query.parameters, column.next)}
              />
            ))}
          </section>
        </>
      )}
    </>,
  );
};
