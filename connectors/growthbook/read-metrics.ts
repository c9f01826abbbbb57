import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import type { Config } from "./config.ts";
import { type ListCursor, listPages, one, projectQuery } from "./pages.ts";

type Context = ReadContext<Config>;

/** Sources: https://docs.growthbook.io/api#tag/metrics/operation/listMetrics, …/fact-metrics/operation/listFactMetrics */
const LISTS = {
  metrics: { path: "/v1/metrics", list: "metrics", single: "metric" },
  factMetrics: { path: "/v1/fact-metrics", list: "factMetrics", single: "factMetric" },
} as const;

const located = (record: unknown, { appUrl }: Config): unknown =>
  typeof record === "object" && record !== null ? { ...record, appUrl } : record;

/** Poll and re-read of one sort of metric. */
export const metricReading = (sort: keyof typeof LISTS) => {
  const { path, list, single } = LISTS[sort];
  return {
    async *read(
      context: Context,
      cursor: ListCursor,
      scope: string,
    ): AsyncGenerator<Page<ListCursor>, void, undefined> {
      for await (const { records, nextOffset } of listPages(context, path, list, projectQuery(scope), cursor.offset)) {
        yield {
          records: records.map((record) => located(record, context.config)),
          cursor: nextOffset === undefined ? {} : { offset: nextOffset },
        };
      }
    },
    async reread(context: Context, ids: readonly string[]): Promise<readonly unknown[]> {
      const found = await Promise.all(ids.map((id) => one(context, `${path}/${encodeURIComponent(id)}`, single)));
      return found.flatMap((record) => (record === undefined ? [] : [located(record, context.config)]));
    },
  };
};
