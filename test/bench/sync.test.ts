import { beforeAll, describe, expect, it } from "vitest";
import type { Vendor } from "./bench-company.ts";
import { type Measured, measureRequests, type Phase } from "./requests.ts";
import { requestsOf } from "./requests-report.ts";

const ISSUES = 100;
/** So that ten issues change, or eleven where they stand in two projects. */
const EVERY = 10;

const JIRA_LISTS = {
  "/rest/api/{id}/project/search": 2,
  "/rest/api/{id}/status": 1,
  "/rest/api/{id}/project/{id}/version": 2,
  "/rest/agile/1.0/board": 2,
  "/rest/agile/1.0/board/{id}/sprint": 2,
};
const LINEAR_LISTS = {
  teamsPage: 1,
  workflowStatesPage: 1,
  usersPage: 1,
  cyclesPage: 1,
  projectsPage: 1,
  projectsIds: 1,
  initiativesPage: 1,
  initiativesIds: 1,
};
const GITHUB_LISTS = {
  "/repos/{repo}/milestones (304)": 1,
  "/repos/{repo}/pulls (304)": 1,
  "/repos/{repo}/releases (304)": 1,
  "/repos/{repo}/deployments": 1,
  "/repos/{repo}/deployments/{id}/statuses": 2,
  "/repos/{repo}": 1,
  "/repos/{repo}/actions/runs": 1,
};

interface Expected {
  readonly asked: Readonly<Record<string, number>>;
  /** How many the API does not let us spare. */
  readonly fewest: number;
}

const EXPECTED: Readonly<Record<Vendor, Readonly<Partial<Record<Phase, Expected>>>>> = {
  jira: {
    changed: {
      asked: {
        ...JIRA_LISTS,
        "/rest/api/{id}/search/jql": 2,
        "/rest/api/{id}/field": 2,
        "/rest/api/{id}/changelog/bulkfetch": 2,
      },
      fewest: 14,
    },
    idle: { asked: { ...JIRA_LISTS, "/rest/api/{id}/search/jql": 2 }, fewest: 11 },
    census: { asked: { "/rest/api/{id}/search/jql": 2, "/rest/api/{id}/project/{id}/version": 2 }, fewest: 4 },
  },
  linear: {
    first: { asked: { ...LINEAR_LISTS, issuesPage: 6 }, fewest: 13 },
    changed: { asked: { ...LINEAR_LISTS, issuesPage: 2 }, fewest: 9 },
    idle: { asked: { ...LINEAR_LISTS, issuesPage: 2 }, fewest: 9 },
    census: { asked: { cyclesIds: 1, issuesIds: 1, projectsIds: 1, initiativesIds: 1 }, fewest: 4 },
  },
  github: {
    changed: {
      asked: { ...GITHUB_LISTS, "/repos/{repo}/issues": 1, "/repos/{repo}/issues/{id}/timeline": 11 },
      fewest: 18,
    },
    idle: { asked: { ...GITHUB_LISTS, "/repos/{repo}/issues (304)": 1 }, fewest: 8 },
    census: {
      asked: { "/repos/{repo}/milestones": 1, "/repos/{repo}/issues": 2, "/repos/{repo}/pulls": 1 },
      fewest: 3,
    },
  },
};

describe.each(Object.entries(EXPECTED))("a hub that syncs from %s", (vendor, phases) => {
  let measured: ReturnType<typeof requestsOf>[];
  const found = (phase: string): ReturnType<typeof requestsOf> => {
    const one = measured.find((each) => each.phase === phase);
    if (one === undefined) throw new Error(`${phase} was not measured`);
    return one;
  };
  beforeAll(async () => {
    const all: Measured[] = await measureRequests(vendor as Vendor, ISSUES, EVERY);
    measured = all.map(requestsOf);
  });

  it.each(Object.entries(phases))("makes exactly so many requests: %s", (phase, { asked, fewest }) => {
    expect(found(phase).asked).toEqual(asked);
    expect(found(phase).fewest).toBe(fewest);
  });

  it("needs at most 1.3 times the fewest requests, after a change, at rest and at first", () => {
    expect(found("changed").issues).toBe(vendor === "jira" ? 11 : 10);
    for (const phase of ["first", "changed", "idle"]) {
      expect(found(phase).requests / found(phase).fewest, phase).toBeLessThanOrEqual(1.3);
    }
  });
});
