import * as z from "zod";
import { dayOf } from "../../domain/day.ts";
import { demandKept } from "../../store/known-then.ts";
import { objectivesToChoose } from "../api/objective-filter.ts";
import { checked, givenIn } from "../api/query.ts";
import { viewsAt } from "../as-of.ts";
import { AsOfBanner } from "./as-of-banner.tsx";
import { Beginning } from "./beginning.tsx";
import { FeatureFilters, NothingMatches } from "./feature-filters.tsx";
import { ORDERED_AT_MOST, ORDERS, orderedFeatures } from "./feature-order.ts";
import { featureQuery } from "./feature-query.ts";
import { FeatureTable } from "./feature-table.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { RoadmapView } from "./roadmap-view.tsx";
import { BLOCKS } from "./role-blocks.ts";
import { lastReportDay } from "./time-travel.tsx";

const ROWS = 50;
const OBJECTIVES_TO_CHOOSE = 30;
const Shape = {
  view: z.enum(["board", "table", "timeline"]).optional(),
  sort: z.enum(ORDERS).optional(),
  only: z.enum([...BLOCKS.keys()]).optional(),
};

/** Which view of the features an address asks for, and in what order. */
export const viewOf = (url: URL) => {
  const known = new URLSearchParams([...url.searchParams].filter(([name, value]) => name in Shape && value !== ""));
  return checked(z.object(Shape), givenIn(known, Shape, url.pathname));
};

/** All features as a table, 50 rows a page; as a timeline, with bars over it. */
export const featuresPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const url = new URL(c.req.url);
  const { view, sort: asked, only } = viewOf(url);
  const block = only === undefined ? undefined : BLOCKS.get(only);
  const isTimeline = view === "timeline";
  const sort = asked ?? (isTimeline ? "target" : block && "health");
  const products = await views.products();
  const lastReport = await lastReportDay(deps, c.get("identity"));
  const query = await featureQuery(url, products, deps);
  const objectives = await objectivesToChoose(views, query.product?.id, OBJECTIVES_TO_CHOOSE);
  const path = isTimeline ? "/" : "/features";
  const parameters = { ...query.parameters, only, ...(isTimeline && { view }) };
  const scope = { route: "page.features", filters: { ...parameters, sort } };
  const after = placeOf(deps, scope, query.cursor);
  const then = viewsAt(deps, query.at);
  const zone = deps.timezone ?? "UTC";
  const ordered = sort === undefined ? undefined : await orderedFeatures(then, query.filter, sort);
  const now = query.at === undefined ? deps.now() : new Date(query.at);
  const rows = (ordered?.items ?? []).filter((feature) => block === undefined || block.fits(feature, now));
  const start = Number(after ?? 0);
  const { items, next } =
    ordered === undefined
      ? await then.features(query.filter, after, ROWS)
      : {
          items: rows.slice(start, start + ROWS),
          next: start + ROWS < rows.length ? String(start + ROWS) : undefined,
        };
  if (items.length === 0 && after === undefined) await demandKept(views, query.at);
  const isFiltered = block !== undefined || Object.values(query.parameters).some(Boolean);
  const following = linkCursor(deps, scope, next);
  const title = block?.title ?? (isTimeline ? "Timeline" : "Features");
  return sendPage(
    c,
    deps,
    { title, section: isTimeline ? "board" : "features" },
    <>
      <div class="head">
        <h1>{title}</h1>
        <a href={address("/releases", { product: query.parameters.product })}>Releases</a>
      </div>
      <AsOfBanner at={query.at} zone={zone} back={address(path, { ...parameters, sort: asked, as_of: undefined })} />
      <FeatureFilters
        action={path}
        view={isTimeline ? "timeline" : "table"}
        query={query}
        products={products}
        objectives={objectives}
        lastReport={lastReport}
        today={dayOf(deps.now().getTime(), zone)}
      />
      {items.length === 0 &&
        (isFiltered ? (
          <NothingMatches action={path} parameters={parameters} />
        ) : (
          <Beginning
            connections={await views.connections()}
            at={address(path, { view: isTimeline ? view : undefined })}
          />
        ))}
      {isTimeline && items.length > 0 && <RoadmapView features={items} now={now} asOf={query.parameters.as_of} />}
      {ordered?.isCut && (
        <p class="quiet">
          The first {ORDERED_AT_MOST.toLocaleString("en-GB")} features were sorted; narrow the filters to see others.
        </p>
      )}
      {items.length > 0 && <FeatureTable features={items} path={path} parameters={parameters} sort={sort} now={now} />}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address(path, { ...parameters, sort: asked })}>First page</a>}
        {following !== undefined && (
          <a rel="next" href={address(path, { ...parameters, sort: asked, cursor: following })}>
            Next {ROWS}
          </a>
        )}
        {items.length > 0 && <a href={address("/features.csv", { ...query.parameters, only })}>As CSV</a>}
        <a href={address("/v1/features", query.parameters)}>As JSON</a>
      </nav>
    </>,
  );
};
