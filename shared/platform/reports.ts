import { configuredId } from "../domain/kind.ts";
import { connectionViews } from "../pipeline/connection-views.ts";
import { rulesFor } from "../pipeline/health-feeds.ts";
import type { Hub } from "../pipeline/hub.ts";
import { DEFINITIONS } from "../report/definitions.ts";
import type { ReportReads } from "../report/make.ts";
import { lengthOf } from "../report/schedule.ts";
import { THRESHOLDS, type Thresholds } from "../report/section.ts";
import type { ReportSettings } from "../report/settings.ts";
import { countedReads } from "../store/counted-reads.ts";
import { entitiesById } from "../store/entities.ts";
import { entityReads, featuresById, featuresOf } from "../store/entity-reads.ts";
import { keyResultView } from "../store/plan-views.ts";
import { tableViews } from "../store/table-views.ts";
import type { HubConfig } from "./define-hub.ts";
import type { ReportConfig } from "./report-shape.ts";

/** The reports of a config, with what it did not say. */
export const reportsOf = (
  config: Pick<HubConfig, "reports" | "products" | "timezone" | "weekStart">,
): ReportSettings[] =>
  Object.entries(config.reports ?? {}).map(([name, report]) => {
    const own = report.kind === "own" ? { title: name, sections: [] } : DEFINITIONS[report.kind];
    return {
      name,
      kind: report.kind,
      definition: { title: report.title ?? own.title, sections: report.sections ?? own.sections },
      schedule: report.schedule,
      zone: report.timezone ?? config.timezone ?? "UTC",
      weekStart: report.weekStart ?? config.weekStart ?? "monday",
      length: report.period ?? lengthOf(report.schedule),
      products: (report.products ?? []).map((slug) => ({
        id: configuredId("prd", slug),
        name: config.products?.[slug]?.name ?? slug,
      })),
      to: report.to,
      onlyIfChanged: report.onlyIfChanged ?? false,
      thresholds: { ...THRESHOLDS, ...given(report.thresholds) },
    };
  });

/** Without what was left out on purpose. */
const given = (thresholds: ReportConfig["thresholds"]): Partial<Thresholds> =>
  Object.fromEntries(Object.entries(thresholds ?? {}).filter(([, value]) => value !== undefined));

/** Why features stood where they did at a moment. */
export type BecauseAt = (
  hub: Hub,
  ...asked: Parameters<ReportReads["becauseAt"]>
) => ReturnType<ReportReads["becauseAt"]>;

/** The reasons that are shown now: for a function that does not hold the rules, which are half of its code again. */
const shownNow: BecauseAt = async ({ ports: { table } }, ids) =>
  new Map([...(await featuresById(table, ids))].map(([id, { explanation }]) => [id, explanation.because]));

/** What reports read of a hub. @param becauseAt derives the reasons of a moment; without it they are those of now */
export const reportReads = (hub: Hub, becauseAt: BecauseAt = shownNow): ReportReads => {
  const { table, clock } = hub.ports;
  const connections = () => connectionViews(hub);
  const views = tableViews(table, {
    products: hub.products,
    connections,
    now: () => clock.now(),
    statusOf: () => Promise.reject(new Error("a report reads no words of connections")),
  });
  return {
    connections,
    ...entityReads(table),
    ...countedReads(table),
    entitiesById: (ids) => entitiesById(table, ids),
    featuresById: (ids) => featuresById(table, ids),
    becauseAt: (ids, at) => becauseAt(hub, ids, at),
    featuresOf: (records) => featuresOf(table, records),
    targetMoves: (id) => views.targetMoves(id),
    trustLimits: (productIds) => rulesFor(hub, productIds).experiment,
    keyResult: (entity) => keyResultView(table, entity),
  };
};
