import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { listPages, of, placeOf, query, vendorNow } from "./ask.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** The change of each experiment that was read last, and when results were last asked for, by PostHog's clock. */
export const ExperimentCursor = z.strictObject({
  seen: z.record(z.string(), z.string()),
  resultsAt: z.string().optional(),
});
export type ExperimentCursor = z.output<typeof ExperimentCursor>;

const Metric = z.looseObject({
  name: z.string().nullish(),
  source: z.looseObject({ event: z.string().nullish() }).nullish(),
  series: z.array(z.looseObject({ event: z.string().nullish() })).nullish(),
});
const Listed = z.looseObject({
  id: z.union([z.string(), z.number()]),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
  updated_at: z.string().nullish(),
  metrics: z.array(Metric).nullish(),
  metrics_secondary: z.array(Metric).nullish(),
});

/** Lists all experiments, and reads with their results those that changed and, when it is time, those that run. */
export async function* readExperiments(
  context: Context,
  cursor: ExperimentCursor,
  project: string,
): AsyncGenerator<Page<ExperimentCursor>, void, undefined> {
  const now = await vendorNow(context, project, "experiments");
  const age = Date.parse(now) - Date.parse(cursor.resultsAt ?? "");
  const isTime = !(age < context.config.resultsEveryHours * 3_600_000);
  const seen: Record<string, string> = {};
  for await (const { records, nextAt } of listPages(context, of(project, "experiments"))) {
    const wanted = records.filter((record) => {
      const { id, updated_at: changed, start_date: start, end_date: end } = Listed.parse(record);
      const key = String(id);
      if (changed) seen[key] = changed;
      return !changed || changed !== cursor.seen[key] || (isTime && start && !end);
    });
    const whole: unknown[] = [];
    for (const record of wanted)
      whole.push({ ...(await withResults(context, project, record)), ...placeOf(context.config, project) });
    // A later page's record may be one of this page that moved: only the whole list says what was read.
    const isLast = nextAt === undefined;
    yield { records: whole, cursor: isLast ? { seen, resultsAt: isTime ? now : cursor.resultsAt } : cursor };
  }
}

const Exposures = z.looseObject({ total_exposures: z.record(z.string(), z.number()).nullish() });
const Answer = z.looseObject({});
/** What ends a read of everything, and not only of these results. */
const EVERYBODYS: ReadonlySet<string> = new Set(["vendor_auth_expired", "vendor_rate_limited", "vendor_unreachable"]);

/** An experiment with what each of its metrics came to; one that never started, or cannot be computed, has none. */
export const withResults = async (context: Context, project: string, record: object): Promise<object> => {
  const { id, start_date: start, metrics, metrics_secondary: secondary } = Listed.parse(record);
  if (!start) return record;
  const ask = async <S extends z.ZodType>(shape: S, asked: object): Promise<z.output<S> | undefined> => {
    try {
      return await query(context, project, shape, { ...asked, experiment_id: Number(id) });
    } catch (error) {
      if (!(error instanceof HubError) || EVERYBODYS.has(error.code)) throw error;
      return undefined;
    }
  };
  const results: object[] = [];
  for (const [role, list] of [
    ["goal", metrics ?? []],
    ["secondary", secondary ?? []],
  ] as const) {
    for (const metric of list) {
      const name = metric.name || metric.source?.event || metric.series?.map(({ event }) => event).join(" → ");
      const answer = await ask(Answer, { kind: "ExperimentQuery", metric });
      if (answer !== undefined) results.push({ ...answer, role, name });
    }
  }
  return { ...record, results, exposures: await ask(Exposures, { kind: "ExperimentExposureQuery" }) };
};
