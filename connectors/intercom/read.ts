import * as z from "zod";
import type { Counted, Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Config } from "./config.ts";
import { leanConversation, leanTicket } from "./lean.ts";

type Context = ReadContext<Config>;
type Place = Readonly<{ workspace: string; region: string }>;

export const SearchCursor = z.strictObject({
  /** Latest `updated_at` that was seen, epoch seconds. */
  updated: z.int().optional(),
  walk: z.strictObject({ since: z.int(), after: z.string() }).optional(),
  /** The newest of the deleted ones at the last run. */
  deleted: z.string().optional(),
});
export type SearchCursor = z.output<typeof SearchCursor>;

const Me = z.looseObject({ app: z.looseObject({ id_code: z.string(), region: z.string().nullish() }).nullish() });
const Next = z.looseObject({ next: z.looseObject({ starting_after: z.string().nullish() }).nullish() }).nullish();
const Updated = z.looseObject({ updated_at: z.number() });
const WithId = z.looseObject({ id: z.union([z.string(), z.int()]).transform(String) });
const PAGES_AT_MOST = 100_000;

const broken = (what: string): HubError =>
  new HubError("vendor_paging_broken", `Intercom's ${what} gives a page token twice`, { retry: "later" });

/** Which workspace the token belongs to: https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin */
export const placeOf = async ({ http, config }: Context): Promise<Place> => {
  const { app } = await http.json(Me, "GET", "me");
  return { workspace: app?.id_code ?? "", region: app?.region?.toLowerCase() ?? config.region };
};

/** What is searched: its path, the list in its answer, and what of a record is kept. */
interface Searched {
  readonly path: "conversations" | "tickets";
  readonly lean: (record: unknown) => unknown;
}
export const CONVERSATIONS: Searched = { path: "conversations", lean: leanConversation };
export const TICKETS: Searched = { path: "tickets", lean: leanTicket };

async function* search(
  { http, config }: Context,
  { path }: Searched,
  since: number,
  from: string | undefined,
): AsyncGenerator<{ readonly records: readonly unknown[]; readonly next: string | undefined }, void, undefined> {
  const shape = z.looseObject({ pages: Next }).refine((answer) => Array.isArray(answer[path]), { path: [path] });
  const seen = new Set<string>(from === undefined ? [] : [from]);
  let after = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const answer = await http.json(shape, "POST", `${path}/search`, {
      // Whether ">" takes in the second itself differs between versions: the second before it does.
      query: { operator: "AND", value: [{ field: "updated_at", operator: ">", value: Math.max(0, since - 1) }] },
      pagination: { per_page: config.pageSize, ...(after !== undefined && { starting_after: after }) },
      sort: { field: "updated_at", order: "ascending" },
    });
    const next = answer.pages?.next?.starting_after ?? undefined;
    if (next !== undefined && seen.has(next)) throw broken(`search of ${path}`);
    yield { records: answer[path] as readonly unknown[], next };
    if (next === undefined) return;
    seen.add(next);
    after = next;
  }
  throw broken(`search of ${path}`);
}

const firstSecond = ({ since }: Config): number => Date.parse(since) / 1000;

/** Conversations or tickets by time of change, oldest first; of conversations those deleted since, behind them. */
export const reader = (searched: Searched) =>
  async function* read(context: Context, cursor: SearchCursor): AsyncGenerator<Page<SearchCursor>, void, undefined> {
    const { config } = context;
    const place = await placeOf(context);
    const fresh = Math.max(firstSecond(config), (cursor.updated ?? 0) - config.overlapSeconds);
    const since = cursor.walk?.since ?? fresh;
    let { updated } = cursor;
    const held = cursor.deleted === undefined ? {} : { deleted: cursor.deleted };
    for await (const { records, next } of search(context, searched, since, cursor.walk?.after)) {
      for (const record of records) updated = Math.max(updated ?? 0, Updated.safeParse(record).data?.updated_at ?? 0);
      yield {
        records: records.map((record) => placed(searched.lean(record), place)),
        cursor: {
          ...(updated !== undefined && { updated }),
          ...(next !== undefined && { walk: { since, after: next } }),
          ...held,
        },
      };
    }
    if (searched !== CONVERSATIONS) return;
    const ids = await deletedSince(context, cursor.deleted);
    const deleted = ids[0] ?? cursor.deleted;
    yield {
      records: [],
      gone: ids.flatMap(goneRefs),
      cursor: { ...(updated !== undefined && { updated }), ...(deleted !== undefined && { deleted }) },
    };
  };

const goneRefs = (id: string): Ref<"supportTicket" | "feedback">[] => [
  { kind: "supportTicket", noun: "conversation", id },
  { kind: "feedback", noun: "feedback", id },
  { kind: "feedback", noun: "rating", id },
];

const placed = (record: unknown, place: Place): unknown =>
  typeof record === "object" && record !== null ? { ...record, ...place } : record;

const Deleted = z.looseObject({
  conversations: z.array(WithId),
  pages: z.looseObject({ total_pages: z.int().nullish() }).nullish(),
});
const DELETED_PER_PAGE = 60;

/** Newest first, down to the one that headed the list at the last run. */
const deletedSince = async ({ http }: Context, head: string | undefined): Promise<string[]> => {
  const ids: string[] = [];
  for (let page = 1; page < PAGES_AT_MOST; page++) {
    const query = new URLSearchParams({ page: String(page), per_page: String(DELETED_PER_PAGE), order: "desc" });
    const { conversations, pages } = await http.json(Deleted, "GET", `conversations/deleted?${query}`);
    const known = conversations.findIndex(({ id }) => id === head);
    ids.push(...conversations.slice(0, known < 0 ? undefined : known).map(({ id }) => id));
    if (known >= 0 || conversations.length === 0 || page >= (pages?.total_pages ?? page)) return ids;
  }
  throw broken("list of deleted conversations");
};

/** Records by id; what is gone is left out. */
export const rereader =
  (searched: Searched) =>
  async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
    const place = await placeOf(context);
    const found: unknown[] = [];
    for (const id of new Set(ids)) {
      if (!/^\w{1,64}$/.test(id)) continue;
      try {
        const record = await context.http.json(WithId, "GET", `${searched.path}/${id}`);
        found.push(placed(searched.lean(record), place));
      } catch (error) {
        if (!(error instanceof HubError && error.code === "vendor_not_found")) throw error;
      }
    }
    return found;
  };

export const idsOf = (searched: Searched) =>
  async function* ids(context: Context): AsyncGenerator<readonly Counted[], void, undefined> {
    for await (const { records } of search(context, searched, firstSecond(context.config), undefined)) {
      yield records.flatMap((record) => {
        const { data } = WithId.safeParse(record);
        return data === undefined ? [] : [{ id: data.id }];
      });
    }
  };
