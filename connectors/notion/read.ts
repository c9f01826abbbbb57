import * as z from "zod";
import type { Counted, Page, ReadContext, Whereabouts } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { bare, type Config, type Database, type PageStream, STREAM_OF, scopesOf } from "./config.ts";
import { DatabaseAnswer, DataSource, List } from "./schema.ts";

export type Context = ReadContext<Config>;

/** The newest edit that was read, by data source; of a single page under its own id. */
export const Cursor = z.object({ edited: z.record(z.string(), z.string()) });
export type Cursor = z.output<typeof Cursor>;
export const START: Cursor = { edited: {} };

const Row = z.looseObject({
  id: z.string(),
  last_edited_time: z.string().nullish(),
  in_trash: z.boolean().nullish(),
  parent: z.looseObject({ database_id: z.string().nullish(), data_source_id: z.string().nullish() }).nullish(),
});
type Row = z.output<typeof Row>;

const PAGES_AT_MOST = 10_000;

const broken = (): HubError =>
  new HubError("vendor_paging_broken", "Notion gave a page token twice, or none where more was announced", {
    retry: "later",
  });

const sourcesOf = async (http: VendorHttp, database: string): Promise<readonly string[]> =>
  (await http.json(DatabaseAnswer, "GET", `/v1/databases/${encodeURIComponent(database)}`)).data_sources.map(
    ({ id }) => id,
  );

/** Notion's group of each status option: what the tool itself takes its words for. */
const groupsOf = async (http: VendorHttp, source: string): Promise<Record<string, string>> => {
  const { properties } = await http.json(DataSource, "GET", `/v1/data_sources/${encodeURIComponent(source)}`);
  const groups = Object.values(properties).flatMap(({ status }) => status?.groups ?? []);
  return Object.fromEntries(groups.flatMap(({ name, option_ids }) => option_ids.map((id) => [id, name] as const)));
};

const mappingOf = ({ as, properties, statuses }: Database, groups: Record<string, string>) => ({
  as,
  properties,
  statuses,
  groups,
});

/** Rows of a data source, oldest edit first. */
async function* rowsOf(
  { http, config, signal }: Context,
  source: string,
  since: string | undefined,
): AsyncGenerator<readonly Row[], void, undefined> {
  let from = since;
  let next: string | undefined;
  const seen = new Set<string>();
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    signal.throwIfAborted();
    const told = await http.json(List, "POST", `/v1/data_sources/${encodeURIComponent(source)}/query`, {
      ...(from !== undefined && {
        filter: { timestamp: "last_edited_time", last_edited_time: { on_or_after: from } },
      }),
      sorts: [{ timestamp: "last_edited_time", direction: "ascending" }],
      page_size: config.pageSize,
      ...(next !== undefined && { start_cursor: next }),
    });
    const rows = told.results.map((row) => Row.parse(row));
    yield rows;
    next = told.next_cursor ?? undefined;
    if (told.request_status?.type === "incomplete") {
      // Notion ends a query of very many rows early: the rest is a query of its own from there on.
      const last = rows.at(-1)?.last_edited_time ?? undefined;
      if (last === undefined || last === from) throw broken();
      from = last;
      next = undefined;
      continue;
    }
    if (told.has_more !== true) return;
    if (next === undefined || seen.has(next)) throw broken();
    seen.add(next);
  }
  throw broken();
}

const earlier = (edited: string | undefined, seconds: number): string | undefined =>
  edited === undefined ? undefined : new Date(Date.parse(edited) - seconds * 1000).toISOString();

/** One database or single page: what was edited since, oldest edit first. */
export const readPages = (stream: PageStream) =>
  async function* (context: Context, from: Cursor, scope: string): AsyncGenerator<Page<Cursor>, void, undefined> {
    const { http, config } = context;
    const database = config.databases.find(({ id, as }) => id === scope && STREAM_OF[as] === stream);
    if (database === undefined) {
      yield* readSingle(context, from, scope);
      return;
    }
    let { edited } = from;
    for (const source of await sourcesOf(http, database.id)) {
      const mapping = mappingOf(database, await groupsOf(http, source));
      for await (const rows of rowsOf(context, source, earlier(edited[source], config.overlapSeconds))) {
        const records: unknown[] = [];
        for (const row of rows) records.push(await whole(context, stream, { ...row, mapping }));
        const newest = maybeInstant(rows.at(-1)?.last_edited_time);
        if (newest !== undefined && newest > (edited[source] ?? "")) edited = { ...edited, [source]: newest };
        yield { records, cursor: { edited } };
      }
    }
  };

async function* readSingle(context: Context, from: Cursor, id: string): AsyncGenerator<Page<Cursor>, void, undefined> {
  const { http, config } = context;
  const as = config.pages.find((page) => page.id === id)?.as;
  const row = await http.json(Row, "GET", `/v1/pages/${encodeURIComponent(id)}`);
  const newest = maybeInstant(row.last_edited_time);
  const since = earlier(from.edited[id], config.overlapSeconds);
  const isNews = since === undefined || newest === undefined || newest >= since;
  const records = isNews ? [await whole(context, "documents", { ...row, mapping: { as } })] : [];
  yield { records, cursor: newest === undefined ? from : { edited: { [id]: newest } } };
}

const RichText = z.array(z.looseObject({ plain_text: z.string().nullish(), href: z.string().nullish() }));
const Content = z.looseObject({ rich_text: RichText.nullish() });

/** A document with its beginning: the first page of its blocks. */
const whole = async (
  { http, config }: Context,
  stream: PageStream,
  row: Row & { readonly mapping: object },
): Promise<unknown> => {
  if (stream !== "documents" || row.in_trash === true) return row;
  const path = `/v1/blocks/${encodeURIComponent(row.id)}/children?page_size=${config.pageSize}`;
  const { results } = await http.json(List, "GET", path);
  const lines = results.flatMap((block) => {
    const parts = Content.safeParse(block[String(block["type"])]).data?.rich_text ?? [];
    const text = parts.map(({ plain_text }) => plain_text ?? "").join("");
    const links = parts.flatMap(({ href }) => href ?? []);
    return text === "" ? [] : [{ text, ...(links.length > 0 && { links }) }];
  });
  return { ...row, lines };
};

/** Pages by their ids, as far as they are there and belong to this stream; what lies in the trash is told as it lies there. */
export const rereadPages =
  (stream: PageStream) =>
  async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
    const { http, config } = context;
    const found: unknown[] = [];
    const groups = new Map<string, Record<string, string>>();
    for (const id of ids) {
      const row = await rowAt(http, id);
      if (row === undefined) continue;
      const { database_id, data_source_id } = row.parent ?? {};
      const database = config.databases.find(
        (one) => STREAM_OF[one.as] === stream && one.id === bare(database_id ?? ""),
      );
      const single = stream === "documents" && config.pages.find((one) => one.id === bare(row.id));
      if (database !== undefined) {
        const source = data_source_id ?? "";
        if (source !== "" && !groups.has(source)) groups.set(source, await groupsOf(http, source));
        found.push(await whole(context, stream, { ...row, mapping: mappingOf(database, groups.get(source) ?? {}) }));
      } else if (single) found.push(await whole(context, stream, { ...row, mapping: { as: single.as } }));
    }
    return found;
  };

const rowAt = async (http: VendorHttp, id: string): Promise<Row | undefined> => {
  try {
    return await http.json(Row, "GET", `/v1/pages/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};

/** What is not found by id is not shared with the integration any more, or gone from the trash: Notion tells one word for both. */
const whereabouts = async (): Promise<Whereabouts> => ({ state: "lost_access" });

export const census = (stream: PageStream, kind: "document" | "objective" | "keyResult" | "feature") => ({
  noun: "page",
  kinds: [kind],
  async *ids(context: Context, scope: string): AsyncGenerator<readonly Counted[], void, undefined> {
    if (!context.config.databases.some(({ id }) => id === scope)) {
      const row = await rowAt(context.http, scope);
      yield row === undefined ? [] : [{ id: row.id, isArchived: row.in_trash === true }];
      return;
    }
    for (const source of await sourcesOf(context.http, scope)) {
      for await (const rows of rowsOf(context, source, undefined))
        yield rows.map(({ id, in_trash }) => ({ id, isArchived: in_trash === true }));
    }
  },
  selects: (config: Config, place: string) => scopesOf(stream)(config).includes(place),
  reaches: async ({ http, config }: Context, place: string): Promise<boolean> => {
    if (config.pages.some(({ id }) => id === place)) return (await rowAt(http, place)) !== undefined;
    try {
      await sourcesOf(http, place);
      return true;
    } catch (error) {
      if (error instanceof HubError && ["vendor_not_found", "vendor_forbidden"].includes(error.code)) return false;
      throw error;
    }
  },
  whereabouts,
});

export const PeopleCursor = z.object({ next: z.string().optional() });
export type PeopleCursor = z.output<typeof PeopleCursor>;

/** Everybody each time: Notion tells no time of change of people. */
export async function* readUsers(
  { http, config }: Context,
  from: PeopleCursor,
): AsyncGenerator<Page<PeopleCursor>, void> {
  let { next } = from;
  const seen = new Set(next === undefined ? [] : [next]);
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const query = new URLSearchParams({ page_size: String(config.pageSize), ...(next && { start_cursor: next }) });
    const told = await http.json(List, "GET", `/v1/users?${query}`);
    next = told.has_more === true ? (told.next_cursor ?? undefined) : undefined;
    if (told.has_more === true && (next === undefined || seen.has(next))) throw broken();
    yield { records: told.results, cursor: next === undefined ? {} : { next } };
    if (next === undefined) return;
    seen.add(next);
  }
  throw broken();
}
