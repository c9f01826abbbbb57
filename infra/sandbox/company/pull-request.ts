import { WORK_DAYS } from "./calendar.ts";
import type { Company } from "./company.ts";
import { slugOf } from "./features.ts";
import { ACTIONS, DEPENDABOT, engineers, personAt } from "./people.ts";
import { at, hash, pick, unit } from "./random.ts";
import type { WorkItem } from "./work-item.ts";

/** A review of a pull request. */
export interface Review {
  readonly index: number;
  readonly by: number;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  readonly time: number;
}

/** What is true of a pull request. Times are milliseconds since the epoch. */
export interface PullRequest {
  readonly repo: number;
  readonly code: number;
  readonly title: string;
  readonly body: string | null;
  readonly branch: string;
  readonly base: string;
  readonly author: number;
  readonly draft: boolean;
  readonly commits: number;
  readonly messages: readonly string[];
  readonly opened: number;
  readonly merged?: number;
  readonly mergedBy?: number;
  readonly closed?: number;
  readonly updated: number;
  readonly reviews: readonly Review[];
  /** The work item it was made for. */
  readonly item?: number;
}

/** What stands under one number of a repository. A code tells the kind and the position. */
export const ISSUE = 0;
export const ITEM_PULL = 1;
export const OTHER_PULL = 2;
export const codeOf = (kind: number, n: number): number => n * 3 + kind;
export const kindOfCode = (code: number): number => code % 3;
export const nOfCode = (code: number): number => Math.floor(code / 3);

/** How many dependency updates a repository had. */
export const choreCount = (company: Company, repo: number): number =>
  company.small ? 2 : Math.max(26, Math.floor(at(company.counts, repo) / 20));

/** Milliseconds since the epoch. */
interface ChoreTimes {
  readonly opened: number;
  readonly merged?: number;
  readonly closed?: number;
}

/** When a dependency update was opened and how it ended. */
export const choreTimes = (company: Company, repo: number, c: number): ChoreTimes => {
  const { seed, calendar } = company;
  const day = ((c + 0.2 + unit(seed, 81, repo, c) * 0.6) / choreCount(company, repo)) * (WORK_DAYS - 1);
  const fate = hash(seed, 82, repo, c) % 10;
  const end = day + 0.1 + unit(seed, 83, repo, c);
  const opened = calendar.at(day);
  if (fate < 8 && end < WORK_DAYS - 0.3) return { opened, merged: calendar.at(end), closed: calendar.at(end) };
  return fate === 8 && end < WORK_DAYS - 0.3 ? { opened, closed: calendar.at(end) } : { opened };
};

const packages = ["left-shelf", "tinyhttp-kit", "date-words", "css-loom", "retry-fine", "yaml-plain", "cli-paint"];

const chore = (company: Company, repo: number, c: number): PullRequest => {
  const times = choreTimes(company, repo, c);
  const h = hash(company.seed, 84, repo, c);
  const name = pick(packages, h);
  const [from, to] = [`${1 + (h % 4)}.${(h >>> 4) % 20}.0`, `${1 + (h % 4)}.${((h >>> 4) % 20) + 1}.0`];
  const title = `Bump ${name} from ${from} to ${to}`;
  return {
    repo,
    code: codeOf(OTHER_PULL, c),
    title,
    body: `Bumps ${name} from ${from} to ${to}.`,
    branch: `dependabot/npm_and_yarn/${name}-${to}`,
    base: "main",
    author: DEPENDABOT,
    draft: false,
    commits: 1,
    messages: [title],
    ...times,
    ...(times.merged !== undefined ? { mergedBy: pick(engineers, h >>> 9) } : {}),
    updated: times.closed ?? times.opened,
    reviews: [],
  };
};

/** When a generated pull request was opened and last touched, without making it. */
export const pullTouches = (
  company: Company,
  repo: number,
  code: number,
  item: WorkItem | undefined,
): { readonly opened: number; readonly updated: number } => {
  if (item?.pull === undefined) {
    const { opened, closed } = choreTimes(company, repo, nOfCode(code));
    return { opened, updated: closed ?? opened };
  }
  const { opened, merged, closed, draft } = item.pull;
  const reviews = draft ? [] : reviewsOf(company, repo, item.n, authorOf(company, repo, item), opened, merged);
  return { opened, updated: Math.max(opened, closed ?? 0, ...reviews.map((review) => review.time)) };
};

const authorOf = (company: Company, repo: number, item: WorkItem): number =>
  item.assignee ?? pick(engineers, hash(company.seed, 85, repo, item.n));

/** A generated pull request by its code. @param issueNumber the number of the issue it closes, where issues have numbers */
export const generatePull = (
  company: Company,
  repo: number,
  code: number,
  issueNumber: (n: number) => number,
): PullRequest => {
  const n = nOfCode(code);
  if (kindOfCode(code) === OTHER_PULL) return chore(company, repo, n);
  const item = company.item(repo, n);
  if (item.pull === undefined) throw new Error(`item ${n} of product ${repo} has no pull request`);
  const { opened, merged, closed, draft, base } = item.pull;
  const h = hash(company.seed, 85, repo, n);
  const author = authorOf(company, repo, item);
  const { tracker } = at(company.products, repo);
  const key = company.key(repo, n);
  const slug = slugOf(item.title).slice(0, 40).replace(/-$/, "");
  const login = personAt(author).login;
  const named =
    tracker === "github"
      ? item.title
      : h % 4 === 0
        ? item.title
        : h % 4 === 1
          ? `${item.title} (${key})`
          : `${key} ${item.title}`;
  const branch =
    tracker === "jira"
      ? `${login}/${key}-${slug}`
      : tracker === "linear"
        ? `${login}/${key.toLowerCase()}-${slug}`
        : `${login}/${slug}`;
  const body = {
    jira: h % 5 === 0 ? null : `For https://acme.atlassian.net/browse/${key}`,
    linear: h % 3 === 0 ? `Fixes ${key}` : `See [${key}](https://linear.app/acme/issue/${key}).`,
    github: `Closes #${issueNumber(n)}`,
  }[tracker];
  const commits = 1 + (h % 3);
  const messages = Array.from({ length: commits }, (_, i) =>
    i === 0
      ? tracker === "github"
        ? item.title
        : `${key}: ${item.title}`
      : at(["Address review", "Add tests", "Tidy up"], (h >>> (i + 3)) % 3),
  );
  const reviews = draft ? [] : reviewsOf(company, repo, n, author, opened, merged);
  const touched = reviews.map((review) => review.time);
  return {
    repo,
    code,
    title: named,
    body,
    branch,
    base,
    author,
    draft,
    commits,
    messages,
    opened,
    ...(merged === undefined ? {} : { merged, mergedBy: h % 6 === 0 ? ACTIONS : author }),
    ...(closed === undefined ? {} : { closed }),
    updated: Math.max(opened, closed ?? 0, ...touched),
    reviews,
    item: n,
  };
};

const reviewsOf = (
  company: Company,
  repo: number,
  n: number,
  author: number,
  opened: number,
  merged: number | undefined,
): readonly Review[] => {
  const h = hash(company.seed, 86, repo, n);
  const reviewer = pick(
    engineers.filter((index) => index !== author),
    h,
  );
  const end = merged ?? Math.min(opened + 20 * 3_600_000, company.calendar.at(WORK_DAYS));
  const moment = (share: number): number => opened + Math.floor(((end - opened) * share) / 1000) * 1000;
  if (merged === undefined) {
    return h % 3 === 0 ? [{ index: 0, by: reviewer, state: "CHANGES_REQUESTED", time: moment(0.5) }] : [];
  }
  const approved = { by: reviewer, state: "APPROVED" as const, time: moment(0.9) };
  return h % 4 === 0
    ? [
        { index: 0, by: reviewer, state: "CHANGES_REQUESTED", time: moment(0.4) },
        { index: 1, ...approved },
      ]
    : [{ index: 0, ...approved }];
};
