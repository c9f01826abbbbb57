import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";

const List = z.looseObject({
  results: z.array(z.unknown()),
  paging: z.looseObject({ next: z.looseObject({ after: z.string().nullish() }).nullish() }).nullish(),
});

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One page; `next` is absent on the last. */
interface ListPage {
  readonly rows: readonly unknown[];
  readonly next: string | undefined;
}

const PAGES_AT_MOST = 10_000;

export const pathOf = (path: string, query: Query): string =>
  `${path}?${new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  )}`;

/**
 * Walks one of HubSpot's lists by its tokens; an empty page with a token is not the end.
 *
 * @throws HubError vendor_paging_broken if a token comes twice or the list does not end
 */
export async function* listPages(
  http: VendorHttp,
  path: string,
  query: Query,
  from?: string,
): AsyncGenerator<ListPage, void, undefined> {
  const seen = new Set<string>();
  let after = from;
  while (seen.size < PAGES_AT_MOST) {
    if (after !== undefined) seen.add(after);
    const { results, paging } = await http.json(List, "GET", pathOf(path, { ...query, after }));
    const next = paging?.next?.after || undefined;
    if (next !== undefined && seen.has(next)) break;
    yield { rows: results, next };
    if (next === undefined) return;
    after = next;
  }
  throw new HubError("vendor_paging_broken", `${path} gave a page token twice or does not end`, { retry: "later" });
}

/** The records of a list answer. */
export const listed = (answer: unknown): readonly unknown[] | undefined => List.safeParse(answer).data?.results;
