import type { Hono } from "hono";
import { HubError } from "../../connector/errors.ts";
import { dayOf } from "../../domain/day.ts";
import { demand, NOBODY } from "../access/identity.ts";
import type { Scope } from "../access/scope.ts";
import { seenBy } from "../access/seen-by.ts";
import { readable } from "../readable.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { activityAtom } from "./activity-atom.ts";
import { activityPage } from "./activity-page.tsx";
import { ASSETS } from "./assets/assets.ts";
import { boardMore } from "./board-more.tsx";
import { boardPage } from "./board-page.tsx";
import { connectionForm, connectionPage } from "./connection-page.tsx";
import { connectionsPage } from "./connections-page.tsx";
import { apiPage, apiTagPage } from "./docs/api-page.tsx";
import { docsPage } from "./docs/docs-page.tsx";
import { errorCodePage, errorsPage } from "./docs/errors-page.tsx";
import { eventPage, eventsPage } from "./docs/events-page.tsx";
import { stagesPage } from "./docs/stages-page.tsx";
import { testEventForm } from "./docs/test-event.ts";
import { featureMarkdown, featuresCsv } from "./feature-files.ts";
import { featureForm } from "./feature-form.ts";
import { featurePage } from "./feature-page.tsx";
import { featuresPage } from "./features-page.tsx";
import { initiativeForm, initiativePage } from "./initiative-page.tsx";
import { meForm, mePage } from "./me-page.tsx";
import { objectivesPage } from "./objectives-page.tsx";
import type { PageHandler } from "./page.tsx";
import { peoplePage } from "./people-page.tsx";
import { productFlowPage } from "./product-flow-page.tsx";
import { productPage } from "./product-page.tsx";
import { releasePage } from "./release-page.tsx";
import { releasesPage } from "./releases-page.tsx";
import { reportForm } from "./report-asks.tsx";
import { previewPage } from "./report-preview-page.tsx";
import { runPage } from "./report-run-page.tsx";
import { reportPage, reportsPage } from "./reports-page.tsx";
import { reviewForm, reviewPage } from "./review-page.tsx";
import { pmPage, poPage } from "./role-page.tsx";
import { searchPage } from "./search-page.tsx";
import { auditPage } from "./settings/audit-page.tsx";
import { type FormHandler, formIn } from "./settings/form.tsx";
import { createKeyForm, keysPage, revokeKeyForm } from "./settings/keys-page.tsx";
import { inviteForm, membersPage, removeMemberForm, signInLinkForm } from "./settings/members-page.tsx";
import { settingsPage } from "./settings/settings-page.tsx";
import { createShareForm, revokeShareForm, sharesPage } from "./settings/shares-page.tsx";
import { WEBHOOK_FORMS } from "./settings/webhook-acts.ts";
import { deliveryPage, webhookPage } from "./settings/webhook-page.tsx";
import { webhooksPage } from "./settings/webhooks-page.tsx";
import { mountShares } from "./shared-page.ts";
import { loginForm, loginPage, logoutForm } from "./sign-in/login-page.tsx";
import { loginAddress } from "./sign-in/next-address.ts";
import { oidcBackPage, oidcPage } from "./sign-in/oidc-pages.ts";
import { statusJson, statusPage } from "./status-page.tsx";
import { slidTo } from "./time-travel.tsx";
import { viewsForm, viewsPage } from "./views-page.tsx";

/** Every page with its address and the scope that it asks for; `open` for those that tell nothing of a hub. */
export const PAGES: readonly (readonly [path: string, scope: Scope | "open", page: PageHandler])[] = [
  ["/", "features:read", boardPage],
  ["/features", "features:read", featuresPage],
  ["/features.csv", "features:read", featuresCsv],
  ["/features/:key{[^/]+\\.md}", "features:read", featureMarkdown],
  ["/features/:key", "features:read", featurePage],
  ["/connections", "connections:read", connectionsPage],
  ["/connections/:name", "connections:read", connectionPage],
  ["/connections/:name/:tab", "connections:read", connectionPage],
  ["/activity", "events:read", activityPage],
  ["/activity.atom", "events:read", activityAtom],
  ["/board/more", "features:read", boardMore],
  ["/pm", "features:read", pmPage],
  ["/po", "features:read", poPage],
  ["/status", "status:read", statusPage],
  // In the shape of Statuspage, unlike the rows of other pages.
  ["/status.json", "status:read", statusJson],
  ["/me", "open", mePage],
  ["/people", "features:read", peoplePage],
  ["/objectives", "features:read", objectivesPage],
  ["/initiatives/:id", "features:read", initiativePage],
  ["/releases", "features:read", releasesPage],
  ["/releases/:id", "features:read", releasePage],
  ["/products/:slug", "features:read", productPage],
  ["/review", "features:read", reviewPage],
  ["/products/:product/flow", "features:read", productFlowPage],
  ["/settings", "status:read", settingsPage],
  ["/settings/views", "features:read", viewsPage],
  ["/settings/keys", "keys:write", keysPage],
  ["/settings/shares", "shares:write", sharesPage],
  ["/settings/webhooks", "webhooks:write", webhooksPage],
  ["/settings/webhooks/:id", "webhooks:write", webhookPage],
  ["/settings/webhooks/:id/deliveries/:delivery", "webhooks:write", deliveryPage],
  ["/settings/members", "admin", membersPage],
  ["/settings/audit", "admin", auditPage],
  ["/login", "open", loginPage],
  ["/login/oidc", "open", oidcPage],
  ["/login/oidc/back", "open", oidcBackPage],
  ["/search", "features:read", searchPage],
  ["/reports", "reports:read", reportsPage],
  ["/reports/:id", "reports:read", reportPage],
  ["/reports/:id/preview", "reports:read", previewPage],
  ["/reports/:id/runs/:run", "reports:read", runPage],
  ["/docs", "open", docsPage],
  ["/docs/api", "open", apiPage],
  ["/docs/api/:tag", "open", apiTagPage],
  ["/docs/stages", "open", stagesPage],
  ["/docs/events", "open", eventsPage],
  ["/docs/events/:type", "open", eventPage],
  ["/docs/errors", "open", errorsPage],
  ["/docs/errors/:code", "open", errorCodePage],
];

/** What forms of pages are sent to. Each is checked to come from a page of this hub before its handler sees it. */
export const FORMS: readonly (readonly [path: string, scope: Scope | "open", form: FormHandler])[] = [
  ["/settings/keys", "keys:write", createKeyForm],
  ["/settings/keys/:id/revoke", "keys:write", revokeKeyForm],
  ["/settings/shares", "shares:write", createShareForm],
  ["/settings/shares/:id/revoke", "shares:write", revokeShareForm],
  ...WEBHOOK_FORMS,
  ["/docs/events/:type", "webhooks:write", testEventForm],
  ["/settings/members", "admin", inviteForm],
  ["/settings/members/:id/remove", "admin", removeMemberForm],
  ["/settings/members/:id/link", "admin", signInLinkForm],
  ["/features/:key", "features:write", featureForm],
  ["/initiatives/:id", "features:write", initiativeForm],
  ["/review", "features:write", reviewForm],
  ["/connections/:name", "connections:operate", connectionForm],
  ["/reports/:id", "reports:run", reportForm],
  ["/settings/views", "features:write", viewsForm],
  ["/me", "open", meForm],
  ["/login", "open", loginForm],
  ["/logout", "open", logoutForm],
];

/** Pages whose rows the API has too: the same address with `.json` or `.csv` leads there. */
const AS_JSON: Readonly<Record<string, string>> = {
  features: "/v1/features",
  connections: "/v1/connections",
  activity: "/v1/changes",
  people: "/v1/people",
  search: "/v1/search",
  objectives: "/v1/objectives",
  releases: "/v1/releases",
  review: "/v1/links/review",
  reports: "/v1/reports",
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
  const show = (path: string, scope: Scope | "open", page: PageHandler): void =>
    readable(app, path, (c) => {
      const identity = c.get("identity");
      if (scope !== "open" && identity === NOBODY) return c.redirect(loginAddress(c), 303);
      if (scope !== "open") demand(identity, scope);
      const slid = slidTo(new URL(c.req.url), dayOf(deps.now().getTime(), deps.timezone ?? "UTC"));
      if (slid !== undefined) return c.redirect(slid, 303);
      return page(c, seenBy(deps, identity));
    });
  // Before the addresses of rows, which any name with this ending would match.
  const isFile = ([path]: (typeof PAGES)[number]): boolean => /\.(?:json|csv|md)\}?$/.test(path);
  for (const [path, scope, page] of PAGES.filter(isFile)) show(path, scope, page);
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
  for (const [path, scope, form] of FORMS) {
    app.post(path, async (c) => {
      if (scope !== "open") demand(c.get("identity"), scope);
      const seen = seenBy(deps, c.get("identity"));
      return form(c, seen, await formIn(c, seen));
    });
  }
  for (const one of PAGES) if (!isFile(one)) show(...one);
  mountShares(app, deps);
};
