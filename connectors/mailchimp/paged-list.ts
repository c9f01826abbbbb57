import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Config } from "./config.ts";

/** One page of a list by offset; `next` is absent on the last. */
interface ListPage {
  readonly rows: readonly unknown[];
  readonly next: number | undefined;
}

const PAGES_AT_MOST = 5000;

/** `campaigns?count=…&offset=…&…` */
export const pathOf = (path: string, query: Readonly<Record<string, string | number>>): string =>
  `${path}?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))}`;

/**
 * Walks one of Mailchimp's lists by offset: it goes on by what came, and ends at a page that is shorter than asked for.
 *
 * @param list the path's last part, under which the answer holds the rows
 * @throws HubError vendor_paging_broken if a page begins with the row that the one before began with, or there is no end
 */
export async function* listPages(
  { http, config }: ReadContext<Config>,
  path: string,
  list: string,
  query: Readonly<Record<string, string | number>>,
  from = 0,
): AsyncGenerator<ListPage, void, undefined> {
  const Answer = z.looseObject({ [list]: z.array(z.unknown()) });
  let offset = from;
  let before: string | undefined;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const answer = await http.json(Answer, "GET", pathOf(path, { ...query, count: config.pageSize, offset }));
    const rows = answer[list] ?? [];
    const first = rows.length === 0 ? undefined : JSON.stringify(rows[0]);
    if (first !== undefined && first === before) throw broken(path, "gave the same page twice");
    before = first;
    offset += rows.length;
    const ends = rows.length < config.pageSize;
    yield { rows, next: ends ? undefined : offset };
    if (ends) return;
  }
  throw broken(path, "does not end");
}

const broken = (path: string, why: string): HubError =>
  new HubError("vendor_paging_broken", `${path} ${why}`, { retry: "later" });
