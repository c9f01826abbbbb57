import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { type ListCursor, listPages, one, projectQuery } from "./pages.ts";
import { Experiment, Results } from "./schema.ts";

type Context = ReadContext<Config>;

/** Source: https://docs.growthbook.io/api#tag/experiments/operation/listExperiments */
export async function* readExperiments(
  context: Context,
  cursor: ListCursor,
  scope: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const query = projectQuery(scope);
  let results: ReadonlyMap<string, unknown> | undefined;
  for await (const { records, nextOffset } of listPages(
    context,
    "/v1/experiments",
    "experiments",
    query,
    cursor.offset,
  )) {
    results ??= records.length === 0 ? undefined : await allResults(context, query);
    yield {
      records: records.map((record) => withResults(record, context.config, results)),
      cursor: nextOffset === undefined ? {} : { offset: nextOffset },
    };
  }
}

/**
 * The latest snapshot of each experiment, in bulk: one request for each experiment would be the budget of minutes.
 * Source: https://docs.growthbook.io/api#tag/experiments/operation/listExperimentResults
 */
const allResults = async (context: Context, query: Readonly<Record<string, string>>): Promise<Map<string, unknown>> => {
  const results = new Map<string, unknown>();
  for await (const { records } of listPages(context, "/v1/experiments/results", "experimentResults", query)) {
    for (const record of records) {
      const id = Results.safeParse(record).data?.experimentId;
      if (id !== undefined) results.set(id, record);
    }
  }
  return results;
};

const withResults = (
  record: unknown,
  { appUrl }: Config,
  results: ReadonlyMap<string, unknown> | undefined,
): unknown => {
  const id = Experiment.safeParse(record).data?.id;
  if (id === undefined || typeof record !== "object") return record;
  const found = results?.get(id);
  return { ...record, appUrl, ...(found !== undefined && { results: found }) };
};

/** Experiments by id with their latest results, as far as the selector takes their projects. */
export const rereadExperiments = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const found: unknown[] = [];
  for (const id of ids) {
    const path = `/v1/experiments/${encodeURIComponent(id)}`;
    const experiment = await one(context, path, "experiment");
    const known = Experiment.safeParse(experiment).data;
    if (experiment === undefined || !selects(context.config, known?.project)) continue;
    const result = known?.status === "draft" ? undefined : await one(context, `${path}/results`, "result");
    found.push(withResults(experiment, context.config, new Map(result === undefined ? [] : [[id, result]])));
  }
  return found;
};
