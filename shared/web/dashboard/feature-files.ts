import { HubError } from "../../connector/errors.ts";
import { snakeKeys } from "../../domain/snake-case.ts";
import { FeatureJson, featureJson } from "../api/feature-json.ts";
import { csvOf } from "../api/formats.ts";
import { pastMoment, viewsAt } from "../as-of.ts";
import { featureMarkdownOf } from "../feature-markdown.ts";
import { featureQuery } from "./feature-query.ts";
import { viewOf } from "./features-page.tsx";
import { address } from "./link.tsx";
import type { PageHandler } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { BLOCKS } from "./role-blocks.ts";

const ROWS = 1000;

/** The table as CSV with the same filters and the columns of the API, 1,000 rows a file; `Link` leads to the next. */
export const featuresCsv: PageHandler = async (c, deps) => {
  const url = new URL(c.req.url);
  const products = await deps.views.products();
  const query = await featureQuery(url, products, deps);
  const { only } = viewOf(url);
  const block = only === undefined ? undefined : BLOCKS.get(only);
  const now = query.at === undefined ? deps.now() : new Date(query.at);
  const scope = { route: "page.features.csv", filters: { ...query.parameters, only } };
  const { items, next } = await viewsAt(deps, query.at).features(
    query.filter,
    placeOf(deps, scope, query.cursor),
    ROWS,
  );
  const cursor = linkCursor(deps, scope, next);
  if (cursor !== undefined)
    c.header("Link", `<${address("/features.csv", { ...query.parameters, only, cursor })}>; rel="next"`);
  c.header("Content-Type", "text/csv; charset=utf-8");
  c.header("Content-Disposition", 'attachment; filename="features.csv"');
  c.header("Cache-Control", "private, no-cache");
  const rows = items.filter((feature) => block === undefined || block.fits(feature, now));
  const json = rows.map((feature) => snakeKeys(featureJson(feature, deps.url())));
  return c.body(csvOf(FeatureJson, json, true));
};

/** A feature as Markdown, the same as of the API: the address of its page with `.md`. */
export const featureMarkdown: PageHandler = async (c, deps) => {
  const asked = (c.req.param("key") ?? "").slice(0, -".md".length);
  const at = pastMoment(c.req.query("as_of") || undefined, deps);
  const feature = await viewsAt(deps, at).feature(asked);
  if (feature === undefined)
    throw new HubError("feature_unknown", `there is no feature ${asked.slice(0, 64)}`, { retry: "never" });
  c.header("Cache-Control", "private, no-cache");
  return c.body(featureMarkdownOf(feature, deps.url()), 200, { "Content-Type": "text/markdown; charset=utf-8" });
};
