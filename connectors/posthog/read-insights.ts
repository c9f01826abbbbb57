import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { listPages, of, oneOf, placeOf, vendorNow } from "./ask.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** A round goes through all insights, some in each run; the next begins when it is old enough by PostHog's clock. */
export const InsightCursor = z.strictObject({
  startedAt: z.string().optional(),
  /** Insights of this round that are through; absent between rounds. */
  offset: z.int().optional(),
});
export type InsightCursor = z.output<typeof InsightCursor>;

const Saved = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  short_id: z.string().nullish(),
});

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
      if (left-- <= 0) return;
      const { id } = Saved.parse(record);
      const computed = await computedInsight(context, project, id);
      offset += 1;
      const isLast = nextAt === undefined && index === records.length - 1;
      yield {
        records: computed === undefined ? [] : [{ ...computed, ...placeOf(config, project) }],
        cursor: isLast ? { startedAt } : { startedAt, offset },
      };
    }
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
