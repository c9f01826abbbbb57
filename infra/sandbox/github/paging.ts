import { ok, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";

/** The window a request asks for. */
export const windowOf = (asked: Asked, standard = 30): { readonly page: number; readonly size: number } => ({
  page: wholeNumber(asked.query.get("page"), 1, 1, 1_000_000),
  size: wholeNumber(asked.query.get("per_page"), standard, 1, 100),
});

/** One page of a list that can be entered anywhere, with links to its neighbours. */
export const pageOf = <T>(
  asked: Asked,
  total: number,
  read: (index: number) => T,
  standard = 30,
): { readonly rows: T[]; readonly headers: Record<string, string> } => {
  const { page, size } = windowOf(asked, standard);
  const rows: T[] = [];
  for (let index = (page - 1) * size; index < Math.min(total, page * size); index += 1) rows.push(read(index));
  return { rows, headers: linkHeader(asked, page, size, page * size < total, Math.max(1, Math.ceil(total / size))) };
};

/** One page of a list that must be walked from its start; the last page is not known. */
export const walkPage = <T>(
  asked: Asked,
  all: Iterable<T>,
): { readonly rows: T[]; readonly headers: Record<string, string> } => {
  const { page, size } = windowOf(asked);
  const rows: T[] = [];
  let index = 0;
  let more = false;
  for (const row of all) {
    if (index >= page * size) {
      more = true;
      break;
    }
    if (index >= (page - 1) * size) rows.push(row);
    index += 1;
  }
  return { rows, headers: linkHeader(asked, page, size, more, undefined) };
};

/** A page of a list that is at hand, as an answer. */
export const listAnswer = (asked: Asked, all: readonly unknown[]): Answer => {
  const { rows, headers } = pageOf(asked, all.length, (index) => all[index]);
  return ok(rows, headers);
};

const linkHeader = (
  asked: Asked,
  page: number,
  size: number,
  more: boolean,
  last: number | undefined,
): Record<string, string> => {
  const url = (target: number): string => {
    const query = new URLSearchParams(asked.query);
    query.set("page", String(target));
    if (asked.query.has("per_page")) query.set("per_page", String(size));
    return `${asked.base}${asked.path}?${query}`;
  };
  const links: string[] = [];
  if (page > 1) links.push(`<${url(page - 1)}>; rel="prev"`);
  if (more) links.push(`<${url(page + 1)}>; rel="next"`);
  if (more && last !== undefined) links.push(`<${url(last)}>; rel="last"`);
  if (page > 1) links.push(`<${url(1)}>; rel="first"`);
  return links.length === 0 ? {} : { link: links.join(", ") };
};
