import * as z from "zod";
import type { HttpSettings, ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { type Instant, instant } from "../../shared/domain/instant.ts";
import { type Answer, type GitHub, openGitHub } from "./client.ts";
import { rowsOf } from "./paging.ts";
import { ownerAndName } from "./place.ts";

/** What a public repository says of itself, as far as a product needs it. */
export interface PublicRepository {
  readonly fullName: string;
  readonly name: string;
  readonly description?: string;
  readonly url: string;
  readonly labels: readonly string[];
}

/** A page of one of the connector's streams, and what the import has cost so far. */
export interface PublicPage {
  readonly stream: "milestones" | "releases" | "deployments" | "issues" | "pulls";
  readonly records: readonly unknown[];
  /** False where GitHub has more than an import without a token reads. */
  readonly complete: boolean;
  readonly used: number;
  readonly remaining: number;
}

export interface PublicRead {
  readonly repository: PublicRepository;
  readonly pages: AsyncGenerator<PublicPage, void, undefined>;
  /** Requests made and left, by GitHub's count for this address. */
  readonly usage: () => { readonly used: number; readonly remaining: number; readonly resetsAt: Instant };
}

/** How to reach GitHub without a token. */
export const publicHttp = (baseUrl = "https://api.github.com"): HttpSettings => ({
  baseUrl,
  headers: { "x-github-api-version": "2022-11-28" },
  requestsPerMinute: 600,
});

const REQUESTS_AT_MOST = 20;
const ISSUE_PAGES = 8;
const PULL_PAGES = 4;

const RateLimit = z.looseObject({
  resources: z.looseObject({ core: z.looseObject({ remaining: z.number(), reset: z.number() }) }),
});
const Repository = z.looseObject({
  full_name: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  html_url: z.string(),
});
const Label = z.looseObject({ name: z.string() });

/**
 * Reads one public repository without a token: at most 20 requests, the newest first where there is more. Issues come
 * without timeline, pull requests without reviews and commits, deployments without statuses.
 *
 * @param repository `owner/name`
 * @throws HubError quota_exhausted if nothing is left of the 60 requests an hour that GitHub gives each address
 * @throws HubError vendor_not_found if there is no such public repository
 */
export const readPublicRepository = async (
  context: Pick<ReadContext<unknown>, "http" | "signal">,
  repository: string,
): Promise<PublicRead> => {
  const github = await openGitHub(context);
  const purse = await openPurse(github);
  const parameters = ownerAndName(repository);
  const about = Repository.parse((await purse.get("GET /repos/{owner}/{repo}", parameters)).body);
  const labels = await purse.get("GET /repos/{owner}/{repo}/labels", { ...parameters, per_page: 100 });
  return {
    repository: {
      fullName: about.full_name,
      name: about.name,
      ...(about.description && { description: about.description }),
      url: about.html_url,
      labels: rowsOf(labels.body, "labels").flatMap((row) => Label.safeParse(row).data?.name ?? []),
    },
    pages: publicPages(purse, parameters),
    usage: purse.usage,
  };
};

async function* publicPages(
  purse: Purse,
  repository: { owner: string; repo: string },
): AsyncGenerator<PublicPage, void, undefined> {
  const newest = { ...repository, state: "all", sort: "updated", direction: "desc", per_page: 100 };
  const lists = [
    { stream: "milestones", pages: 1, parameters: { ...repository, state: "all", per_page: 100 } },
    { stream: "releases", pages: 1, parameters: { ...repository, per_page: 100 } },
    { stream: "deployments", pages: 1, parameters: { ...repository, per_page: 100 } },
    { stream: "pulls", pages: PULL_PAGES, parameters: newest },
    { stream: "issues", pages: ISSUE_PAGES, parameters: newest },
  ] as const;
  for (const { stream, pages, parameters } of lists) {
    let where: string = `GET /repos/{owner}/{repo}/${stream}`;
    for (let page = 1; page <= pages; page++) {
      const answer = await purse.maybe(where, page === 1 ? parameters : {});
      if (answer === undefined) break;
      const rows = rowsOf(answer.body, stream);
      const { used, remaining } = purse.usage();
      const records = stream === "issues" ? rows.filter((row) => !isPull(row)) : rows;
      yield { stream, records, complete: answer.next === undefined, used, remaining };
      if (answer.next === undefined) break;
      where = answer.next;
    }
  }
}

const isPull = (row: unknown): boolean =>
  Boolean(z.looseObject({ pull_request: z.unknown().optional() }).safeParse(row).data?.pull_request);

/** Counts requests against GitHub's quota and our own limit. */
interface Purse {
  readonly get: (where: string, parameters: Readonly<Record<string, string | number>>) => Promise<Answer>;
  /** As `get`, or undefined where the repository has the feature switched off. */
  readonly maybe: (where: string, parameters: Readonly<Record<string, string | number>>) => Promise<Answer | undefined>;
  readonly usage: PublicRead["usage"];
}

const openPurse = async (github: GitHub): Promise<Purse> => {
  // https://docs.github.com/rest/rate-limit/rate-limit : asking does not count
  const quota = RateLimit.parse((await github.page("GET /rate_limit"))?.body).resources.core;
  const resetsAt = instant(quota.reset);
  let used = 0;
  const usage = () => ({ used, remaining: Math.max(0, quota.remaining - used), resetsAt });
  const spend = async <T>(request: () => Promise<T>): Promise<T> => {
    if (usage().remaining === 0) throw exhausted(resetsAt);
    if (used >= REQUESTS_AT_MOST) throw new RangeError(`more than ${REQUESTS_AT_MOST} requests`);
    used++;
    try {
      return await request();
    } catch (error) {
      throw error instanceof HubError && error.code === "vendor_rate_limited" ? exhausted(resetsAt) : error;
    }
  };
  return {
    usage,
    async get(where, parameters) {
      const answer = await spend(() => github.page(where, parameters));
      if (answer !== undefined) return answer;
      throw new HubError("vendor_answer_unreadable", "an answer without a body", { retry: "later" });
    },
    maybe: (where, parameters) =>
      spend(() => (where.startsWith("http") ? github.page(where) : github.find(where, parameters))),
  };
};

const exhausted = (resetsAt: Instant): HubError =>
  new HubError("quota_exhausted", `no request is left without a token until ${resetsAt}`, {
    retry: "never",
    details: { resetsAt },
  });
