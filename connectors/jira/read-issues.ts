import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { withChangelogs } from "./changelog.ts";
import { type Config, scopesOf, selects } from "./config.ts";
import { AskedFields, askedFields } from "./fields.ts";
import { changedSince, jqlTime, withIds } from "./jql.ts";
import { Looks, lookingAt, unsettled } from "./overlap.ts";
import { ask, statusIn, unknownProject } from "./transport.ts";

/** How far the issues of one scope have been read. */
export const IssueCursor = z.strictObject({
  /** Latest `updated` that was seen. */
  updated: z.iso.datetime({ precision: 3 }).optional(),
  /** The walk under way: where it started, and its next page. Jira keeps a token for seven days. */
  walk: z.strictObject({ since: z.int(), token: z.string() }).optional(),
  /** As last asked for: they are asked for anew only where there is something to read. */
  fields: AskedFields.optional(),
  looks: Looks.optional(),
});
export type IssueCursor = z.output<typeof IssueCursor>;

const Found = z.looseObject({ issues: z.array(z.unknown()), nextPageToken: z.string().nullish() });
/** Far above any site's number of pages. */
const PAGES_AT_MOST = 100_000;
const RECONCILED_AT_MOST = 50;

/**
 * Issues by time of change, each with its whole changelog. Pages go by token alone: `isLast` may disagree with it, and
 * an empty page may have one. Where nothing changed since the last overlap was looked at, the search is all that is asked.
 *
 * @throws HubError vendor_paging_broken if a token comes twice; vendor_not_found if Jira does not know the project
 */
export async function* readIssues(
  context: ReadContext<Config>,
  cursor: IssueCursor,
  scope: string,
): AsyncGenerator<Page<IssueCursor>, void, undefined> {
  const { http, config } = context;
  const read = reader(context, cursor, scope);
  const look = lookingAt(cursor.looks, config.overlapSeconds);
  const literal = await jqlTime(http, config);
  const fresh = cursor.updated === undefined ? 0 : Date.parse(cursor.updated) - config.overlapSeconds * 1000;
  let { updated } = cursor;
  let since = cursor.walk?.since ?? fresh;
  let token = cursor.walk?.token;
  const seen = new Set<string>();
  for (let page = 1; ; page++) {
    if (page > PAGES_AT_MOST || (token !== undefined && seen.has(token))) {
      throw new HubError("vendor_paging_broken", "Jira repeats a page token of /search/jql", { retry: "later" });
    }
    if (token !== undefined) seen.add(token);
    const found = await read(changedSince(scope, literal(since)), token);
    if (found === "token expired") {
      token = undefined;
      since = fresh;
      continue;
    }
    const { records, listed, answeredAt, fields } = found;
    updated = latest(updated, listed);
    token = found.nextPageToken;
    const looks = look(listed, updated, answeredAt);
    yield {
      records,
      cursor: {
        ...(updated !== undefined && { updated }),
        ...(token !== undefined && { walk: { since, token } }),
        fields,
        looks: token === undefined ? looks : cursor.looks,
      },
    };
    if (token === undefined) return;
  }
}

interface Read {
  /** The issues that are given, with their changelogs. */
  readonly records: readonly unknown[];
  /** All that Jira listed. */
  readonly listed: readonly unknown[];
  /** On Jira's clock, where it told. */
  readonly answeredAt: Instant | undefined;
  readonly nextPageToken: string | undefined;
  readonly fields: AskedFields;
}

/** Reads pages. The fields are those of the run before, until a page has something to give: then they are asked for. */
const reader = (context: ReadContext<Config>, cursor: IssueCursor, scope: string) => {
  const { http, config } = context;
  let held = cursor.fields;
  let isAsked = false;
  const asked = async (): Promise<AskedFields> => {
    isAsked = true;
    return askedFields(http, config);
  };
  return async (jql: string, token: string | undefined): Promise<Read | "token expired"> => {
    let fields = held ?? (await asked());
    let found = await searchPage(context, scope, jql, fields, token);
    if (found === "token expired") return found;
    if (!isAsked && unsettled(found.issues, cursor.looks).length > 0) {
      const before = fields.ids.join();
      fields = await asked();
      if (fields.ids.join() !== before) found = await searchPage(context, scope, jql, fields, token);
      if (found === "token expired") return found;
    }
    held = fields;
    const records = await withChangelogs(context, unsettled(found.issues, cursor.looks), fields);
    const { issues: listed, nextPageToken, answeredAt } = found;
    return { records, listed, answeredAt, nextPageToken: nextPageToken ?? undefined, fields };
  };
};

const searchPage = async (
  { http, config }: ReadContext<Config>,
  scope: string,
  jql: string,
  { ids }: AskedFields,
  token: string | undefined,
): Promise<(z.output<typeof Found> & { answeredAt: Instant | undefined }) | "token expired"> => {
  let answeredAt: Instant | undefined;
  const fetch: typeof http.fetch = async (...request) => {
    const response = await http.fetch(...request);
    answeredAt = maybeInstant(response.headers.get("date"));
    return response;
  };
  try {
    const found = await ask({ ...http, fetch }, Found, (jira, client) =>
      jira.searchIssues(client, {
        jql,
        fields: [...ids],
        maxResults: config.pageSize,
        ...(token !== undefined && { nextPageToken: token }),
      }),
    );
    return { ...found, answeredAt };
  } catch (error) {
    if (statusIn(error) !== 400) throw error;
    if (token !== undefined) return "token expired";
    if (scope === "") throw error;
    throw unknownProject(scope, error);
  }
};

const Updated = z.looseObject({ fields: z.looseObject({ updated: z.string() }) });

const latest = (held: Instant | undefined, records: readonly unknown[]): Instant | undefined =>
  records.reduce<Instant | undefined>((newest, record) => {
    const parsed = Updated.safeParse(record);
    const at = parsed.success ? maybeInstant(parsed.data.fields.updated) : undefined;
    return at !== undefined && (newest === undefined || at > newest) ? at : newest;
  }, held);

/**
 * Issues by id, with read-after-write: the search index may not know them yet, so Jira is asked to reconcile. What the
 * selector leaves out and what is gone is not among them.
 */
export const rereadIssues = async (context: ReadContext<Config>, ids: readonly string[]): Promise<unknown[]> => {
  const fields = await askedFields(context.http, context.config);
  const numeric = [...new Set(ids)].filter((id) => /^\d{1,18}$/.test(id));
  const records: unknown[] = [];
  for (let start = 0; start < numeric.length; start += RECONCILED_AT_MOST) {
    const chunk = numeric.slice(start, start + RECONCILED_AT_MOST);
    records.push(...(await withChangelogs(context, await issuesById(context, chunk, fields), fields)));
  }
  return records;
};

const issuesById = async (
  { http, config }: ReadContext<Config>,
  ids: readonly string[],
  fields: AskedFields,
): Promise<unknown[]> => {
  const projects = config.projects.length === 0 ? [] : scopesOf(config);
  try {
    const found = await ask(http, Found, (jira, client) =>
      jira.searchIssues(client, {
        jql: withIds(projects, ids),
        fields: [...fields.ids],
        maxResults: RECONCILED_AT_MOST,
        reconcileIssues: ids.map(Number),
      }),
    );
    return found.issues;
  } catch (error) {
    // JQL refuses the whole list for one id that is gone; the bulk read names it apart.
    if (statusIn(error) !== 400) throw error;
    const found = await ask(http, Found, (jira, client) =>
      jira.bulkFetchIssues(client, { issueIdsOrKeys: [...ids], fields: [...fields.ids] }),
    );
    return found.issues.filter((issue) => {
      const parsed = InProject.safeParse(issue);
      return parsed.success && selects(config, parsed.data.fields.project.key);
    });
  }
};

const InProject = z.looseObject({ fields: z.looseObject({ project: z.looseObject({ key: z.string() }) }) });
