import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Config } from "./config.ts";

type Context = ReadContext<Config>;

const PAGES_AT_MOST = 10_000;

/** Where a run goes on that broke off; the whole list is read each run, since GrowthBook cannot tell what changed. */
export const ListCursor = z.strictObject({ offset: z.int().nonnegative().optional() });
export type ListCursor = z.output<typeof ListCursor>;

const Place = { hasMore: z.boolean().nullish(), nextOffset: z.int().nullish() };

interface ListPage {
  readonly records: readonly unknown[];
  /** Absent on the last page. */
  readonly nextOffset: number | undefined;
}

/**
 * Walks a list of GrowthBook by offset. A page may be empty though more follow.
 *
 * @param name of the list in the answer
 * @throws HubError vendor_paging_broken if the offset does not go on
 */
export async function* listPages(
  { http, config }: Pick<Context, "http" | "config">,
  path: string,
  name: string,
  query: Readonly<Record<string, string>>,
  from = 0,
): AsyncGenerator<ListPage, void, undefined> {
  const shape = z.looseObject({ ...Place, [name]: z.array(z.unknown()) });
  let offset = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const asked = new URLSearchParams({ ...query, limit: String(config.pageSize), offset: String(offset) });
    const answer = await http.json(shape, "GET", `${path}?${asked}`);
    const next = answer.hasMore === true ? (answer.nextOffset ?? undefined) : undefined;
    if (next !== undefined && next <= offset) break;
    yield { records: answer[name] as readonly unknown[], nextOffset: next };
    if (next === undefined) return;
    offset = next;
  }
  throw new HubError("vendor_paging_broken", `GrowthBook repeats a page of ${path}`, { retry: "later" });
}

/** The records of a list answer that holds them under this name. */
export const listedIn =
  (name: string) =>
  (answer: unknown): readonly unknown[] | undefined =>
    z.looseObject({ [name]: z.array(z.unknown()) }).safeParse(answer).data?.[name];

/** One record by id, or undefined if GrowthBook does not know it, or has none. */
export const one = async (
  { http }: Pick<Context, "http">,
  path: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const shape = z.looseObject({ [name]: z.record(z.string(), z.unknown()).nullish() });
  try {
    return (await http.json(shape, "GET", path))[name] ?? undefined;
  } catch (error) {
    // Of an id that it does not know GrowthBook also says 400.
    const status = error instanceof HubError ? error.details["status"] : undefined;
    if (status === 404 || status === 400) return undefined;
    throw error;
  }
};

export const projectQuery = (scope: string): Record<string, string> => (scope === "" ? {} : { projectId: scope });
