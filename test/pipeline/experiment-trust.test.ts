import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Draft, Fields } from "../../shared/domain/entity.ts";
import { type HealthSettings, healthRules } from "../../shared/lifecycle/health/rules.ts";
import { reportReads, reportsOf } from "../../shared/platform/reports.ts";
import { serveAs } from "../../shared/platform/serving.ts";
import { webDepsOf } from "../../shared/platform/web-deps.ts";
import { makeReport } from "../../shared/report/make.ts";
import { periodOf } from "../../shared/report/period.ts";
import { webApp } from "../../shared/web/app.ts";
import { arriving, draftOf, word } from "./arriving.ts";

const NOW = "2026-03-02T10:00:00.000Z";
const SKEWED = "Sample ratio mismatch: do not trust the result";
const MIXED = "people saw more than one variation: do not trust the result";
const NOT_SKEWED = "not to be trusted: sample ratio mismatch";
const NOT_MIXED = "not to be trusted: too many people saw more than one variation";

/** A feature with an experiment that was begun on 1 March, with what was counted of it. */
const tried = (key: string, counted: Partial<NonNullable<Fields<"experiment">["snapshot"]>>) => {
  const experiment = draftOf("experiment", `x-${key}`, {
    fields: {
      name: `Try ${key}`,
      status: word("running"),
      variations: [],
      startedAt: "2026-03-01T10:00:00.000Z",
      snapshot: { at: NOW, users: [{ variation: "a", users: 450 }], results: [], ...counted },
    },
    references: [{ alias: key, place: "title" }],
  });
  const feature = draftOf("feature", key, { fields: { title: key, declaredStatus: word("active") } });
  return [feature, experiment];
};

const hash = (changed: unknown) => createHash("sha256").update(JSON.stringify(changed)).digest("hex");
const LIMITS: HealthSettings = { experiment: { sampleRatioBelow: 0.05, multipleAbove: 0.2 } };
const OTHER: HealthSettings = { experiment: { sampleRatioBelow: 1, multipleAbove: 0 } };
const product = { id: "prd_web", slug: "web", name: "Web" };

it.each([
  { limits: "no limits of its own", parts: { products: [product] }, distrusted: "MIXED" },
  {
    limits: "limits of the hub",
    parts: { products: [product], health: healthRules([LIMITS], hash) },
    distrusted: "SPLIT",
  },
  {
    limits: "limits of the product before those of the hub",
    parts: {
      products: [{ ...product, health: healthRules([OTHER, LIMITS], hash) }],
      health: healthRules([OTHER], hash),
    },
    distrusted: "SPLIT",
  },
])("health, page and report distrust the same experiments by $limits", async ({ parts, distrusted }) => {
  using hub = arriving({ tool: "planning" });
  hub.becomes(parts);
  // Of chance 1 in 100; and a tenth of its people saw both.
  const drafts: Draft[] = [...tried("SPLIT", { srmP: 0.01 }), ...tried("MIXED", { srmP: 0.5, multiple: 50 })];
  await hub.arriveTogether(...drafts.map((draft) => ["tool", draft] as const));

  const key = async () => new Uint8Array(32);
  serveAs({ cursorKey: key, sealKey: key, demo: false, signIn: { required: false } });
  const app = webApp(await webDepsOf(() => hub.hubWith()));
  const [settings] = reportsOf({ reports: { weekly: { kind: "analytics", schedule: "0 9 * * 1", to: ["archive"] } } });
  if (settings === undefined) throw new Error("there is no report");
  const around = { reads: reportReads(hub.hubWith()), hubUrl: "http://localhost:4100", madeAt: new Date(NOW) };
  const report = await makeReport(settings, periodOf("week", "UTC", "monday", new Date(NOW)), around, undefined);

  for (const [name, onPage, inReport] of [
    ["SPLIT", SKEWED, NOT_SKEWED],
    ["MIXED", MIXED, NOT_MIXED],
  ] as const) {
    const isBad = name === distrusted;
    const told = JSON.parse(await (await app.request(`/v1/features/${name}/explain`)).text());
    const judged: readonly { readonly name: string; readonly level: string }[] = told.health.dimensions;
    const level = judged.find((one) => one.name === "experiment")?.level;
    expect([name, level === "off_track"]).toEqual([name, isBad]);
    const page = (await (await app.request(`/features/${name}`)).text()).replaceAll(/\s+/g, " ");
    expect(page).toContain(`Try ${name}`);
    expect([name, page.includes(onPage)]).toEqual([name, isBad]);
    const lines = report.sections
      .flatMap(({ blocks }) => blocks)
      .flatMap((one) => (one.type === "table" ? one.rows : []));
    const line = JSON.stringify(lines.find((cells) => JSON.stringify(cells).includes(`Try ${name}`)));
    expect(line).toContain(isBad ? inReport : "not reported");
    expect(line.includes("not to be trusted")).toBe(isBad);
  }
});
