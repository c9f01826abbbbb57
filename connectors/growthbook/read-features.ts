import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Config, selects } from "./config.ts";
import { type ListCursor, listPages, one, projectQuery } from "./pages.ts";
import { Feature } from "./schema.ts";

type Context = ReadContext<Config>;
type Raw = Readonly<Record<string, unknown>>;

const Group = z.looseObject({ id: z.string(), name: z.string() });

/** What features name but do not hold, read when it is first needed and once a run. */
interface Beside {
  feature(id: string): Promise<Raw | null>;
  groupNames(): Promise<Readonly<Record<string, string>>>;
}

const pathOf = ({ featuresVersion }: Config): string => `/${featuresVersion}/features`;

const beside = (context: Context): Beside => {
  const features = new Map<string, Promise<Raw | null>>();
  let names: Promise<Readonly<Record<string, string>>> | undefined;
  return {
    feature(id) {
      const held =
        features.get(id) ??
        one(context, `${pathOf(context.config)}/${encodeURIComponent(id)}`, "feature").then((found) => found ?? null);
      features.set(id, held);
      return held;
    },
    groupNames: () => (names ??= readGroupNames(context)),
  };
};

const readGroupNames = async (context: Context): Promise<Readonly<Record<string, string>>> => {
  const names: Record<string, string> = {};
  for await (const { records } of listPages(context, "/v1/saved-groups", "savedGroups", {})) {
    for (const record of records) {
      const { data } = Group.safeParse(record);
      if (data !== undefined) names[data.id] = data.name;
    }
  }
  return names;
};

/** Source: https://docs.growthbook.io/api#tag/features/operation/listFeatures */
export async function* readFeatures(
  context: Context,
  cursor: ListCursor,
  scope: string,
): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const around = beside(context);
  const query = { ...projectQuery(scope), archived: "true" };
  for await (const { records, nextOffset } of listPages(
    context,
    pathOf(context.config),
    "features",
    query,
    cursor.offset,
  )) {
    const whole = await Promise.all(records.map((record) => completed(record, context.config, around)));
    yield { records: whole, cursor: nextOffset === undefined ? {} : { offset: nextOffset } };
  }
}

/** Features by id, as far as the selector takes their projects. */
export const rereadFeatures = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const around = beside(context);
  const found: unknown[] = [];
  for (const id of ids) {
    const record = await around.feature(id);
    if (record !== null && selects(context.config, Feature.safeParse(record).data?.project))
      found.push(await completed(record, context.config, around));
  }
  return found;
};

/** A feature with what its rollout depends on: the features that it needs, and names of saved groups. */
const completed = async (record: unknown, { appUrl }: Config, around: Beside): Promise<unknown> => {
  const { data } = Feature.safeParse(record);
  if (data === undefined || typeof record !== "object") return record;
  const needed: Record<string, unknown> = {};
  const waiting = neededBy(data);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === data.id || id in needed) continue;
    const found = await around.feature(id);
    needed[id] = found;
    const parsed = Feature.safeParse(found).data;
    if (parsed !== undefined) waiting.push(...neededBy(parsed));
  }
  const groups = savedGroupsIn(data);
  const names = groups.length === 0 ? {} : await around.groupNames();
  const savedGroupNames = Object.fromEntries(groups.flatMap((id) => (id in names ? [[id, names[id]]] : [])));
  return {
    ...record,
    appUrl,
    ...(Object.keys(needed).length > 0 && { needed }),
    ...(Object.keys(savedGroupNames).length > 0 && { savedGroupNames }),
  };
};

const allRules = ({ rules, environments }: Feature) => [
  ...(rules ?? []),
  ...Object.values(environments ?? {}).flatMap(({ rules: own }) => own ?? []),
];

const neededBy = (feature: Feature): string[] => [
  ...(feature.prerequisites ?? []).map((told) => (typeof told === "string" ? told : told.id)),
  ...allRules(feature).flatMap(({ prerequisites }) => (prerequisites ?? []).map(({ id }) => id)),
];

const savedGroupsIn = (feature: Feature): string[] => [
  ...new Set(
    allRules(feature).flatMap(({ savedGroupTargeting }) =>
      (savedGroupTargeting ?? []).flatMap(({ savedGroups }) => savedGroups ?? []),
    ),
  ),
];
