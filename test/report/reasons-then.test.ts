import { expect, it } from "vitest";
import { STAGES } from "../../shared/domain/stage.ts";
import { previewRun } from "../../shared/pipeline/make-run.ts";
import { periodOf } from "../../shared/report/period.ts";
import { entityKey, factsKey, lists, viewKey } from "../../shared/store/keys.ts";
import { FEATURE, fact, on } from "../lifecycle/evidence.ts";
import { openReports } from "./reports-hub.ts";

it("a report gives the reasons of the moment that its stages are of, not of the day when it is made", async () => {
  using hub = openReports({ reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["archive"] } } });
  hub.passTo(on(8.4));
  const view = await hub.feature(1, [
    { headline: "testing", at: on(0) },
    { headline: "production", at: on(3) },
  ]);
  const { table } = hub.one.ports;
  const seen = { coverage: STAGES.map((stage) => ({ stage, visible: true })) };
  const because = [{ stage: "production", rule: "R6", text: "Used, last seen 9 Mar", evidence: [], at: on(3) }];
  const data = { ...view, seen, explanation: { ...view.explanation, because } };
  await table.put({ ...viewKey(FEATURE), version: 2, data });
  const entity = { id: FEATURE, kind: "feature", productIds: [] };
  await table.put({ ...entityKey(FEATURE), version: 2, data: entity, list: lists.ofKind("feature", FEATURE) });
  const facts = [
    fact(3, "deploy.prod", "live"),
    fact(2, "pr", "merged"),
    fact(4, "usage"),
    // After the week, before the report.
    fact(8.2, "usage"),
  ];
  await table.put({ ...factsKey(FEATURE, "rec_1"), version: 1, data: { line: {}, gone: false, lines: {}, facts } });

  const [settings] = hub.reporting.settings;
  if (settings === undefined) throw new Error("no report");
  const period = periodOf(settings.length, settings.zone, settings.weekStart, hub.now());
  expect(period.last).toBe("2026-03-08");
  const { changed, sections } = await previewRun(hub.one, hub.reporting.reads, settings, period);
  expect(changed.rows).toMatchObject([{ what: "shipped", why: expect.stringContaining("used, last seen 5 Mar") }]);
  const shipped = sections.find(({ id }) => id === "shipped")?.blocks.find(({ type }) => type === "list");
  expect(JSON.stringify(shipped)).toContain("used, last seen 5 Mar");
  expect(JSON.stringify([changed, sections])).not.toContain("last seen 9 Mar");
});
