import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

/** A list that is read whole each run; the page where a broken-off run was. */
export const ListCursor = z.strictObject({ after: z.string().optional() });
export type ListCursor = z.output<typeof ListCursor>;

const Meta = z.looseObject({
  meta: z.looseObject({ has_more: z.boolean(), after_cursor: z.string().nullish() }),
});
const PAGES_AT_MOST = 20_000;

/** https://developer.zendesk.com/api-reference/introduction/pagination/#using-cursor-pagination */
async function* pages(
  { http, config }: Context,
  path: string,
  list: string,
  filter: readonly (readonly [string, string])[],
  from?: string,
): AsyncGenerator<{ readonly values: readonly unknown[]; readonly next: string | undefined }, void, undefined> {
  const shape = Meta.refine((answer) => Array.isArray(answer[list]), { path: [list], error: "is a list" });
  const seen = new Set<string>();
  let after = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const query = new URLSearchParams([...filter.map(([name, value]): [string, string] => [name, value])]);
    query.set("page[size]", String(config.listPageSize));
    if (after !== undefined) query.set("page[after]", after);
    const answer = await http.json(shape, "GET", `api/v2/${path}.json?${query}`);
    const next = answer.meta.has_more ? (answer.meta.after_cursor ?? undefined) : undefined;
    if (answer.meta.has_more && (next === undefined || seen.has(next))) break;
    yield { values: answer[list] as readonly unknown[], next };
    if (next === undefined) return;
    seen.add(next);
    after = next;
  }
  throw new HubError("vendor_paging_broken", `Zendesk's list of ${path} gives a cursor twice, or none before its end`, {
    retry: "later",
  });
}

const listReader = (path: string, filter: readonly (readonly [string, string])[] = []) =>
  async function* read(context: Context, cursor: ListCursor): AsyncGenerator<Page<ListCursor>, void, undefined> {
    for await (const { values, next } of pages(context, path, path, filter, cursor.after)) {
      yield { records: values, cursor: next === undefined ? {} : { after: next } };
    }
  };

/** Agents and administrators only: end users are asked for nowhere. */
export const readUsers = listReader("users", [
  ["role[]", "agent"],
  ["role[]", "admin"],
]);
export const readGroups = listReader("groups");

export const RatingCursor = z.strictObject({
  /** Latest change that was seen. */
  updated: z.iso.datetime({ precision: 3 }).optional(),
  walk: z.strictObject({ since: z.int(), after: z.string() }).optional(),
});
export type RatingCursor = z.output<typeof RatingCursor>;

/** A rating may be changed while its ticket is open, and Zendesk counts by its first time. */
const RATING_OVERLAP_SECONDS = 7 * 86_400;
const Updated = z.looseObject({ updated_at: z.string().nullish(), requester_id: z.unknown() });

/** Ratings that were given; those only offered are on their tickets. */
export async function* readRatings(
  context: Context,
  cursor: RatingCursor,
): AsyncGenerator<Page<RatingCursor>, void, undefined> {
  const earliest = Date.parse(context.config.startTime) / 1000;
  const fresh =
    cursor.updated === undefined
      ? earliest
      : Math.max(earliest, Math.floor(Date.parse(cursor.updated) / 1000) - RATING_OVERLAP_SECONDS);
  const since = cursor.walk?.since ?? fresh;
  const filter = [
    ["score", "received"],
    ["start_time", String(since)],
  ] as const;
  let { updated } = cursor;
  for await (const { values, next } of pages(
    context,
    "satisfaction_ratings",
    "satisfaction_ratings",
    filter,
    cursor.walk?.after,
  )) {
    updated = latest(updated, values);
    yield {
      records: values.map(withoutRequester),
      cursor: {
        ...(updated !== undefined && { updated }),
        ...(next !== undefined && { walk: { since, after: next } }),
      },
    };
  }
}

const latest = (held: Instant | undefined, values: readonly unknown[]): Instant | undefined =>
  values.reduce<Instant | undefined>((newest, value) => {
    const at = maybeInstant(Updated.safeParse(value).data?.updated_at);
    return at !== undefined && (newest === undefined || at > newest) ? at : newest;
  }, held);

const withoutRequester = (rating: unknown): unknown => {
  const { data } = Updated.safeParse(rating);
  if (data === undefined) return rating;
  const { requester_id: _, ...rest } = data;
  return rest;
};

export const OrganizationCursor = z.strictObject({ endTime: z.int().optional() });
export type OrganizationCursor = z.output<typeof OrganizationCursor>;

const Organizations = z.looseObject({
  organizations: z.array(z.unknown()),
  end_time: z.int().nullish(),
  count: z.int().nullish(),
  end_of_stream: z.boolean().nullish(),
});

/** https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-organization-export */
export async function* readOrganizations(
  { http, config }: Context,
  cursor: OrganizationCursor,
): AsyncGenerator<Page<OrganizationCursor>, void, undefined> {
  let since = cursor.endTime ?? Date.parse(config.startTime) / 1000;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const query = new URLSearchParams({ start_time: String(since), per_page: String(config.pageSize) });
    const { organizations, end_time, count, end_of_stream } = await http.json(
      Organizations,
      "GET",
      `api/v2/incremental/organizations.json?${query}`,
    );
    const isLast = end_of_stream ?? (count ?? organizations.length) < config.pageSize;
    const endTime = end_time ?? since;
    // A time that does not move on while there is more would be read for ever.
    if (!isLast && endTime <= since) break;
    yield { records: organizations, cursor: { endTime } };
    if (isLast) return;
    since = endTime;
  }
  throw new HubError("vendor_paging_broken", "Zendesk's organisation export does not move on", { retry: "later" });
}

const SHOWN_AT_MOST = 100;

/** Organisations by id. */
export const rereadOrganizations = async ({ http }: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const wanted = [...new Set(ids)].filter((one) => /^\d{1,18}$/.test(one));
  const found: unknown[] = [];
  for (let start = 0; start < wanted.length; start += SHOWN_AT_MOST) {
    const query = new URLSearchParams({ ids: wanted.slice(start, start + SHOWN_AT_MOST).join(",") });
    const { organizations } = await http.json(Organizations, "GET", `api/v2/organizations/show_many.json?${query}`);
    found.push(...organizations);
  }
  return found;
};
