import * as z from "zod";
import { weakTag } from "../entity-tag.ts";
import { type Column, columnsOf } from "./columns.ts";
import { csv } from "./csv.ts";
import { markdownList, markdownTable } from "./markdown.ts";
import type { Answer, Route } from "./route.ts";

/** Beside JSON: the same rows for spreadsheets, and for people. */
export type Format = "csv" | "md";

const SUFFIX = /\.(csv|md)$/;

/** The format that an address ends with; undefined for JSON. */
export const formatOf = (path: string): Format | undefined => SUFFIX.exec(path)?.[1] as Format | undefined;

/** A part of an address without the suffix of its format. */
export const withoutSuffix = (part: string): string => part.replace(SUFFIX, "");

const TYPES: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  md: "text/markdown; charset=utf-8",
};

const known = new WeakMap<Route, { readonly isList: boolean; readonly columns: readonly Column[] }>();

const tableOf = (route: Route) => {
  const { response } = route;
  const items: unknown = response instanceof z.ZodObject ? response.shape["data"] : undefined;
  const item: unknown = items instanceof z.ZodArray ? items.element : response;
  const table = known.get(route) ?? {
    isList: items instanceof z.ZodArray,
    columns: item instanceof z.ZodObject ? columnsOf(item) : [],
  };
  known.set(route, table);
  return table;
};

/** Objects of one shape as the API gives them, as rows. @param rows in snake case, as on the wire */
export const csvOf = (shape: z.ZodObject, rows: readonly unknown[], bom: boolean): string =>
  csv(columnsOf(shape), rows, bom);

/** An answer as a table, or as a list of what is said of one thing. */
export const inFormat = (
  route: Route,
  { body, etag, next, prose: told }: Answer,
  format: Format,
  asked: { readonly fields: readonly string[] | undefined; readonly bom: boolean },
): Answer & { readonly body: string; readonly type: string } => {
  const { isList, columns } = tableOf(route);
  const some = columns.filter(({ path }) => asked.fields?.includes(path[0] ?? "") ?? true);
  const rows = isList ? (body as { readonly data: readonly unknown[] }).data : [body];
  const prose = () => (isList ? markdownTable(some, rows) : (told?.() ?? markdownList(some, body)));
  return {
    body: format === "csv" ? csv(some, rows, asked.bom) : prose(),
    etag: weakTag(`${etag} ${format} ${asked.bom}`),
    type: TYPES[format],
    ...(next !== undefined && { next }),
  };
};
