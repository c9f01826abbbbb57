import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Config } from "./config.ts";
import { placeOf } from "./read.ts";

type Context = ReadContext<Config>;

/** Read whole each run: Intercom tells no way to go on in the middle. */
export const ListCursor = z.strictObject({});
export type ListCursor = z.output<typeof ListCursor>;

/** Lists that come in one answer. */
export const listReader = (path: "admins" | "teams") =>
  async function* read(context: Context): AsyncGenerator<Page<ListCursor>, void, undefined> {
    const place = await placeOf(context);
    const shape = z.looseObject({ [path]: z.array(z.looseObject({})) });
    const answer = await context.http.json(shape, "GET", path);
    const records = z.array(z.looseObject({})).parse(answer[path]);
    yield { records: records.map((record) => ({ ...record, ...place })), cursor: {} };
  };

const Scrolled = z.looseObject({ data: z.array(z.looseObject({})), scroll_param: z.string().nullish() });
const PAGES_AT_MOST = 100_000;

/**
 * All companies, by a scroll that ends with an empty page. A workspace has one scroll at a time, which a stream's lease
 * sees to here; another app's makes Intercom answer 400 until it is over.
 */
export async function* readCompanies(context: Context): AsyncGenerator<Page<ListCursor>, void, undefined> {
  const place = await placeOf(context);
  let scroll: string | undefined;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const query = scroll === undefined ? "" : `?${new URLSearchParams({ scroll_param: scroll })}`;
    const { data, scroll_param } = await context.http.json(Scrolled, "GET", `companies/scroll${query}`).catch(occupied);
    if (data.length === 0) return;
    yield { records: data.map((record) => ({ ...record, ...place })), cursor: {} };
    if (scroll_param == null) return;
    scroll = scroll_param;
  }
  throw new HubError("vendor_paging_broken", "Intercom's scroll of companies does not end", { retry: "later" });
}

const occupied = (error: unknown): never => {
  if (!(error instanceof HubError) || error.details["status"] !== 400) throw error;
  throw new HubError("vendor_rate_limited", "Intercom lets one scroll of companies run at a time, and one is running", {
    retry: { afterSeconds: 60 },
    cause: error,
  });
};

/** Companies by id; what is gone is left out. */
export const rereadCompanies = async (context: Context, ids: readonly string[]): Promise<readonly unknown[]> => {
  const place = await placeOf(context);
  const found: unknown[] = [];
  for (const id of new Set(ids)) {
    if (!/^\w{1,64}$/.test(id)) continue;
    try {
      found.push({ ...(await context.http.json(z.looseObject({}), "GET", `companies/${id}`)), ...place });
    } catch (error) {
      if (!(error instanceof HubError && error.code === "vendor_not_found")) throw error;
    }
  }
  return found;
};
