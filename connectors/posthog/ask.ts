import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { refused } from "../../shared/connector/http.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, siteOf } from "./config.ts";

type Context = ReadContext<Config>;

const Listed = z.looseObject({ results: z.array(z.looseObject({})), next: z.string().nullish() });

/** The records inside an answer of PostHog's own lists. */
export const listed = (answer: unknown): readonly unknown[] | undefined => Listed.safeParse(answer).data?.results;

export const of = (project: string, path: string): string => `api/projects/${project}/${path}/`;

const PAGES_AT_MOST = 1000;

interface ListPage {
  readonly records: readonly object[];
  /** Where the next page begins; absent on the last. */
  readonly nextAt: number | undefined;
}

/**
 * Walks a list by offset, since the `next` addresses of a self-hosted PostHog may name another host.
 *
 * @throws HubError vendor_paging_broken if the list does not end
 */
export async function* listPages(
  { http, config }: Context,
  path: string,
  from = 0,
  more: Readonly<Record<string, string>> = {},
): AsyncGenerator<ListPage, void, undefined> {
  let offset = from;
  let last = "";
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const search = new URLSearchParams({ ...more, limit: String(config.pageSize), offset: String(offset) });
    const { results, next } = await http.json(Listed, "GET", `${path}?${search}`);
    const ids = JSON.stringify(results.map((record) => record["id"]));
    if (results.length > 0 && ids === last) break;
    last = ids;
    offset += results.length;
    const ends = !next || results.length === 0;
    yield { records: results, nextAt: ends ? undefined : offset };
    if (ends) return;
  }
  throw new HubError("vendor_paging_broken", `${path} does not end`, { retry: "later" });
}

/** One record, or undefined if there is none of that id. */
export const oneOf = async ({ http }: Context, path: string): Promise<Record<string, unknown> | undefined> => {
  try {
    return await http.json(z.looseObject({ id: z.unknown() }), "GET", path);
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_not_found") return undefined;
    throw error;
  }
};

/** https://posthog.com/docs/api/query */
export const query = <S extends z.ZodType>({ http }: Context, project: string, shape: S, asked: object) =>
  http.json(shape, "POST", of(project, "query"), { query: asked, refresh: "blocking" });

/** PostHog's clock, by one small call that tells too whether the key reaches the project. */
export const vendorNow = async ({ http }: Context, project: string, list: string): Promise<Instant> => {
  const path = `${of(project, list)}?limit=1&basic=true`;
  const response = await http.fetch(path, { headers: { accept: "application/json" } });
  await response.body?.cancel();
  if (!response.ok) throw refused(response, path);
  const now = maybeInstant(response.headers.get("date"));
  if (now !== undefined) return now;
  throw new HubError("vendor_answer_unreadable", `${of(project, list)} answered without a date`, { retry: "later" });
};

/** What no answer says of where it is from. */
export const placeOf = (config: Config, project: string) => ({ projectId: project, site: siteOf(config) });

/** Ids are told with their project, since PostHog finds a record only inside its own: `309484/700489`. */
export const located = (ids: readonly string[], config: Config): { readonly project: string; readonly id: string }[] =>
  ids.flatMap((given) => {
    const [, project, id] = /^(\d{1,18})\/([\w-]{1,64})$/.exec(given) ?? [];
    if (id === undefined) return config.projects.map((one) => ({ project: one, id: given }));
    return project !== undefined && config.projects.includes(project) ? [{ project, id }] : [];
  });

const Placed = z.looseObject({ projectId: z.string(), id: z.union([z.string(), z.number()]) });

/** As {@link located} takes it. */
export const rereadIdOf = (record: unknown): string | undefined => {
  const { data } = Placed.safeParse(record);
  return data === undefined ? undefined : `${data.projectId}/${data.id}`;
};
