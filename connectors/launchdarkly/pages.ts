import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Config } from "./config.ts";

const PAGES_AT_MOST = 10_000;

const Listed = z.looseObject({ items: z.array(z.record(z.string(), z.unknown())), totalCount: z.int().nullish() });

export type Raw = Readonly<Record<string, unknown>>;

interface ListPage {
  readonly offset: number;
  readonly items: readonly Raw[];
  /** Absent on the last page. */
  readonly nextOffset: number | undefined;
}

/** One page of a list by offset. The offset goes on by what came, since a list may give fewer than asked. */
const listPage = async (
  { http, config }: Pick<ReadContext<Config>, "http" | "config">,
  path: string,
  query: URLSearchParams,
  offset: number,
): Promise<ListPage> => {
  const asked = new URLSearchParams(query);
  asked.set("limit", String(config.pageSize));
  asked.set("offset", String(offset));
  const { items, totalCount } = await http.json(Listed, "GET", `/api/v2/${path}?${asked}`);
  const end = offset + items.length;
  const isLast = items.length === 0 || (totalCount == null ? items.length < config.pageSize : end >= totalCount);
  return { offset, items, nextOffset: isLast ? undefined : end };
};

/** @throws HubError vendor_paging_broken if the list does not end */
export async function* listPages(
  context: Pick<ReadContext<Config>, "http" | "config">,
  path: string,
  query: URLSearchParams = new URLSearchParams(),
  from = 0,
): AsyncGenerator<ListPage, void, undefined> {
  let offset = from;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const found = await listPage(context, path, query, offset);
    yield found;
    if (found.nextOffset === undefined) return;
    offset = found.nextOffset;
  }
  throw new HubError("vendor_paging_broken", `the list ${path} does not end`, { retry: "later" });
}

/** What the vendor answers, or undefined where it knows no such thing. */
export const found = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};

/** The items of LaunchDarkly's list answers. */
export const listed = (answer: unknown): readonly unknown[] | undefined =>
  z.looseObject({ items: z.array(z.unknown()) }).safeParse(answer).data?.items;

/** Keys in a path may hold anything that a URL may hold encoded. */
export const pathOf = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join("/");

const ENVIRONMENTS_PER_PAGE = 20;
const Keyed = z.looseObject({ key: z.string() });

/** The environments that are read of a project. What else the list tells stays out: it holds the keys of SDKs. */
export const environmentsOf = async (
  context: Pick<ReadContext<Config>, "http" | "config">,
  project: string,
): Promise<readonly string[]> => {
  const { http, config } = context;
  if (config.environments.length > 0) return config.environments;
  const list = { http, config: { ...config, pageSize: ENVIRONMENTS_PER_PAGE } };
  const pages = await Array.fromAsync(listPages(list, `${pathOf("projects", project)}/environments`));
  return pages.flatMap(({ items }) => items.map((one) => Keyed.parse(one).key)).toSorted();
};
