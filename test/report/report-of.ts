import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import { DEFINITIONS } from "../../shared/report/definitions.ts";
import type { Report } from "../../shared/report/document.ts";
import { makeReport } from "../../shared/report/make.ts";
import { periodOf } from "../../shared/report/period.ts";
import { THRESHOLDS } from "../../shared/report/section.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { sampleFeature } from "../web/sample-hub.ts";

const PERIOD = periodOf("week", "Europe/Berlin", "monday", new Date("2026-11-23T08:00:00Z"));
const HUB = "https://hub.example";

/** A report over features, all of which moved on within the period. */
export const reportOf = (names: readonly string[], over: Partial<FeatureView> = {}): Promise<Report> => {
  const features = names.map((name, n): FeatureView => {
    const view = sampleFeature(n + 1, "production");
    const path = [
      { headline: "development" as const, at: "2026-10-01T00:00:00.000Z" },
      { headline: "production" as const, at: "2026-11-18T12:00:00.000Z" },
    ];
    return { ...view, name, key: undefined, explanation: { ...view.explanation, path }, ...over };
  });
  const page =
    <Item>(items: readonly Item[]) =>
    async () => ({ items, next: undefined });
  return makeReport(
    {
      name: "weekly",
      kind: "product",
      definition: DEFINITIONS.product,
      schedule: "0 9 * * 1",
      zone: "Europe/Berlin",
      weekStart: "monday",
      length: "week",
      products: [],
      to: ["archive"],
      onlyIfChanged: false,
      thresholds: THRESHOLDS,
    },
    PERIOD,
    {
      reads: {
        features: page(features),
        entities: async () => ({ items: [], next: undefined }),
        said: async () => ({ items: [], next: undefined }),
        entitiesById: async () => new Map(),
        featuresById: async (ids) =>
          new Map(features.filter(({ id }) => ids.includes(id)).map((view) => [view.id, view])),
        becauseAt: async (ids) =>
          new Map(features.filter(({ id }) => ids.includes(id)).map((view) => [view.id, view.explanation.because])),
        featuresOf: async () => new Map(),
        targetMoves: async () => [],
        trustLimits: () => TRUST_LIMITS,
        keyResult: async ({ id, fields: { title, status } }) => ({ id, title, status, progress: null }),
        connections: async () => [],
      },
      hubUrl: HUB,
      madeAt: new Date("2026-11-23T08:00:00Z"),
    },
    undefined,
  );
};
