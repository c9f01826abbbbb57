import * as z from "zod";
import type { Census, Counted, Missed, ReadContext, Whereabouts } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Config, selects } from "./config.ts";
import { allOf } from "./jql.ts";
import { type ListCursor, type readProjects, readVersions } from "./read-lists.ts";
import { ask, statusIn, unknownProject } from "./transport.ts";

type Context = ReadContext<Config>;

const Identified = z.looseObject({ id: z.string(), archived: z.boolean().nullish() });
const Found = z.looseObject({ issues: z.array(z.unknown()), nextPageToken: z.string().nullish() });
/** Jira gives so many at most where only ids are asked for. */
const IDS_PER_PAGE = 5000;
const PAGES_AT_MOST = 100_000;

const counted = (values: readonly unknown[]): Counted[] =>
  values.flatMap((value) => {
    const { data } = Identified.safeParse(value);
    return data === undefined ? [] : [{ id: data.id, ...(data.archived != null && { isArchived: data.archived }) }];
  });

async function* issueIds({ http }: Context, scope: string): AsyncGenerator<readonly Counted[], void, undefined> {
  const seen = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const asked = { jql: allOf(scope), fields: ["id"], maxResults: IDS_PER_PAGE };
    const found = await ask(http, Found, (jira, client) =>
      jira.searchIssues(client, { ...asked, ...(token !== undefined && { nextPageToken: token }) }),
    ).catch((error: unknown) => {
      if (statusIn(error) !== 400 || scope === "" || token !== undefined) throw error;
      throw unknownProject(scope, error);
    });
    yield counted(found.issues);
    token = found.nextPageToken ?? undefined;
    if (token === undefined) return;
    if (seen.has(token)) break;
    seen.add(token);
  }
  throw new HubError("vendor_paging_broken", "Jira repeats a page token of /search/jql", { retry: "later" });
}

type Reading = typeof readProjects;

const idsOf = (read: Reading) =>
  async function* ids(context: Context, scope: string): AsyncGenerator<readonly Counted[], void, undefined> {
    const start: ListCursor = {};
    for await (const { records } of read(context, start, scope)) yield counted(records);
  };

/** Jira says of a project that was deleted and of one that is hidden the same: 404. */
const reaches = async ({ http }: Context, key: string): Promise<boolean> => {
  try {
    await ask(http, z.unknown(), (jira, client) => jira.getProject(client, { projectIdOrKey: key }));
    return true;
  } catch (error) {
    if ([403, 404, 410].includes(statusIn(error) ?? 0)) return false;
    throw error;
  }
};

const Keyed = z.looseObject({ key: z.string() });

/** Found in no project of the selector: it may have been moved to another one. */
const issueWhereabouts = async ({ http }: Context, { id }: Missed): Promise<Whereabouts> => {
  const { issues } = await ask(http, Found, (jira, client) =>
    jira.bulkFetchIssues(client, { issueIdsOrKeys: [id], fields: ["project"] }),
  );
  const found = Keyed.safeParse(issues[0]);
  return found.success ? { state: "moved", movedTo: found.data.key } : { state: "deleted" };
};

const common = { selects, reaches };

/** Issues by id, archived ones included. */
export const ISSUES: Census<Config> = {
  ...common,
  noun: "issue",
  kinds: ["workItem", "feature", "initiative", "supportTicket"],
  ids: issueIds,
  whereabouts: issueWhereabouts,
};

/** Fix versions, which Jira lists whole. */
export const VERSIONS: Census<Config> = {
  ...common,
  noun: "version",
  kinds: ["release"],
  ids: idsOf(readVersions),
};
