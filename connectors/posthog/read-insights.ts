import * as z from "zod";
import type { Census, Page, ReadContext } from "../../shared/connector/contract.ts";
import { listPages, of, oneOf, placeOf, rereadIdOf, vendorNow } from "./ask.ts";
import type { Config } from "./config.ts";
import { listCensus } from "./read-lists.ts";

type Context = ReadContext<Config>;

/** A round goes through all insights, some in each run; the next begins when it is old enough by PostHog's clock. */
export const InsightCursor = z.strictObject({
  startedAt: z.string().optional(),
  /** Insights of this round that are through; absent between rounds. */
  offset: z.int().optional(),
});
export type InsightCursor = z.output<typeof InsightCursor>;

const Query = z.looseObject({ kind: z.string().nullish() });
const Saved = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  deleted: z.boolean().nullish(),
  query: Query.extend({ source: Query.nullish() }).nullish(),
});

/** Tables of SQL, paths and the like are no metrics: PostHog need not compute them for us. */
const METRICS = ["TrendsQuery", "FunnelsQuery", "RetentionQuery", "LifecycleQuery", "StickinessQuery"];
const isMetric = ({ query, deleted }: z.output<typeof Saved>): boolean =>
  deleted !== true && METRICS.includes((query?.source ?? query)?.kind ?? "");

/** Reads the next insights of the round: PostHog computes each that is stale, one after the other. */
export async function* readInsights(
  context: Context,
  cursor: InsightCursor,
  project: string,
): AsyncGenerator<Page<InsightCursor>, void, undefined> {
  const { config } = context;
  const now = await vendorNow(context, project, "insights");
  const age = Date.parse(now) - Date.parse(cursor.startedAt ?? "");
  if (cursor.offset === undefined && age < config.refreshHours * 3_600_000) return;
  const startedAt = (cursor.offset === undefined ? undefined : cursor.startedAt) ?? now;
  let offset = cursor.offset ?? 0;
  let left = config.insightsPerRun;
  for await (const { records, nextAt } of savedInsights(context, project, offset)) {
    for (const [index, record] of records.entries()) {
      const saved = Saved.parse(record);
      if (isMetric(saved) && left-- <= 0) return;
      const computed = isMetric(saved) ? await computedInsight(context, project, saved.id) : undefined;
      offset += 1;
      const isLast = nextAt === undefined && index === records.length - 1;
      yield {
        records: computed === undefined ? [] : [{ ...computed, ...placeOf(config, project) }],
        cursor: isLast ? { startedAt } : { startedAt, offset },
      };
    }
    offset = nextAt ?? offset;
    if (nextAt === undefined && records.length === 0) yield { records: [], cursor: { startedAt } };
  }
}

/** Of the config by their short ids, else all that were saved, in an order that reading does not change. */
async function* savedInsights(context: Context, project: string, from: number) {
  const { insights } = context.config;
  const path = of(project, "insights");
  const list = { basic: "true", saved: "true", order: "created_at" };
  if (insights === undefined) {
    yield* listPages(context, path, from, list);
    return;
  }
  for (const [index, shortId] of insights.entries()) {
    if (index < from) continue;
    const nextAt = index + 1 < insights.length ? index + 1 : undefined;
    const pages = listPages(context, path, 0, { basic: "true", short_id: shortId });
    const { value } = await pages.next();
    yield { records: value?.records.slice(0, 1) ?? [], nextAt };
  }
}

/** Source: https://posthog.com/docs/api/insights#retrieve-insights */
export const computedInsight = async (
  context: Context,
  project: string,
  id: string,
): Promise<Record<string, unknown> | undefined> => {
  const { timeZone, lateDays } = context.config;
  const record = await oneOf(context, `${of(project, `insights/${encodeURIComponent(id)}`)}?refresh=blocking`);
  return record === undefined ? undefined : { ...record, timeZone, lateDays };
};

const whole = listCensus("insights", "insight", "metric");

/** Of the insights that are read: those of the config, or all that were saved. */
export const insightCensus: Census<Config> = {
  ...whole,
  async *ids(context, project) {
    for await (const { records } of savedInsights(context, project, 0))
      yield records
        .map((record) => Saved.parse(record))
        .filter(isMetric)
        .map(({ id }) => ({ id, rereadId: rereadIdOf({ id, projectId: project }) }));
  },
};
