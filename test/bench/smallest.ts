import type { Vendor } from "./bench-company.ts";

/** What a sync had to read, as numbers. */
export interface Facts {
  /** Issues to be read, by project, team or repository: all at first, later those that changed. */
  readonly issues: Readonly<Record<string, number>>;
  /** All of them. */
  readonly held: Readonly<Record<string, number>>;
  /** Of what stands beside the issues, how many there are. */
  readonly beside: Readonly<Record<string, number>>;
}

/** Requests that cannot be spared at one endpoint, and why. */
export interface Needed {
  readonly requests: number;
  readonly why: string;
}

/** By endpoint, named as the bench counts them. */
export type Smallest = Readonly<Record<string, Needed>>;

export type Phase = "first" | "changed" | "idle" | "census";

const pages = (records: number, most: number): number => Math.max(1, Math.ceil(records / most));
const sum = (counts: Readonly<Record<string, number>>, of: (count: number) => number): number =>
  Object.values(counts).reduce((total, count) => total + of(count), 0);
const need = (requests: number, why: string): Needed => ({ requests, why });

const PROJECT = "/rest/api/{id}/project/search";
const VERSION = "/rest/api/{id}/project/{id}/version";
const SEARCH = "/rest/api/{id}/search/jql";

/** Source: the limits in https://developer.atlassian.com/cloud/jira/platform/rest/v3/ */
const jira = (phase: Phase, { issues, held }: Facts): Smallest => {
  const scopes = Object.keys(held).length;
  const versions = need(scopes, "versions have no time of change: the list of each project");
  if (phase === "census")
    return {
      [SEARCH]: need(
        sum(held, (count) => pages(count, 5000)),
        "ids alone come 5,000 a page",
      ),
      [VERSION]: versions,
    };
  const full = sum(issues, (count) => Math.ceil(count / 100));
  return {
    [PROJECT]: need(scopes, "each project is read on its own"),
    "/rest/api/{id}/status": need(1, "one list for the site"),
    [VERSION]: versions,
    "/rest/agile/1.0/board": need(scopes, "boards of each project"),
    "/rest/agile/1.0/board/{id}/sprint": need(scopes, "sprints are listed by board, and each project has one"),
    "/rest/api/{id}/field": need(
      phase === "idle" ? 0 : 1,
      "ids of custom fields, once where there is something to read",
    ),
    [SEARCH]: need(
      sum(issues, (count) => pages(count, 100)),
      "100 issues a page; one where nothing changed",
    ),
    "/rest/api/{id}/changelog/bulkfetch": need(full, "one bulk call for each page of issues"),
  };
};

/** As many issues as one query's 10,000 points allow with all that is read of each. */
const LINEAR_PAGE = 23;

/** Source: https://linear.app/developers/rate-limiting#complexity-limits and the 250 of https://linear.app/developers/pagination */
const linear = (phase: Phase, { issues, held, beside }: Facts): Smallest => {
  const scan = (kind: string) => need(pages(beside[kind] ?? 0, 250), "ids alone come 250 a page");
  if (phase === "census") {
    const issuesIds = need(pages(sum(held, Number), 250), "ids alone come 250 a page");
    return { cyclesIds: scan("cycle"), issuesIds, projectsIds: scan("feature"), initiativesIds: scan("initiative") };
  }
  const plan = (kind: string) =>
    need(phase === "first" ? pages(beside[kind] ?? 0, LINEAR_PAGE) : 1, "one where nothing changed");
  const archived = (kind: string) =>
    need(pages(beside[kind] ?? 0, 250), "archiving moves no update time, and no filter of theirs knows it");
  return {
    teamsPage: need(1, "one page"),
    workflowStatesPage: need(1, "one page"),
    usersPage: need(1, "one page"),
    cyclesPage: need(1, "one page"),
    issuesPage: need(
      pages(sum(issues, Number), LINEAR_PAGE),
      `${LINEAR_PAGE} a page by complexity, archived ones among them`,
    ),
    projectsPage: plan("feature"),
    projectsIds: archived("feature"),
    initiativesPage: plan("initiative"),
    initiativesIds: archived("initiative"),
  };
};

const REPO = "/repos/{repo}";

/** Source: https://docs.github.com/rest; what has an ETag costs no allowance while it is as it was. */
const github = (phase: Phase, { issues, held, beside }: Facts): Smallest => {
  const of = (kind: string) => beside[kind] ?? 0;
  const rows = sum(held, Number) + of("pullRequest");
  if (phase === "census")
    return {
      [`${REPO}/issues`]: need(pages(rows, 100), "100 a page; pull requests are rows of it too"),
      [`${REPO}/milestones`]: need(pages(of("feature"), 100), "100 a page"),
    };
  const isFirst = phase === "first";
  const quiet = isFirst ? "" : " (304)";
  const changed = sum(issues, Number);
  const list = phase === "idle" ? `${REPO}/issues (304)` : `${REPO}/issues`;
  const lists: Smallest = {
    [`${REPO}/milestones${quiet}`]: need(1, "100 a page"),
    [list]: need(pages(isFirst ? rows : changed, 100), "100 a page; pull requests are rows of it too"),
    [`${REPO}/pulls${quiet}`]: need(isFirst ? pages(of("pullRequest"), 100) : 1, "100 a page"),
    [`${REPO}/releases${quiet}`]: need(isFirst ? pages(of("release"), 100) : 1, "100 a page"),
    [`${REPO}/deployments`]: need(isFirst ? pages(of("deployment"), 100) : 1, "100 a page"),
    [`${REPO}/actions/runs`]: need(isFirst ? pages(of("testRun"), 100) : 1, "100 a page"),
    [`${REPO}/issues/{id}/timeline`]: need(changed, "one of each changed issue: REST has no bulk call"),
    [`${REPO}/deployments/{id}/statuses`]: need(
      isFirst ? of("deployment") : of("environment"),
      "of each deployment; later of the live one in each environment, which no list shows",
    ),
  };
  if (!isFirst) return lists;
  const details = need(of("pullRequest"), "of each pull request: REST has no bulk call");
  return {
    ...lists,
    [`${REPO}/pulls/{id}/reviews`]: details,
    [`${REPO}/pulls/{id}/commits`]: details,
    [`${REPO}/compare/{range}`]: need(
      of("comparison"),
      "as asked: of each deployment and release with another commit before it",
    ),
  };
};

const RULES: Readonly<Record<Vendor, (phase: Phase, facts: Facts) => Smallest>> = { jira, linear, github };

/**
 * The fewest requests that a tool's API allows for a sync that reads each stream on its own, with nothing known but
 * what a sync before has kept.
 */
export const smallest = (vendor: Vendor, phase: Phase, facts: Facts): Smallest => RULES[vendor](phase, facts);
