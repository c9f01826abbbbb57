import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { census } from "./census.ts";
import { Config, credentialOf } from "./config.ts";
import { SOURCES } from "./documents.ts";
import { normaliseIssue } from "./normalise-issue.ts";
import { normaliseInitiative, normaliseProject } from "./normalise-plan.ts";
import { normaliseCycle, normaliseState, normaliseTeam, normaliseUser } from "./normalise-workspace.ts";
import { listed } from "./pages.ts";
import { type Cursor, poll, type Reading, reread } from "./read.ts";
import { Cycle, Initiative, Issue, Project, Team, User, WorkflowState } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";
import { statusOf } from "./words.ts";

const ofTeam = (teams: readonly string[]) => ({ team: { key: { in: teams } } });
const everywhere = () => ({});
const small = ({ listPageSize }: Config) => listPageSize;
const large = ({ pageSize }: Config) => pageSize;

const READINGS = {
  teams: { source: SOURCES.teams, selector: (teams) => ({ key: { in: teams } }), pageSize: small },
  states: { source: SOURCES.states, selector: ofTeam, pageSize: small },
  users: { source: SOURCES.users, selector: everywhere, pageSize: small },
  cycles: {
    source: SOURCES.cycles,
    selector: ofTeam,
    pageSize: small,
    // A cycle begins and ends by the calendar, which no update time tells.
    since: (updatedAt) => ({
      or: [updatedAt, { isActive: { eq: true } }, { isNext: { eq: true } }, { isPrevious: { eq: true } }],
    }),
  },
  issues: { source: SOURCES.issues, selector: ofTeam, pageSize: large, archived: "filter" },
  projects: {
    source: SOURCES.projects,
    selector: (teams) => ({ accessibleTeams: { some: { key: { in: teams } } } }),
    pageSize: large,
    archived: "scan",
  },
  initiatives: { source: SOURCES.initiatives, selector: everywhere, pageSize: large, archived: "scan" },
} as const satisfies Record<string, Reading>;

/** What all streams have in common: poll, re-read and list answers, by their reading. */
const reading = (of: Reading) => ({
  listed: (answer: unknown) => listed(of.source, answer),
  poll: poll(of),
  reread: reread(of),
});

/** Linear: issues with their history, projects, initiatives, cycles, teams, states and users of one workspace. */
export default defineConnector<Config>({
  id: "linear",
  title: "Linear",
  category: "planning",
  docs: "https://linear.app/developers",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    headers: {},
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
  }),
  streams: {
    teams: stream<Config, Team, Cursor>({
      record: Team,
      kinds: ["team"],
      normalise: normaliseTeam,
      ...reading(READINGS.teams),
    }),
    states: stream<Config, WorkflowState, Cursor>({
      record: WorkflowState,
      kinds: ["vocabulary"],
      normalise: normaliseState,
      ...reading(READINGS.states),
    }),
    users: stream<Config, User, Cursor>({
      record: User,
      kinds: ["account"],
      normalise: normaliseUser,
      ...reading(READINGS.users),
    }),
    cycles: stream<Config, Cycle, Cursor>({
      record: Cycle,
      kinds: ["cycle"],
      normalise: normaliseCycle,
      ...reading(READINGS.cycles),
      census: census(SOURCES.cycles, "cycle", "cycle", READINGS.cycles.selector),
    }),
    issues: stream<Config, Issue, Cursor>({
      record: Issue,
      kinds: ["workItem"],
      normalise: normaliseIssue,
      ...reading(READINGS.issues),
      census: census(SOURCES.issues, "issue", "workItem", READINGS.issues.selector),
    }),
    projects: stream<Config, Project, Cursor>({
      record: Project,
      kinds: ["feature"],
      normalise: normaliseProject,
      ...reading(READINGS.projects),
      census: census(SOURCES.projects, "project", "feature", READINGS.projects.selector),
    }),
    initiatives: stream<Config, Initiative, Cursor>({
      record: Initiative,
      kinds: ["initiative"],
      normalise: normaliseInitiative,
      ...reading(READINGS.initiatives),
      census: census(SOURCES.initiatives, "initiative", "initiative"),
    }),
  },
  status: statusOf,
  setup,
  webhook,
});
