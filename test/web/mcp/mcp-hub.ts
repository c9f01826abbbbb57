import { handle } from "hono/aws-lambda";
import { answer, httpEvent } from "../../../infra/local/http-event.ts";
import { endless } from "../../../infra/local/pumps.ts";
import { openDatabase } from "../../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../../shared/adapters/sqlite/table.ts";
import { TRUST_LIMITS } from "../../../shared/domain/experiment-trust.ts";
import { mcpApp } from "../../../shared/web/mcp/mcp-app.ts";
import type { WebDeps } from "../../../shared/web/web-deps.ts";
import { served } from "../../e2e/served.ts";
import { memoryViews, type Shown, silent } from "../memory-views.ts";
import { HUB, NOW } from "../sample-hub.ts";
import { sampleReports } from "../sample-reports.ts";

/** What tools over a shown hub are given. */
export const depsOver = (shown: Shown, over: Partial<WebDeps> = {}): WebDeps => ({
  views: memoryViews(shown),
  table: sqliteTable(openDatabase(":memory:")),
  say: silent,
  reports: sampleReports,
  now: () => NOW,
  cursorKey: new Uint8Array(32).fill(7),
  version: "0.1.0",
  url: () => HUB,
  trustLimits: () => TRUST_LIMITS,
  ...over,
});

/** `/mcp` on this machine, through the same event and answer as on AWS. */
export const servedTools = (deps: WebDeps) => {
  const app = handle(mcpApp(deps));
  return served(async (request, response) =>
    answer(response, (await app(await httpEvent(request), endless)) as Parameters<typeof answer>[1]),
  );
};
