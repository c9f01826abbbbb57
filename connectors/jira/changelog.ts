import * as z from "zod";
import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { Config } from "./config.ts";
import { withoutCustomers } from "./customers.ts";
import type { AskedFields } from "./fields.ts";
import { ask } from "./transport.ts";

const Identified = z.looseObject({ id: z.string() });
const Changelogs = z.looseObject({
  issueChangeLogs: z
    .array(z.looseObject({ issueId: z.coerce.string(), changeHistories: z.array(z.unknown()).nullish() }))
    .nullish(),
  nextPageToken: z.string().nullish(),
});

/**
 * The issues of a page with what `expand=changelog,names,schema` would give, but the changelog whole: the embedded one
 * stops at 40 entries. One bulk call for all of them.
 */
export const withChangelogs = async (
  context: ReadContext<Config>,
  issues: readonly unknown[],
  { names, schema, pointsField }: AskedFields,
): Promise<unknown[]> => {
  const ids = issues.flatMap((issue) => Identified.safeParse(issue).data?.id ?? []);
  const histories = await changelogs(context, ids);
  return issues.map((issue) => {
    const id = Identified.safeParse(issue).data?.id;
    if (id === undefined) return issue;
    const own = histories.get(id) ?? [];
    return {
      ...(withoutCustomers(issue) as object),
      names,
      schema,
      ...(pointsField !== undefined && { pointsField }),
      changelog: {
        startAt: 0,
        maxResults: own.length,
        total: own.length,
        histories: own.map((one) => withoutCustomers(one)),
      },
    };
  });
};

/** By issue id, in the order told; one issue may be split over pages. */
const changelogs = async (
  { http, config }: ReadContext<Config>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly unknown[]>> => {
  const found = new Map<string, unknown[]>();
  const seen = new Set<string>();
  let token: string | undefined;
  while (ids.length > 0) {
    const page = await ask(http, Changelogs, (jira, client) =>
      jira.getBulkChangelogs(client, {
        issueIdsOrKeys: [...ids],
        maxResults: config.changelogPageSize,
        ...(token !== undefined && { nextPageToken: token }),
      }),
    );
    for (const { issueId, changeHistories } of page.issueChangeLogs ?? []) {
      found.set(issueId, [...(found.get(issueId) ?? []), ...(changeHistories ?? [])]);
    }
    token = page.nextPageToken ?? undefined;
    if (token === undefined) break;
    if (seen.has(token)) {
      throw new HubError("vendor_paging_broken", "Jira repeats a page token of /changelog/bulkfetch", {
        retry: "later",
      });
    }
    seen.add(token);
  }
  return found;
};
