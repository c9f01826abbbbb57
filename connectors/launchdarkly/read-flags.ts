import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Config, selects } from "./config.ts";
import { idOf } from "./envelope.ts";
import type { Reading, WholePage } from "./follow.ts";
import { environmentsOf, found, listPages, pathOf, type Raw } from "./pages.ts";

type Context = ReadContext<Config>;

/** LaunchDarkly tells the configuration of so many environments at once, from API version 20240415 on. */
const ENVIRONMENTS_AT_ONCE = 3;
/** By default a list leaves out what is archived. */
const PASSES = { live: {}, archived: { filter: "state:archived" } } as const;

const Keyed = z.looseObject({ key: z.string() });
const Statuses = z.looseObject({
  items: z
    .array(
      z.looseObject({
        name: z.string().nullish(),
        lastRequested: z.string().nullish(),
        _links: z.looseObject({ self: z.looseObject({ href: z.string() }) }),
      }),
    )
    .nullish(),
});
const StatusOfFlag = z.looseObject({ environments: z.record(z.string(), z.unknown()).nullish() });
const Needs = z.looseObject({
  environments: z.record(z.string(), z.looseObject({ prerequisites: z.array(Keyed).nullish() })).nullish(),
});
const Dependents = z.looseObject({ items: z.array(Keyed) });

type Status = { readonly name?: string | null | undefined; readonly lastRequested?: string | null | undefined };

/** Source: https://launchdarkly.com/docs/api/feature-flags/get-feature-flags */
async function* wholeFlags(
  context: Context,
  project: string,
  from: { readonly part?: string | undefined; readonly offset: number },
): AsyncGenerator<WholePage, void, undefined> {
  const environments = await environmentsOf(context, project);
  const statuses = await statusesOf(context, project, environments);
  const flags = new Map<string, Promise<Raw | null>>();
  const passes = from.part === "archived" ? (["archived"] as const) : (["live", "archived"] as const);
  for (const pass of passes) {
    const query = new URLSearchParams({ summary: "0", sort: "creationDate", ...PASSES[pass] });
    for (const one of environments.slice(0, ENVIRONMENTS_AT_ONCE)) query.append("env", one);
    const offset = pass === (from.part ?? "live") ? from.offset : 0;
    for await (const page of listPages(context, pathOf("flags", project), query, offset)) {
      const items = await withOtherEnvironments(context, project, query, environments, page);
      for (const item of items) flags.set(Keyed.parse(item).key, Promise.resolve(targeting(item)));
      const records = await Promise.all(
        items.map((item) => completed(context, project, item, flags, statuses.get(Keyed.parse(item).key))),
      );
      const next =
        page.nextOffset === undefined
          ? pass === "live"
            ? { part: "archived", offset: 0 }
            : undefined
          : { part: pass, offset: page.nextOffset };
      yield { records, next };
    }
  }
}

/** The same page for the environments that did not fit into the first request. */
const withOtherEnvironments = async (
  context: Context,
  project: string,
  first: URLSearchParams,
  environments: readonly string[],
  { items, offset }: { readonly items: readonly Raw[]; readonly offset: number },
): Promise<readonly Raw[]> => {
  const more = new Map<string, Record<string, unknown>>();
  for (let start = ENVIRONMENTS_AT_ONCE; start < environments.length; start += ENVIRONMENTS_AT_ONCE) {
    const query = new URLSearchParams(first);
    query.delete("env");
    for (const one of environments.slice(start, start + ENVIRONMENTS_AT_ONCE)) query.append("env", one);
    const pages = listPages(context, pathOf("flags", project), query, offset);
    const { value } = await pages.next();
    for (const item of value?.items ?? []) {
      const { key } = Keyed.parse(item);
      more.set(key, { ...more.get(key), ...environmentsIn(item) });
    }
  }
  if (environments.length <= ENVIRONMENTS_AT_ONCE) return items;
  return Promise.all(
    items.map(async (item) => {
      const { key } = Keyed.parse(item);
      const others = more.get(key);
      // The list moved between the requests: the flag is read on its own.
      if (others === undefined) return (await flagOf(context, project, key)) ?? item;
      return { ...item, environments: { ...environmentsIn(item), ...others } };
    }),
  );
};

const environmentsIn = (flag: Raw): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).safeParse(flag["environments"]).data ?? {};

/** Source: https://launchdarkly.com/docs/api/feature-flags/get-feature-flag */
const flagOf = ({ http, config }: Context, project: string, key: string): Promise<Raw | undefined> => {
  const query = new URLSearchParams(config.environments.map((one): [string, string] => ["env", one]));
  const path = `/api/v2/${pathOf("flags", project, key)}${query.size === 0 ? "" : `?${query}`}`;
  return found(http.json(z.record(z.string(), z.unknown()), "GET", path));
};

/** When flags were last asked for, by flag and environment. */
const statusesOf = async (
  { http }: Context,
  project: string,
  environments: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, Status>>>> => {
  const statuses = new Map<string, Record<string, Status>>();
  for (const environment of environments) {
    const path = `/api/v2/${pathOf("flag-statuses", project, environment)}`;
    const { items } = await http.json(Statuses, "GET", path);
    for (const { name, lastRequested, _links } of items ?? []) {
      const key = decodeURIComponent(_links.self.href.split("/").at(-1) ?? "");
      statuses.set(key, { ...statuses.get(key), [environment]: { name, lastRequested } });
    }
  }
  return statuses;
};

/** A flag with where it is, the flags that it needs, and when it was last asked for. */
const completed = async (
  context: Context,
  project: string,
  flag: Raw,
  flags: Map<string, Promise<Raw | null>>,
  statuses: Readonly<Record<string, unknown>> | null | undefined,
): Promise<Raw> => {
  const needed: Record<string, Raw | null> = {};
  const waiting = neededBy(flag);
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (key in needed || key === flag["key"]) continue;
    const asked =
      flags.get(key) ?? flagOf(context, project, key).then((one) => (one === undefined ? null : targeting(one)));
    flags.set(key, asked);
    const one = await asked;
    needed[key] = one;
    if (one !== null) waiting.push(...neededBy(one));
  }
  return {
    ...withoutPeople(flag),
    projectKey: project,
    appUrl: context.config.appUrl,
    ...(statuses != null && { statuses }),
    ...(Object.keys(needed).length > 0 && { needed }),
  };
};

const neededBy = (flag: Raw): string[] =>
  Object.values(Needs.safeParse(flag).data?.environments ?? {}).flatMap(({ prerequisites }) =>
    (prerequisites ?? []).map(({ key }) => key),
  );

const targeting = (flag: Raw): Raw => {
  const { key, kind, variations, defaults, environments } = withoutPeople(flag);
  return { key, kind, variations, defaults, environments };
};

const Named = z.array(z.looseObject({ values: z.array(z.unknown()).nullish() }));

/** People who are named one by one are customers of others: we keep how many they are. */
const withoutPeople = (flag: Raw): Raw => ({
  ...flag,
  environments: Object.fromEntries(
    Object.entries(environmentsIn(flag)).map(([name, told]) => {
      if (typeof told !== "object" || told === null) return [name, told];
      const counts = ["targets", "contextTargets"].flatMap((field) => {
        const { data } = Named.safeParse((told as Raw)[field]);
        return data === undefined
          ? []
          : [[field, data.map(({ values, ...rest }) => ({ ...rest, count: values?.length ?? 0 }))]];
      });
      return [name, { ...told, ...Object.fromEntries(counts) }];
    }),
  ),
});

/** Flags by `project/key`, and those that need them: their rollout changes along. */
const rereadFlags = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const records: unknown[] = [];
  const flags = new Map<string, Promise<Raw | null>>();
  const done = new Set<string>();
  const waiting = [...ids];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    const slash = id.indexOf("/");
    const [project, key] = [id.slice(0, slash), id.slice(slash + 1)];
    if (done.has(id) || !selects(context.config, project)) continue;
    done.add(id);
    waiting.push(...(await dependentsOf(context, project, key)));
    const flag = await flagOf(context, project, key);
    if (flag === undefined) continue;
    const path = `/api/v2/${pathOf("flag-status", project, key)}`;
    const status = await found(context.http.json(StatusOfFlag, "GET", path));
    records.push(await completed(context, project, flag, flags, status?.environments));
  }
  return records;
};

/** Not on every plan: then the daily reading of everything tells. */
const dependentsOf = async ({ http }: Context, project: string, key: string): Promise<string[]> => {
  try {
    const path = `/api/v2/${pathOf("flags", project, key)}/dependent-flags`;
    return (await http.json(Dependents, "GET", path)).items.map((one) => idOf(project, one.key));
  } catch (error) {
    if (error instanceof HubError && (error.code === "vendor_not_found" || error.code === "vendor_forbidden"))
      return [];
    throw error;
  }
};

export const FLAGS: Reading = {
  what: "flag",
  whole: wholeFlags,
  reread: rereadFlags,
  idOf: ({ project, key }) => idOf(project, key),
};
