import type { Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { readable } from "../readable.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { activityPage } from "./activity-page.tsx";
import { ASSETS } from "./assets/assets.ts";
import { boardPage } from "./board-page.tsx";
import { connectionPage } from "./connection-page.tsx";
import { connectionsPage } from "./connections-page.tsx";
import { apiPage } from "./docs/api-page.tsx";
import { docsPage } from "./docs/docs-page.tsx";
import { errorCodePage, errorsPage } from "./docs/errors-page.tsx";
import { eventsPage } from "./docs/events-page.tsx";
import { stagesPage } from "./docs/stages-page.tsx";
import { featurePage } from "./feature-page.tsx";
import { featuresPage } from "./features-page.tsx";
import type { PageHandler } from "./page.tsx";
import { peoplePage } from "./people-page.tsx";
import { productFlowPage } from "./product-flow-page.tsx";
import { searchPage } from "./search-page.tsx";

/** Every page with its address. */
const PAGES: readonly (readonly [path: string, page: PageHandler])[] = [
  ["/", boardPage],
  ["/features", featuresPage],
  ["/features/:key", featurePage],
  ["/connections", connectionsPage],
  ["/connections/:name", connectionPage],
  ["/activity", activityPage],
  ["/people", peoplePage],
  ["/products/:product/flow", productFlowPage],
  ["/search", searchPage],
  ["/docs", docsPage],
  ["/docs/api", apiPage],
  ["/docs/stages", stagesPage],
  ["/docs/events", eventsPage],
  ["/docs/errors", errorsPage],
  ["/docs/errors/:code", errorCodePage],
];

/** Pages whose rows the API has too: the same address with `.json` or `.csv` leads there. */
const AS_JSON: Readonly<Record<string, string>> = {
  features: "/v1/features",
  connections: "/v1/connections",
  activity: "/v1/changes",
  people: "/v1/people",
  search: "/v1/search",
  status: "/v1/status",
};

const mountAssets = (app: Hono<WebEnv>): void => {
  for (const { path, type, text } of ASSETS) {
    readable(app, path, (c) =>
      c.body(text, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" }),
    );
  }
};

/** Mounts every page and what pages need. */
export const mountDashboard = (app: Hono<WebEnv>, deps: WebDeps): void => {
  mountAssets(app);
  readable(app, "/:page{[a-z]+\\.(?:json|csv)}", (c) => {
    const [page = "", suffix] = c.req.param("page").split(".");
    const target = Object.hasOwn(AS_JSON, page) ? AS_JSON[page] : undefined;
    if (target === undefined) throw new HubError("not_found", "there is nothing at this address", { retry: "never" });
    const { searchParams } = new URL(c.req.url);
    // From a browser a file goes into a spreadsheet, which else takes its letters for others.
    if (suffix === "csv") searchParams.set("bom", "1");
    const query = searchParams.size === 0 ? "" : `?${searchParams}`;
    return c.redirect(`${target}${suffix === "csv" ? ".csv" : ""}${query}`);
  });
  readable(app, "/:list{features|connections}/:file{[^/]+\\.(?:json|csv|md)}", (c) => {
    const [, name = "", suffix = ""] = /^(.+)(\.\w+)$/.exec(c.req.param("file")) ?? [];
    return c.redirect(`/v1/${c.req.param("list")}/${encodeURIComponent(name)}${suffix === ".json" ? "" : suffix}`);
  });
  for (const [path, page] of PAGES) readable(app, path, (c) => page(c, deps));
};
