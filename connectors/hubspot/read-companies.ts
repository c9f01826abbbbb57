import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";
import { listPages, pathOf } from "./paged-list.ts";

/** While the first read is under way the list's token, then the time of change from which to search. */
export const CompanyCursor = z.strictObject({
  next: z.string().optional(),
  isArchived: z.boolean().optional(),
  changedTo: z.string().optional(),
  isRead: z.boolean().optional(),
});
export type CompanyCursor = z.output<typeof CompanyCursor>;

type Context = ReadContext<Config>;

const PROPERTIES = ["name", "domain", "lifecyclestage", "annualrevenue", "numberofemployees", "hs_lastmodifieddate"];
const Row = z.looseObject({
  id: z.string().min(1),
  properties: z.looseObject({ hs_lastmodifieddate: z.string().nullish() }).nullish(),
  updatedAt: z.string().nullish(),
});
const Found = z.looseObject({ results: z.array(z.unknown()), total: z.int() });

/** HubSpot gives at most 10,000 results of one search. */
const WINDOW = 9_800;
const SEARCHED_AT_ONCE = 100;
const WINDOWS_AT_MOST = 1000;

const objects = ({ apiVersion }: Config): string => `crm/objects/${apiVersion}/companies`;

const changedAt = (row: unknown) => {
  const { data } = Row.safeParse(row);
  return maybeInstant(data?.properties?.hs_lastmodifieddate ?? data?.updatedAt);
};

const latestOf = (rows: readonly unknown[], before: string | undefined): string | undefined =>
  [...rows.flatMap((row) => changedAt(row) ?? []), ...(before === undefined ? [] : [before])].toSorted().at(-1);

const clean = (cursor: { readonly [K in keyof CompanyCursor]: CompanyCursor[K] | undefined }): CompanyCursor =>
  Object.fromEntries(Object.entries(cursor).filter(([, value]) => value !== undefined));

const withPortal = ({ portalId }: Config, rows: readonly unknown[]): unknown[] =>
  rows.map((row) => (portalId === undefined ? row : { ...(row as object), portalId }));

/**
 * First the list, which search may not replace, and the list of what was archived; then what changed, by search, and
 * what was archived since. Source: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/companies/guide
 */
export async function* readCompanies(
  context: Context,
  cursor: CompanyCursor,
): AsyncGenerator<Page<CompanyCursor>, void, undefined> {
  const { http, config } = context;
  let { changedTo } = cursor;
  if (cursor.isRead === true) {
    for await (const rows of searched(context, changedTo)) {
      changedTo = latestOf(rows, changedTo);
      yield { records: withPortal(config, rows), cursor: clean({ isRead: true, changedTo }) };
    }
  } else if (cursor.isArchived !== true) {
    for await (const { rows, next } of listPages(http, objects(config), listOf(config, false), cursor.next)) {
      changedTo = latestOf(rows, changedTo);
      yield {
        records: withPortal(config, rows),
        cursor: clean({ next, changedTo, isArchived: next === undefined || undefined }),
      };
    }
  }
  const from = cursor.isArchived === true ? cursor.next : undefined;
  for await (const { rows, next } of listPages(http, objects(config), listOf(config, true), from)) {
    const place = next === undefined || cursor.isRead === true ? { isRead: true } : { isArchived: true, next };
    yield { records: withPortal(config, rows), cursor: clean({ ...place, changedTo }) };
  }
}

const listOf = ({ pageSize }: Config, archived: boolean) => ({
  limit: pageSize,
  properties: PROPERTIES.join(","),
  archived,
});

/** What changed since, oldest first, in windows that stay below the most that one search gives. */
async function* searched(
  { http, config }: Context,
  changedTo: string | undefined,
): AsyncGenerator<readonly unknown[], void, undefined> {
  let since = changedTo === undefined ? 0 : Date.parse(changedTo) - config.overlapSeconds * 1000;
  for (let window = 0; window < WINDOWS_AT_MOST; window++) {
    let after = 0;
    let last: string | undefined;
    for (;;) {
      const { results, total } = await http.json(Found, "POST", `${objects(config)}/search`, {
        filterGroups: [{ filters: [{ propertyName: "hs_lastmodifieddate", operator: "GTE", value: String(since) }] }],
        sorts: ["hs_lastmodifieddate"],
        properties: PROPERTIES,
        limit: SEARCHED_AT_ONCE,
        after: String(after),
      });
      if (results.length > 0) yield results;
      last = latestOf(results, last);
      after += results.length;
      if (results.length === 0 || after >= total) return;
      if (after >= WINDOW) break;
    }
    // A bulk edit may stamp one time on more than a window holds.
    if (last === undefined || Date.parse(last) <= since) break;
    since = Date.parse(last);
  }
  throw new HubError("vendor_paging_broken", "a search of companies does not go on", { retry: "later" });
}

export const rereadCompanies = async ({ http, config }: Context, ids: readonly string[]): Promise<unknown[]> => {
  const records: unknown[] = [];
  for (const id of ids.filter((one) => /^\d{1,20}$/.test(one))) {
    try {
      const path = pathOf(`${objects(config)}/${id}`, { properties: PROPERTIES.join(",") });
      records.push(await http.json(Row, "GET", path));
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== "vendor_not_found") throw error;
    }
  }
  return withPortal(config, records);
};
