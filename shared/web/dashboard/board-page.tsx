import { HubError } from "../../connector/errors.ts";
import { dayOf } from "../../domain/day.ts";
import type { Instant } from "../../domain/instant.ts";
import { STAGES, type Stage } from "../../domain/stage.ts";
import type { FeatureView, HealthValue, PastViews } from "../../store/views.ts";
import { LOOK_AT_MOST } from "../../store/walk-kind.ts";
import { objectivesToChoose } from "../api/objective-filter.ts";
import { viewsAt } from "../as-of.ts";
import type { WebDeps } from "../web-deps.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";
import { AsOfBanner } from "./as-of-banner.tsx";
import { Beginning, beginning } from "./beginning.tsx";
import { columnCursor, MoreLink } from "./board-more.tsx";
import { ComparedLine, compared, unlessNotKept } from "./compared.tsx";
import { type CardContext, FeatureCard } from "./feature-card.tsx";
import { FeatureFilters, NothingMatches } from "./feature-filters.tsx";
import { byUrgency, orderedFeatures } from "./feature-order.ts";
import { type FeatureQuery, featureQuery } from "./feature-query.ts";
import { featuresPage, viewOf } from "./features-page.tsx";
import { address } from "./link.tsx";
import { type PageContext, type PageHandler, sendPage } from "./page.tsx";
import { usualDays } from "./stage-age.ts";
import { Moment } from "./time.tsx";
import { lastReportDay } from "./time-travel.tsx";

const CARDS = 20;
const OBJECTIVES_TO_CHOOSE = 30;
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

/** Columns of some features alone: they are read whole, so that every count is exact. */
const columnsAmong = (features: readonly FeatureView[]): readonly Column[] =>
  (["none", ...STAGES] as const).map((stage) => {
    const cards = features.filter(({ explanation }) => (explanation.headline ?? "none") === stage).toSorted(byUrgency);
    return { stage, cards: cards.slice(0, CARDS), count: cards.length, open: false };
  });

const healthsAmong = (features: readonly FeatureView[]): Record<HealthValue, number> => {
  const counts: Record<HealthValue, number> = { on_track: 0, at_risk: 0, off_track: 0, unknown: 0 };
  for (const { health } of features) counts[health.value] += 1;
  return counts;
};

/** All that a board shows: of every feature, or of those that serve an objective. */
const boardOf = async (views: PastViews, query: FeatureQuery) => {
  if (query.filter.ids === undefined) {
    const [columns, healths] = await Promise.all([columnsOf(views, query), views.healthCounts(query.product?.id)]);
    return { columns, healths };
  }
  const { items } = await orderedFeatures(views, query.filter, "health");
  return { columns: columnsAmong(items), healths: healthsAmong(items) };
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

/** A day before the hub began: since when there is something, in place of an error. */
const notKeptPage = (c: PageContext, deps: WebDeps, at: Instant, why: HubError, back: string) =>
  sendPage(
    c,
    deps,
    { title: "Board", section: "board" },
    <>
      <h1>All features</h1>
      <AsOfBanner at={at} zone={deps.timezone ?? "UTC"} back={back} />
      <section class="empty">
        <h2>There is no board for that day</h2>
        {typeof why.details["first"] === "string" ? (
          <p>
            The earliest board on record is from <Moment at={why.details["first"]} />.
          </p>
        ) : (
          <p>{`${why.message.charAt(0).toUpperCase()}${why.message.slice(1)}.`}</p>
        )}
        <p>
          Boards are kept from the day the hub was started. <a href={back}>Show the current board</a>, or look at{" "}
          <a href="/features">one feature</a>: its timeline reaches as far back as its tools tell.
        </p>
      </section>
    </>,
  );

/** All features by headline stage. */
export const boardPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const url = new URL(c.req.url);
  const { view } = viewOf(url);
  if (view === "table" || view === "timeline") return featuresPage(c, deps);
  const products = await views.products();
  const query = await featureQuery(url, products, deps);
  const fold = (url.searchParams.get("fold") ?? "").split(",").filter(Boolean);
  const zone = deps.timezone ?? "UTC";
  const then = viewsAt(deps, query.at);
  const until = query.at ?? deps.now().toISOString();
  const [shownThen, connections, since, lastReport, objectives] = await Promise.all([
    boardOf(then, query).catch(unlessNotKept),
    views.connections(),
    query.comparedTo === undefined ? undefined : compared(views, query.comparedTo, until, query.product?.id),
    lastReportDay(deps, c.get("identity")),
    objectivesToChoose(views, query.product?.id, OBJECTIVES_TO_CHOOSE),
  ]);
  const back = address("/", { ...query.parameters, as_of: undefined });
  if (shownThen instanceof HubError) return notKeptPage(c, deps, query.at ?? until, shownThen, back);
  const { columns: all, healths } = shownThen;
  const columns = all.filter(({ stage, count }) => stage !== "none" || count > 0);
  const isEmpty = columns.every(({ count }) => count === 0);
  const { health, q, owner } = query.filter;
  const isFiltered = [health, q, owner, query.objective].some((one) => one !== undefined);
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
    {
      title: query.product?.name ?? "Board",
      section: "board",
      wide: true,
      reloads: isBare && beginning(connections).length > 0,
    },
    <>
      <div class="head">
        <h1>{query.product?.name ?? "All features"}</h1>
        {!isBare && <HealthSummary counts={healths} query={query} />}
      </div>
      <AsOfBanner at={query.at} zone={zone} back={back} />
      {query.objective !== undefined && (
        <p class="lead">
          Features that serve <a href="/objectives">{query.objective.title}</a>
        </p>
      )}
      {query.product?.vision && <p class="lead">{query.product.vision}</p>}
      {!isBare && (
        <FeatureFilters
          action="/"
          view="board"
          query={query}
          products={products}
          objectives={objectives}
          lastReport={lastReport}
          today={dayOf(deps.now().getTime(), zone)}
        />
      )}
      {since !== undefined && <ComparedLine compared={since} zone={zone} product={query.product?.slug} />}
      {all.some(({ open }) => open) && (
        <p class="quiet">
          These filters were applied to the first {LOOK_AT_MOST.toLocaleString("en-GB")} features of each column, up to{" "}
          {COUNTED_AT_MOST} matches: a + marks columns that may hold more.
        </p>
      )}
      {isBare && <Beginning connections={connections} at="/" />}
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
