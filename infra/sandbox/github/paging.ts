import { ok, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";

/** The window a request asks for. `offset` goes on after a page that was short. */
export const windowOf = (
  asked: Asked,
  standard = 30,
): { readonly page: number; readonly size: number; readonly start: number } => {
  const page = wholeNumber(asked.query.get("page"), 1, 1, 1_000_000);
  const size = wholeNumber(asked.query.get("per_page"), standard, 1, 100);
  return { page, size, start: (page - 1) * size + wholeNumber(asked.query.get("offset"), 0, 0, 1_000_000) };
};

interface Page<T> {
  readonly rows: T[];
  readonly headers: Record<string, string>;
}

/** One page of a list that can be entered anywhere, with links to its neighbours. */
export const pageOf = <T>(asked: Asked, total: number, read: (index: number) => T, standard = 30): Page<T> => {
  const { page, size, start } = windowOf(asked, standard);
  const rows: T[] = [];
  for (let index = start; index < Math.min(total, start + size); index += 1) rows.push(read(index));
  return linked(asked, rows, page, size, start + size < total, Math.ceil(total / size));
};

/** One page of a list that must be walked from its start; the last page is not known. */
export const walkPage = <T>(asked: Asked, all: Iterable<T>): Page<T> => {
  const { page, size, start } = windowOf(asked);
  const rows: T[] = [];
  let index = 0;
  let more = false;
  for (const row of all) {
    if (index >= start + size) {
      more = true;
      break;
    }
    if (index >= start) rows.push(row);
    index += 1;
  }
  return linked(asked, rows, page, size, more, undefined);
};

/** A page of a list that is at hand, as an answer. */
export const listAnswer = (asked: Asked, all: readonly unknown[]): Answer => {
  const { rows, headers } = pageOf(asked, all.length, (index) => all[index]);
  return ok(rows, headers);
};

/** Links a page to its neighbours, and spoils it first where that is asked for. */
const linked = <T>(
  asked: Asked,
  rows: T[],
  page: number,
  size: number,
  more: boolean,
  last: number | undefined,
): Page<T> => {
  const url = (changes: Readonly<Record<string, number>>): string => {
    const query = new URLSearchParams(asked.query);
    query.set("page", String(page));
    if (query.has("per_page")) query.set("per_page", String(size));
    for (const [name, value] of Object.entries(changes)) query.set(name, String(value));
    return `${asked.base}${asked.path}?${query}`;
  };
  const { shape } = asked;
  const kept = shape?.kind === "half" ? Math.ceil(rows.length / 2) : shape?.kind === "empty" ? 0 : rows.length;
  const offset = wholeNumber(asked.query.get("offset"), 0, 0, 1_000_000) + kept;
  const links: string[] = [];
  if (page > 1) links.push(`<${url({ page: page - 1 })}>; rel="prev"`);
  if (shape?.kind === "repeat") links.push(`<${url({})}>; rel="next"`);
  else if (shape?.kind === "empty") links.push(`<${url({ try: shape.nonce })}>; rel="next"`);
  else if (kept < rows.length) links.push(`<${url({ offset })}>; rel="next"`);
  else if (more) links.push(`<${url({ page: page + 1 })}>; rel="next"`);
  if (more && last !== undefined) links.push(`<${url({ page: last })}>; rel="last"`);
  if (page > 1) links.push(`<${url({ page: 1 })}>; rel="first"`);
  return { rows: rows.slice(0, kept), headers: links.length === 0 ? {} : { link: links.join(", ") } };
};
