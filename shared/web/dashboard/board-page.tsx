import { STAGES, type Stage } from "../../domain/stage.ts";
import type { FeatureView, HealthValue, Views } from "../../store/views.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";
import { Beginning } from "./beginning.tsx";
import { FeatureCard } from "./feature-card.tsx";
import { FeatureFilters, NothingMatches } from "./feature-filters.tsx";
import { type FeatureQuery, featureQuery } from "./feature-query.ts";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";

const CARDS = 20;
const READ_AT_MOST = 200;

interface Column {
  readonly stage: Stage | "none";
  readonly cards: readonly FeatureView[];
  readonly count: number;
  /** There are more than were counted. */
  readonly open: boolean;
}

const WORST_FIRST: readonly HealthValue[] = ["off_track", "at_risk", "on_track", "unknown"];
const LAST_DAY = "9999";

const byUrgency = (a: FeatureView, b: FeatureView): number =>
  WORST_FIRST.indexOf(a.health.value) - WORST_FIRST.indexOf(b.health.value) ||
  (a.targetDate ?? LAST_DAY).localeCompare(b.targetDate ?? LAST_DAY) ||
  a.name.localeCompare(b.name);

/** A column under filters: the store keeps columns in order only unfiltered, so what matches is put in order here. */
const filteredColumn = async (views: Views, stage: Stage | "none", { filter }: FeatureQuery): Promise<Column> => {
  const { items, next } = await views.features({ ...filter, stage: [stage] }, undefined, READ_AT_MOST);
  const cards = [...items].sort(byUrgency).slice(0, CARDS);
  return { stage, cards, count: items.length, open: next !== undefined };
};

const columnsOf = async (views: Views, query: FeatureQuery): Promise<readonly Column[]> => {
  const stages = ["none" as const, ...STAGES];
  const { product, health, q } = query.filter;
  if (health !== undefined || q !== undefined)
    return Promise.all(stages.map((stage) => filteredColumn(views, stage, query)));
  const counts = await views.counts(product);
  return Promise.all(
    stages.map(async (stage) => {
      const { items } = counts[stage] === 0 ? { items: [] } : await views.column(stage, product, undefined, CARDS);
      return { stage, cards: items, count: counts[stage], open: false };
    }),
  );
};

const countText = ({ count, open }: Column): string => `${count.toLocaleString("en-GB")}${open ? "+" : ""}`;

const BoardColumn = ({
  column,
  query,
  productNames,
}: {
  column: Column;
  query: FeatureQuery;
  productNames: ReadonlyMap<string, string>;
}) => {
  const { stage, cards } = column;
  const rest = column.count - cards.length;
  return (
    <section class={cards.length === 0 ? "col none" : "col"} aria-labelledby={`s-${stage}`}>
      <h2 id={`s-${stage}`}>
        {STAGE_WORDS[stage]} <span>{countText(column)}</span>
      </h2>
      {cards.length > 0 && (
        <ol>
          {cards.map((feature) => (
            <FeatureCard feature={feature} productNames={productNames} />
          ))}
        </ol>
      )}
      {rest > 0 && (
        <a class="more" href={address("/features", { ...query.parameters, stage })}>
          Show more<span class="vh"> of {STAGE_WORDS[stage]}</span> ({rest.toLocaleString("en-GB")}
          {column.open && "+"})
        </a>
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
  const products = await views.products();
  const query = featureQuery(new URL(c.req.url), products);
  const [all, healths, connections] = await Promise.all([
    columnsOf(views, query),
    views.healthCounts(query.product?.id),
    views.connections(),
  ]);
  const columns = all.filter(({ stage, count }) => stage !== "none" || count > 0);
  const isEmpty = columns.every(({ count }) => count === 0);
  const isFiltered = query.filter.health !== undefined || query.filter.q !== undefined;
  const isBare = isEmpty && !isFiltered && query.product === undefined;
  const productNames = new Map(
    products.length > 1 && query.product === undefined ? products.map(({ id, name }) => [id, name]) : [],
  );
  return sendPage(
    c,
    deps,
    { title: query.product?.name ?? "Board", section: "board", wide: true },
    <>
      <div class="head">
        <h1>{query.product?.name ?? "All features"}</h1>
        {!isBare && <HealthSummary counts={healths} query={query} />}
      </div>
      {query.product?.vision && <p class="lead">{query.product.vision}</p>}
      {!isBare && <FeatureFilters action="/" query={query} products={products} />}
      {isBare && <Beginning connections={connections} />}
      {isEmpty && !isBare && <NothingMatches action="/" query={query} />}
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
              <BoardColumn column={column} query={query} productNames={productNames} />
            ))}
          </section>
        </>
      )}
    </>,
  );
};
