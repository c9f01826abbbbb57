import * as z from "zod";
import type { Census, Counted, Missed, ReadContext, Whereabouts } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { type GitHub, openGitHub } from "./client.ts";
import { type GitHubConfig, inScope } from "./config.ts";
import { placeName } from "./locate.ts";
import { pageGuard, rowsOf } from "./paging.ts";
import { numberAlias, ownerAndName } from "./place.ts";

type Context = ReadContext<GitHubConfig>;
type List = "issues" | "pulls" | "milestones";

const Row = z.looseObject({ node_id: z.string(), number: z.int(), pull_request: z.unknown().optional() });

/** Oldest first, so that what is opened while we walk stands at the end. */
const ids = (list: List) =>
  async function* idsIn(context: Context, repository: string): AsyncGenerator<readonly Counted[], void, undefined> {
    const github = await openGitHub(context);
    const guard = pageGuard(context.config.pagesAtMost, list);
    const order = list === "milestones" ? {} : { sort: "created" };
    let answer = await github.page(`GET /repos/{owner}/{repo}/${list}`, {
      ...ownerAndName(repository),
      state: "all",
      direction: "asc",
      per_page: context.config.pageSize,
      ...order,
    });
    while (answer !== undefined) {
      yield rowsOf(answer.body, list).flatMap((row): Counted[] => {
        const { data } = Row.safeParse(row);
        // Pull requests are rows of the list of issues too; they have a census of their own.
        if (data === undefined || (list === "issues" && data.pull_request)) return [];
        return [{ id: data.node_id, rereadId: placeName(repository, `${list}/${data.number}`) }];
      });
      if (answer.next === undefined) return;
      guard(answer.next);
      answer = await github.page(answer.next);
    }
  };

const PAGE = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(issues|pull|milestone)\/(\d+)$/;
const LISTS: Readonly<Record<string, List>> = { issues: "issues", pull: "pulls", milestone: "milestones" };

/** The place of a record, from the address of its page. */
const placeOf = ({ url }: Missed): string | undefined => {
  const [, repository, word = "", number] = PAGE.exec(url) ?? [];
  const list = LISTS[word];
  return repository === undefined || list === undefined ? undefined : placeName(repository, `${list}/${number}`);
};

const seen = async (github: GitHub, repository: string): Promise<boolean> => {
  if ((await github.find("GET /repos/{owner}/{repo}", ownerAndName(repository))) !== undefined) return true;
  // A renamed repository is seen, only not under this name: nothing of it is hidden.
  if ((await github.forwarded(`GET /repos/${repository}`)) === undefined) return false;
  throw new HubError("config_invalid", `${repository} has another name at GitHub now: put that into repos`, {
    retry: "never",
  });
};

const reaches = async (context: Context, repository: string): Promise<boolean> => {
  try {
    return await seen(await openGitHub(context), repository);
  } catch (error) {
    if (error instanceof HubError && error.code === "vendor_forbidden") return false;
    throw error;
  }
};

const Arrived = z.looseObject({ number: z.int(), repository_url: z.string() });

/** A transferred issue leaves a redirect behind. */
const whereabouts = async (context: Context, missed: Missed): Promise<Whereabouts> => {
  const place = placeOf(missed);
  const github = await openGitHub(context);
  const forward = place === undefined ? undefined : await github.forwarded(`GET /repos/${place}`);
  if (forward === undefined) return { state: "deleted" };
  const arrived = Arrived.safeParse((await github.find(`GET ${forward}`))?.body).data;
  const repository = /\/repos\/([^/]+\/[^/]+)$/.exec(arrived?.repository_url ?? "")?.[1];
  if (arrived === undefined || repository === undefined) return { state: "moved" };
  return { state: "moved", movedTo: numberAlias(repository, arrived.number) };
};

/** Issues, pull requests or milestones of a repository by their node ids. */
export const census = (list: List, noun: string, kind: FieldedKind): Census<GitHubConfig> => ({
  noun,
  kinds: [kind],
  ids: ids(list),
  selects: inScope,
  reaches,
  rereadId: placeOf,
  whereabouts,
});
