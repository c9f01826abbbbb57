import * as z from "zod";
import type { Census, Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";

/** The latest change of a form that was read. */
export const FormCursor = z.strictObject({ changedTo: z.string().optional() });
export type FormCursor = z.output<typeof FormCursor>;

type Context = ReadContext<Config>;

const Row = z.looseObject({ id: z.string().min(1), last_updated_at: z.string().nullish() });
const List = z.looseObject({ items: z.array(z.unknown()), page_count: z.int().nullish() });
const Whole = z.looseObject({ id: z.string().min(1) });

const PAGES_AT_MOST = 1000;
const FORMS_PER_PAGE = 50;

/**
 * Rows of all forms, least recently changed first, page by page. Their list tells no questions.
 * Source: https://www.typeform.com/developers/create/reference/retrieve-forms/
 *
 * @throws HubError vendor_paging_broken if the list does not end
 */
export async function* formRows({
  http,
  config,
}: Context): AsyncGenerator<readonly z.output<typeof Row>[], void, undefined> {
  let before = "";
  for (let page = 1; page <= PAGES_AT_MOST; page++) {
    const query = new URLSearchParams({
      page: String(page),
      page_size: String(config.pageSize),
      sort_by: "last_updated_at",
      order_by: "asc",
    });
    const { items, page_count } = await http.json(List, "GET", `forms?${query}`);
    const rows = items.flatMap((item) => Row.safeParse(item).data ?? []);
    const ids = rows.map(({ id }) => id).join(" ");
    if (ids !== "" && ids === before) break;
    before = ids;
    yield rows.filter(({ id }) => selects(config, id));
    if (items.length === 0 || (page_count == null ? items.length < config.pageSize : page >= page_count)) return;
  }
  throw new HubError("vendor_paging_broken", "the list of forms gave one page twice or does not end", {
    retry: "later",
  });
}

/** One form with its questions; undefined where Typeform does not know it. */
export const formOf = async (http: VendorHttp, id: string): Promise<unknown> => {
  try {
    return await http.json(Whole, "GET", `forms/${id}`);
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};

/** Forms that changed since the cursor, each with its questions. */
export async function* readForms(
  context: Context,
  cursor: FormCursor,
): AsyncGenerator<Page<FormCursor>, void, undefined> {
  const { http, config } = context;
  const since = cursor.changedTo && new Date(Date.parse(cursor.changedTo) - config.overlapSeconds * 1000).toISOString();
  let changedTo = cursor.changedTo;
  for await (const rows of formRows(context)) {
    const changed = rows.filter((row) => !since || (maybeInstant(row.last_updated_at) ?? since) >= since);
    for (let at = 0; at < changed.length; at += FORMS_PER_PAGE) {
      const records: unknown[] = [];
      for (const { id, last_updated_at } of changed.slice(at, at + FORMS_PER_PAGE)) {
        const form = await formOf(http, id);
        if (form !== undefined) records.push(form);
        const told = maybeInstant(last_updated_at);
        if (told !== undefined && (changedTo === undefined || told > changedTo)) changedTo = told;
      }
      yield { records, cursor: changedTo === undefined ? {} : { changedTo } };
    }
  }
}

export const rereadForms = async ({ http, config }: Context, ids: readonly string[]): Promise<unknown[]> => {
  const records: unknown[] = [];
  for (const id of ids.filter((one) => /^[\w-]{1,40}$/.test(one) && selects(config, one))) {
    const form = await formOf(http, id);
    if (form !== undefined) records.push(form);
  }
  return records;
};

/** Ids of all forms; of responses Typeform has no list of ids. */
export const FORMS: Census<Config> = {
  noun: "form",
  kinds: ["survey"],
  async *ids(context) {
    for await (const rows of formRows(context)) yield rows.map(({ id }) => ({ id }));
  },
  selects,
  holds: () => true,
  reaches: async ({ http }) => {
    await http.json(List, "GET", "forms?page_size=1");
    return true;
  },
};
