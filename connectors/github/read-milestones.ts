import * as z from "zod";
import type { Page, ReadContext } from "../../shared/connector/contract.ts";
import { type Answer, isSwitchedOff, openGitHub } from "./client.ts";
import type { GitHubConfig } from "./config.ts";
import { pageGuard, rowsOf } from "./paging.ts";
import { ownerAndName } from "./place.ts";

/** Where a walk goes on, and the tag of a list that fitted one page. */
export const MilestonesCursor = z.object({ next: z.string().optional(), etag: z.string().optional() });
export type MilestonesCursor = z.output<typeof MilestonesCursor>;

/** All milestones each time one of them changed: their list knows no `since`, and their issue counts move by themselves. */
export async function* readMilestones(
  context: ReadContext<GitHubConfig>,
  cursor: MilestonesCursor,
  repository: string,
): AsyncGenerator<Page<MilestonesCursor>, void, undefined> {
  const { config, http } = context;
  const github = await openGitHub(context);
  const guard = pageGuard(config.pagesAtMost, "milestones");
  let next = cursor.next?.startsWith(http.baseUrl) ? cursor.next : undefined;
  for (let isFirst = next === undefined; ; isFirst = false) {
    let answer: Answer | undefined;
    try {
      answer =
        next === undefined
          ? await github.page(
              "GET /repos/{owner}/{repo}/milestones",
              { ...ownerAndName(repository), state: "all", per_page: config.pageSize },
              cursor.etag,
            )
          : await github.page(next);
    } catch (error) {
      if (isSwitchedOff(error)) return;
      throw error;
    }
    if (answer === undefined) return;
    next = answer.next;
    if (next !== undefined) guard(next);
    const isWhole = isFirst && next === undefined;
    yield {
      records: rowsOf(answer.body, "milestones"),
      cursor: {
        ...(next !== undefined && { next }),
        ...(isWhole && answer.etag !== undefined && { etag: answer.etag }),
      },
    };
    if (next === undefined) return;
  }
}
