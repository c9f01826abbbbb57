import * as z from "zod";
import type { Census, Counted, Page, ReadContext, Stream } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { appList, appRecord, placeOf, query, vendorNow } from "./ask.ts";
import type { Config } from "./config.ts";
import { dayIn } from "./zone.ts";

type Context = ReadContext<Config>;

/** When a list that costs a query was last asked for, by Mixpanel's clock; lists that cost none have nothing to keep. */
export const ListCursor = z.strictObject({ askedAt: z.string().optional() });
export type ListCursor = z.output<typeof ListCursor>;

/** Saved cohorts with how many are in each now. */
export async function* readCohorts(
  context: Context,
  { askedAt }: ListCursor,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const now = await vendorNow(context);
  const age = Date.parse(now) - Date.parse(askedAt ?? "");
  if (age < context.config.refreshHours * 3_600_000) return;
  yield { records: await cohorts(context, now), cursor: { askedAt: now } };
}

const cohorts = async (context: Context, now: string): Promise<object[]> => {
  const asOf = dayIn(context.config.timeZone, now);
  const all = await query(context, z.array(z.looseObject({})), "cohorts/list", {}, "POST");
  return all.map((cohort) => ({ ...cohort, ...placeOf(context.config), asOf }));
};

/** Cohorts cannot be asked for one by one. */
export const rereadCohorts = async (context: Context, ids: readonly string[]): Promise<unknown[]> =>
  (await cohorts(context, await vendorNow(context))).filter((cohort) => ids.includes(Identified.parse(cohort).id));

/** A list of the app API that is given whole, and the path of one of its records. */
interface AppList {
  readonly list: (config: Config) => string;
  readonly one: (config: Config, id: string) => string;
}

const inWorkspace = ({ workspaceId = "" }: Config): string => `workspaces/${workspaceId}`;
const flagsOf = (config: Config): string => `projects/${config.projectId}/${inWorkspace(config)}/feature-flags`;

export const APP_LISTS = {
  annotations: {
    list: ({ projectId }) => `projects/${projectId}/annotations`,
    one: ({ projectId }, id) => `projects/${projectId}/annotations/${id}`,
  },
  experiments: {
    list: (config) => `${inWorkspace(config)}/experiments`,
    one: (config, id) => `${inWorkspace(config)}/experiments/${id}`,
  },
  flags: {
    list: (config) => `${flagsOf(config)}?include_archived=true`,
    one: (config, id) => `${flagsOf(config)}/${id}`,
  },
} as const satisfies Record<string, AppList>;

/** Reads the whole list each time: it costs one request and nothing of the query budget. */
export const appPoll = ({ list }: AppList): NonNullable<Stream<Config, unknown, ListCursor>["poll"]> => ({
  cursor: ListCursor,
  start: {},
  async *read(context) {
    const records = await appList(context, list(context.config));
    yield { records: records.map((record) => ({ ...record, ...placeOf(context.config) })), cursor: {} };
  },
});

/** As {@link appPoll}, but nothing at all where the config names no data view. */
export const viewPoll = (of: AppList) => ({
  ...appPoll(of),
  scopes: ({ workspaceId }: Config): readonly string[] => (workspaceId === undefined ? [] : [workspaceId]),
});

export const appReread =
  ({ one }: AppList) =>
  async (context: Context, ids: readonly string[]): Promise<unknown[]> => {
    const records: unknown[] = [];
    for (const id of ids.filter((given) => /^[\w-]{1,64}$/.test(given))) {
      const record = await appRecord(context, one(context.config, id));
      if (record !== undefined) records.push({ ...record, ...placeOf(context.config) });
    }
    return records;
  };

const Identified = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  deleted: z.unknown().optional(),
  status: z.unknown().optional(),
});

const counted = (records: readonly unknown[]): Counted[] =>
  records.map((record) => {
    const { id, deleted, status } = Identified.parse(record);
    return { id, isArchived: (deleted !== null && deleted !== undefined) || status === "archived" };
  });

const census = (
  noun: string,
  kind: FieldedKind,
  ids: (context: Context) => Promise<readonly unknown[]>,
): Census<Config> => ({
  noun,
  kinds: [kind],
  async *ids(context) {
    yield counted(await ids(context));
  },
  selects: ({ projectId }, place) => place === projectId,
  holds: () => true,
  async reaches(context) {
    try {
      await ids(context);
      return true;
    } catch (error) {
      if (error instanceof HubError && ["vendor_forbidden", "vendor_not_found"].includes(error.code)) return false;
      throw error;
    }
  },
});

const ofApp =
  ({ list }: AppList) =>
  (context: Context) =>
    appList(context, list(context.config));

export const CENSUSES = {
  cohorts: census("cohort", "metric", async (context) => cohorts(context, await vendorNow(context))),
  annotations: census("annotation", "announcement", ofApp(APP_LISTS.annotations)),
  experiments: census("experiment", "experiment", ofApp(APP_LISTS.experiments)),
  flags: census("feature_flag", "featureFlag", ofApp(APP_LISTS.flags)),
} as const;
