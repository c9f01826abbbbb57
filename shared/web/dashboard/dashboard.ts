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
import { featureForm } from "./feature-form.ts";
import { featurePage } from "./feature-page.tsx";
import { featuresPage } from "./features-page.tsx";
import { initiativeForm, initiativePage } from "./initiative-page.tsx";
import { objectivesPage } from "./objectives-page.tsx";
import type { PageHandler } from "./page.tsx";
import { peoplePage } from "./people-page.tsx";
import { productFlowPage } from "./product-flow-page.tsx";
import { productPage } from "./product-page.tsx";
import { reviewForm, reviewPage } from "./review-page.tsx";

/** Every page with its address. */
const PAGES: readonly (readonly [path: string, page: PageHandler])[] = [
  ["/", boardPage],
  ["/features", featuresPage],
  ["/features/:key", featurePage],
  ["/connections", connectionsPage],
  ["/connections/:name", connectionPage],
  ["/activity", activityPage],
  ["/people", peoplePage],
  ["/objectives", objectivesPage],
  ["/initiatives/:id", initiativePage],
  ["/products/:slug", productPage],
  ["/review", reviewPage],
  ["/products/:product/flow", productFlowPage],
  ["/docs", docsPage],
  ["/docs/api", apiPage],
  ["/docs/stages", stagesPage],
  ["/docs/events", eventsPage],
  ["/docs/errors", errorsPage],
  ["/docs/errors/:code", errorCodePage],
];

/** Pages that take forms, each at its own address. */
const FORMS: readonly (readonly [path: string, form: PageHandler])[] = [
  ["/features/:key", featureForm],
  ["/initiatives/:id", initiativeForm],
  ["/review", reviewForm],
];

/** Pages whose rows the API has too: the same address with `.json` leads there. */
const AS_JSON: Readonly<Record<string, string>> = {
  features: "/v1/features",
  connections: "/v1/connections",
  activity: "/v1/changes",
  people: "/v1/people",
  objectives: "/v1/objectives",
  review: "/v1/links/review",
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
  readable(app, "/:page{[a-z]+\\.json}", (c) => {
    const target = AS_JSON[c.req.param("page").replace(".json", "")];
    if (target === undefined) throw new HubError("not_found", "there is nothing at this address", { retry: "never" });
    return c.redirect(`${target}${new URL(c.req.url).search}`);
  });
  readable(app, "/:list{features|connections}/:file{[^/]+\\.json}", (c) => {
    const name = c.req.param("file").slice(0, -".json".length);
    return c.redirect(`/v1/${c.req.param("list")}/${encodeURIComponent(name)}`);
  });
  for (const [path, form] of FORMS) app.post(path, (c) => form(c, deps));
  for (const [path, page] of PAGES) readable(app, path, (c) => page(c, deps));
};
