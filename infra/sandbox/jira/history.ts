import type { WorkItem } from "../company/work-item.ts";
import type { World } from "../company/world.ts";
import { bodyObject, ok, wholeNumber } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";
import { historiesOf } from "./changelog.ts";
import { visible } from "./request.ts";
import { issueId, SITE } from "./vocabulary.ts";

/** Jira cuts an embedded changelog at this many entries. */
const EMBEDDED = 40;

/** The changelog as it is embedded in an issue: newest first, and cut. */
export const changelogOf = (world: World, item: WorkItem) => {
  const all = historiesOf(world, item).reverse();
  const histories = all.slice(0, EMBEDDED);
  return { startAt: 0, maxResults: histories.length, total: all.length, histories };
};

/** `GET /issue/{id}/changelog`: one issue's history, oldest first. */
export const changelogPage = (world: World, item: WorkItem, asked: Asked): Answer => {
  const startAt = wholeNumber(asked.query.get("startAt"), 0, 0, 1_000_000);
  const maxResults = wholeNumber(asked.query.get("maxResults"), 100, 1, 100);
  const all = historiesOf(world, item);
  const path = `${SITE}/rest/api/3/issue/${issueId(item.n)}/changelog`;
  const isLast = startAt + maxResults >= all.length;
  return ok({
    self: `${path}?maxResults=${maxResults}&startAt=${startAt}`,
    ...(isLast ? {} : { nextPage: `${path}?maxResults=${maxResults}&startAt=${startAt + maxResults}` }),
    maxResults,
    startAt,
    total: all.length,
    isLast,
    values: all.slice(startAt, startAt + maxResults),
  });
};

/** `POST /changelog/bulkfetch`: the histories of many issues; one issue can go over two pages. */
export const fetchChangelogs = (world: World, asked: Asked): Answer => {
  const body = bodyObject(asked);
  const wanted = list(body?.["issueIdsOrKeys"]);
  const fieldIds = list(body?.["fieldIds"]);
  if (wanted.length === 0 || wanted.length > 1000) return wrong("issueIdsOrKeys must hold between 1 and 1000 entries.");
  if (fieldIds.length > 10) return wrong("fieldIds must hold at most 10 entries.");
  const asMany = Math.max(1, Math.min(10_000, Number(body?.["maxResults"] ?? 1000) || 1000));
  const start = readToken(body?.["nextPageToken"]);
  if (start === undefined) return wrong("The provided next page token is invalid.");

  const found = new Map<number, WorkItem>();
  for (const idOrKey of wanted) {
    const item = visible(world, idOrKey);
    if (item !== undefined) found.set(item.n, item);
  }
  const issues = [...found.values()].sort((a, b) => a.n - b.n);
  const total = issues.reduce((sum, item) => sum + historiesOf(world, item, fieldIds).length, 0);
  const size = asked.shape?.kind === "half" ? Math.max(1, Math.min(asMany, Math.ceil((total - start) / 2))) : asMany;
  if (asked.shape?.kind === "empty")
    return ok({ issueChangeLogs: [], nextPageToken: writeToken(start, asked.shape.nonce) });
  const issueChangeLogs: { issueId: string; changeHistories: unknown[] }[] = [];
  let [left, passed] = [size, 0];
  let more = false;
  for (const item of issues) {
    const histories = historiesOf(world, item, fieldIds);
    const skip = Math.max(0, Math.min(histories.length, start - passed));
    passed += histories.length;
    const rest = histories.slice(skip);
    if (rest.length > left) more = true;
    if (rest.length > 0 && left > 0)
      issueChangeLogs.push({ issueId: issueId(item.n), changeHistories: rest.slice(0, left) });
    left = Math.max(0, left - rest.length);
    if (more) break;
  }
  if (asked.shape?.kind === "repeat") return ok({ issueChangeLogs, nextPageToken: writeToken(start, 0) });
  return ok({ issueChangeLogs, ...(more ? { nextPageToken: writeToken(start + size, 0) } : {}) });
};

const writeToken = (start: number, nonce: number): string =>
  Buffer.from(`c:${start}${nonce === 0 ? "" : `:${nonce}`}`).toString("base64url");

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const readToken = (given: unknown): number | undefined => {
  if (given === undefined || given === null || given === "") return 0;
  const found = /^c:(\d+)(?::\d+)?$/.exec(Buffer.from(String(given), "base64url").toString("utf8"));
  return found === null ? undefined : Number(found[1]);
};

const wrong = (message: string): Answer => ({ status: 400, json: { errorMessages: [message], errors: {} } });
