import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selectsIn } from "./config.ts";
import { idOf } from "./envelope.ts";
import type { Reading, WholePage } from "./follow.ts";
import { environmentsOf, found, listPages, pathOf, type Raw } from "./pages.ts";

type Context = ReadContext<Config>;

const EXPANDED = { expand: "treatments,secondaryMetrics,draftIteration" } as const;

const located = ({ config }: Context, project: string, environment: string, record: Raw): Raw => ({
  ...record,
  projectKey: project,
  environmentKey: environment,
  appUrl: config.appUrl,
});

const pathIn = (project: string, environment: string): string =>
  `${pathOf("projects", project, "environments", environment)}/experiments`;

/** Source: https://launchdarkly.com/docs/api/experiments/get-experiments */
async function* wholeExperiments(
  context: Context,
  project: string,
  from: { readonly part?: string | undefined; readonly offset: number },
): AsyncGenerator<WholePage, void, undefined> {
  const environments = await environmentsOf(context, project);
  const first = Math.max(0, from.part === undefined ? 0 : environments.indexOf(from.part));
  const query = new URLSearchParams({ ...EXPANDED, lifecycleState: "active,archived" });
  for (const [index, environment] of environments.entries()) {
    if (index < first) continue;
    const offset = environment === from.part ? from.offset : 0;
    for await (const { items, nextOffset } of listPages(context, pathIn(project, environment), query, offset)) {
      const following = nextOffset === undefined ? environments[index + 1] : environment;
      yield {
        records: items.map((record) => located(context, project, environment, record)),
        next: following === undefined ? undefined : { part: following, offset: nextOffset ?? 0 },
      };
    }
  }
}

/** Experiments by `project/environment/key`. */
const rereadExperiments = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const records: unknown[] = [];
  for (const id of ids) {
    const [project = "", environment = "", ...rest] = id.split("/");
    if (!selectsIn(context.config, project, environment)) continue;
    const path = `/api/v2/${pathIn(project, environment)}/${pathOf(rest.join("/"))}?${new URLSearchParams(EXPANDED)}`;
    const record = await found(context.http.json(z.record(z.string(), z.unknown()), "GET", path));
    if (record !== undefined) records.push(located(context, project, environment, record));
  }
  return records;
};

export const EXPERIMENTS: Reading = {
  what: "experiment",
  whole: wholeExperiments,
  reread: rereadExperiments,
  idOf: ({ project, environment, key }) => idOf(project, environment, key),
};

/** A list that is read whole each run; the cursor only says where a broken-off run was. */
export const ListCursor = z.strictObject({ offset: z.int().nonnegative().optional() });
export type ListCursor = z.output<typeof ListCursor>;

/** Source: https://launchdarkly.com/docs/api/metrics/get-metrics */
export async function* readMetrics(
  context: Context,
  cursor: ListCursor,
  project: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  for await (const { items, nextOffset } of listPages(context, pathOf("metrics", project), undefined, cursor.offset)) {
    yield {
      // It changes with every event, and says nothing of the metric itself.
      records: items.map(({ lastSeen: _, ...metric }) => ({
        ...metric,
        projectKey: project,
        appUrl: context.config.appUrl,
      })),
      cursor: nextOffset === undefined ? {} : { offset: nextOffset },
    };
  }
}
