import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Entity } from "../../shared/domain/entity.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { type Explanation, STAGES, type Stage, type StageResult } from "../../shared/domain/stage.ts";
import type {
  ConnectionView,
  EvidenceLine,
  FeatureView,
  HealthValue,
  PersonView,
  TimelineLine,
} from "../../shared/store/views.ts";
import { webApp } from "../../shared/web/app.ts";
import type { WebDeps } from "../../shared/web/web-deps.ts";
import { memoryViews, type Shown, silent } from "./memory-views.ts";
import { SAMPLE_ENTITIES } from "./sample-entities.ts";
import { samplePlan } from "./sample-plan.ts";
import { sampleReports } from "./sample-reports.ts";

export const NOW = new Date("2026-11-22T10:00:00.000Z");
export const HUB = "http://localhost:4100";

const daysBefore = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();

const NAMES = [
  "Redesign checkout",
  "Guest checkout with saved addresses",
  "Search that forgives typing errors",
  "Export invoices as PDF and CSV",
  "Two-factor sign-in",
  "Faster first page on mobile networks",
  "Wish lists that can be shared with family",
  "Refunds without a support ticket",
];
const OWNERS = ["Eli Okafor", "Ana Ruiz", "Mei Tanaka", undefined];
const HEALTHS: readonly HealthValue[] = ["on_track", "on_track", "at_risk", "off_track", "unknown"];

const explanation = (id: string, headline: Stage | null): Explanation => {
  const at = headline === null ? -1 : STAGES.indexOf(headline);
  const result = (place: number): StageResult => {
    if (place > at) return { state: STAGES[place] === "support" ? "unknown" : "not_started", confidence: 0 };
    if (place === at) return { state: "active", since: daysBefore(5), confidence: 0.9, rule: `R${place + 1}` };
    if (place === 2) return { state: "skipped", confidence: 0 };
    return { state: "done", since: daysBefore(60 - place * 5), confidence: 0.96, rule: `R${place + 1}` };
  };
  const stages = Object.fromEntries(STAGES.map((stage, place) => [stage, result(place)]));
  return {
    featureId: id,
    headline,
    state: headline === null ? "not_started" : "active",
    since: headline === null ? null : daysBefore(5),
    confidence: headline === null ? 0 : 0.9,
    asOf: NOW.toISOString(),
    knownAt: NOW.toISOString(),
    ruleSet: "2026.1",
    disposition: "open",
    stages: stages as Explanation["stages"],
    because:
      headline === null
        ? []
        : [
            {
              stage: headline,
              rule: `R${at + 1}`,
              text: "Deployed to staging 17 Nov; 41 of 41 tests green",
              evidence: ["https://github.com/acme/web/actions/runs/1", "https://github.com/acme/web/deployments/9"],
              at: daysBefore(5),
            },
          ],
    badges: headline === "testing" ? ["deployed_dark"] : [],
    notYet: [
      { stage: "production", missing: ["flag checkout-v2 is at 0 % in production"] },
      { stage: "marketing", missing: ["no campaign linked"] },
    ],
    conflicts: [
      {
        claim: "Jira PAY-12 = Done (2 Nov)",
        against: "R6: not exposed to customers",
        evidence: ["https://acme.atlassian.net/browse/PAY-12"],
      },
    ],
    unknown: ["support: Zendesk last synced 26 h ago (limit 2 h)"],
    path: headline === null ? [] : [{ headline, at: daysBefore(5) }],
    nextChangeAt: daysBefore(-2),
  };
};

/** A feature in the given stage; `n` varies the rest. */
export const sampleFeature = (n: number, stage: Stage | null, over: Partial<FeatureView> = {}): FeatureView => {
  const id = `ftr_${String(n).padStart(26, "0")}`;
  const health = HEALTHS[n % HEALTHS.length] ?? "unknown";
  const owner = OWNERS[n % OWNERS.length];
  return {
    id,
    key: `ACME-${n}`,
    name: `${NAMES[n % NAMES.length]}`,
    url: `https://acme.atlassian.net/browse/ACME-${n}`,
    tool: "jira",
    type: "Epic",
    productIds: [n % 3 === 0 ? "prd_2" : "prd_1"],
    connectionId: "con_jira",
    presence: { state: "present", since: daysBefore(90), how: "read" },
    status: { category: "active", detail: "In Progress", mappedBy: "tool" },
    owner: owner === undefined ? undefined : { id: "acc_1", name: owner },
    initiatives: [{ id: "ini_1", name: "Sell abroad" }],
    targetDate: n % 4 === 0 ? undefined : `2027-0${(n % 9) + 1}-15`,
    targetDateResolution: n % 5 === 0 ? "quarter" : "day",
    explanation: explanation(id, stage),
    health: {
      value: health,
      disagree: n % 5 === 3,
      declared: { value: "at_risk", at: daysBefore(3), stale: false },
      derived: { value: health, rule: "health.off_track", reasons: ["blocked for 11 d", "due in 4 d"] },
    },
    progress: { done: n % 9, total: 16, cancelled: 1 },
    counts: { workItems: 16, pullRequests: 4, deployments: 2 },
    version: 42,
    updatedAt: daysBefore(n % 14),
    observedAt: NOW.toISOString(),
    ...over,
  };
};

const connection = (name: string, title: string, over: Partial<ConnectionView> = {}): ConnectionView => ({
  id: `con_${name}`,
  name,
  tool: name,
  title,
  state: "healthy",
  dataAsOf: "2026-11-22T09:58:00.000Z",
  streams: ["issues", "changes"].map((stream) => ({
    stream: `${name}/${stream}`,
    scope: "acme/web",
    state: "completed" as const,
    startedAt: "2026-11-22T09:57:00.000Z",
    finishedAt: "2026-11-22T09:58:00.000Z",
    firstCompletedAt: "2026-11-01T08:00:00.000Z",
    pages: 12,
    records: 1204,
    quarantined: 0,
    lagSeconds: 120,
    ...(stream === "issues" && {
      census: { at: "2026-11-22T02:00:00.000Z", theirs: 1204, ours: 1204, gaps: 0, gone: 0, lost: 0, fuse: [] },
    }),
  })),
  quarantined: 0,
  webhooks: { configured: true, lastReceivedAt: "2026-11-22T09:41:00.000Z", rejected: 0 },
  ...over,
});

const zendesk = connection("zendesk", "Zendesk", {
  state: "stale",
  reason: "last success 3 h ago, limit 2 h",
  dataAsOf: "2026-11-22T06:55:00.000Z",
  quarantined: 2,
  webhooks: { configured: false, rejected: 3 },
  streams: [
    {
      stream: "zendesk/tickets",
      scope: "acme",
      state: "failed",
      startedAt: "2026-11-22T09:50:00.000Z",
      finishedAt: "2026-11-22T09:51:00.000Z",
      firstCompletedAt: "2026-11-01T08:00:00.000Z",
      pages: 3,
      records: 300,
      quarantined: 2,
      census: {
        at: "2026-11-22T02:00:00.000Z",
        theirs: 180,
        ours: 300,
        gaps: 2,
        gone: 0,
        lost: 0,
        fuse: [{ name: "acme", missing: 122, of: 300 }],
      },
      error: {
        code: "vendor_auth_expired",
        message: "Zendesk refuses the token",
        fix: "Renew the credential of this connection.",
        at: "2026-11-22T09:51:00.000Z",
      },
    },
  ],
});

const workItem = (n: number): Entity<"workItem"> => ({
  id: `wrk_${String(n).padStart(26, "0")}`,
  kind: "workItem",
  productIds: ["prd_1"],
  source: {
    tool: "jira",
    connectionId: "con_jira",
    externalId: String(n),
    key: `PAY-${n}`,
    keyHistory: [],
    url: `https://acme.atlassian.net/browse/PAY-${n}`,
  },
  scopes: ["PAY"],
  presence: { state: "present", since: daysBefore(30), how: "read" },
  sourceUpdatedAt: daysBefore(1),
  firstSeenAt: daysBefore(30),
  recordedAt: daysBefore(1),
  version: 3,
  contentHash: "0",
  mappingVersion: 1,
  rawRef: "raw/0",
  fields: {
    title: "Charge once even if the network fails",
    type: { category: "bug", detail: "Bug", mappedBy: "tool" },
    status: {
      category: n % 2 === 0 ? "done" : "in_progress",
      detail: n % 2 === 0 ? "Done" : "Doing",
      mappedBy: "tool",
    },
    assigneeIds: ["acc_jira_ana", "acc_nobody_knows"],
    labels: ["payments"],
    isBlocked: false,
  },
  aliases: [],
  references: [],
  relations: [],
  customFields: [{ fieldId: "cf_1", name: "Risk", type: "option", value: { optionValue: "High" } }],
});

const SPRINT = { id: "55", name: "Sprint 5", noun: "sprint" };
/** Of the first work item: started, put into the sprint, taken out of it. */
const HISTORY: readonly HistoryEntry[] = [
  {
    id: "1",
    at: daysBefore(20),
    by: "ada",
    changes: [{ field: "status", from: { name: "To do" }, to: { name: "Doing" } }],
  },
  { id: "2", at: daysBefore(9), by: "ada", changes: [{ field: "cycle", from: null, to: SPRINT, isOneOfMany: true }] },
  { id: "3", at: daysBefore(4), by: "bo", changes: [{ field: "cycle", from: SPRINT, to: null, isOneOfMany: true }] },
];

const CYCLE: Entity<"cycle"> = {
  ...workItem(0),
  id: entityId("con_jira", { kind: "cycle", noun: "sprint", id: "55" }),
  kind: "cycle",
  fields: {
    name: "Sprint 5",
    state: { category: "active", detail: "active", mappedBy: "tool" },
    startsAt: daysBefore(10),
    endsAt: daysBefore(-4),
  },
  customFields: [],
};

const EVIDENCE: readonly EvidenceLine[] = [
  {
    id: "wrk_1",
    kind: "workItem",
    key: "PAY-12",
    name: "Charge once even if the network fails",
    tool: "jira",
    url: "https://acme.atlassian.net/browse/PAY-12",
    status: { category: "done", detail: "Done", mappedBy: "tool" },
    confidence: 1,
    via: "child of ACME-8",
    at: daysBefore(4),
  },
  {
    id: "pul_1",
    kind: "pullRequest",
    key: "acme/web#418",
    name: "Idempotency keys for charges",
    tool: "github",
    url: "https://github.com/acme/web/pull/418",
    status: { category: "merged", detail: "merged", mappedBy: "tool" },
    confidence: 0.95,
    via: "key PAY-12 in the branch name",
    at: daysBefore(5),
  },
];

const TIMELINE: readonly TimelineLine[] = Array.from({ length: 130 }, (_, n) => ({
  at: daysBefore(n / 3),
  tool: n % 2 === 0 ? "github" : "jira",
  kind: n % 2 === 0 ? "pullRequest" : "workItem",
  recordId: `wrk_${n}`,
  key: "PAY-12",
  text: n % 2 === 0 ? `acme/web#${400 + n} was merged` : "PAY-12 moved from To Do to In Progress",
  url: "https://github.com/acme/web/pull/418",
}));

const CHANGES: readonly HubEvent[] = Array.from(
  { length: 70 },
  (_, n): HubEvent<"feature.stage.changed"> => ({
    id: `evt_${n}`,
    name: "feature.stage.changed",
    subject: "ftr_1",
    sequence: n + 1,
    time: daysBefore(7 - n / 12),
    recordedAt: daysBefore(7 - n / 12),
    data: {
      feature: {
        id: "ftr_1",
        key: `ACME-${n + 1}`,
        name: NAMES[n % NAMES.length] ?? "",
        url: `${HUB}/features/ACME-${n + 1}`,
      },
      productIds: ["prd_1"],
      from: "development",
      to: "testing",
      stages: { testing: "active" },
      rule: "R5",
      because: ["deployed to staging"],
      evidence: [],
      disposition: "open",
      ruleSet: "2026.1",
      cause: "sync",
    },
  }),
);

const account = (tool: string, handle: string, name: string, rule: "email" | null) => ({
  id: `acc_${tool}_${handle}`,
  tool,
  connectionId: `con_${tool}`,
  handle,
  name,
  url: `https://${tool}.example/${handle}`,
  label: `${tool}:${handle}`,
  rule,
});

const person = (
  id: string,
  name: string,
  state: PersonView["state"],
  accounts: PersonView["accounts"],
): PersonView => ({
  id: `per_${id}`,
  name,
  state,
  accounts,
  mayBe: [],
  conflicts: [],
  version: 1,
  recordedAt: daysBefore(3),
});

const elis = [account("jira", "eli", "Eli Okafor", null), account("github", "eli", "Eli Okafor", null)] as const;
const ana = [account("jira", "ana", "Ana Ruiz", "email"), account("zendesk", "ana.ruiz", "Ana Ruiz", "email")] as const;
const PEOPLE: readonly PersonView[] = [
  {
    ...person("1", "Eli Okafor", "probable", [elis[0]]),
    mayBe: [{ id: "per_2", name: "Eli Okafor", accounts: [elis[1]] }],
  },
  {
    ...person("2", "Eli Okafor", "probable", [elis[1]]),
    mayBe: [{ id: "per_1", name: "Eli Okafor", accounts: [elis[0]] }],
    conflicts: [{ account: elis[1], other: ana[1], rule: "email" }],
  },
  person("3", "mtanaka", "unmatched", [account("github", "mtanaka", "mtanaka", null)]),
  { ...person("4", "Ana Ruiz", "confirmed", ana), slug: "ana" },
];

/** A hub with `perStage` features in each stage. */
export const sampleHub = (perStage: number): Shown => ({
  products: [
    {
      id: "prd_1",
      slug: "storefront",
      name: "Storefront",
      vision: "Buying takes less than a minute.",
      owner: "Ana Ruiz",
    },
    { id: "prd_2", slug: "back-office", name: "Back office" },
  ],
  features: STAGES.flatMap((stage, place) =>
    Array.from({ length: perStage }, (_, n) => sampleFeature(place * perStage + n + 1, stage)),
  ),
  workItems: Array.from({ length: 5 }, (_, n) => workItem(n + 1)),
  itemHistories: { [workItem(1).id]: HISTORY },
  cycles: [CYCLE],
  evidence: EVIDENCE,
  timeline: TIMELINE,
  changes: CHANGES,
  people: PEOPLE,
  entities: [
    ...SAMPLE_ENTITIES,
    ...samplePlan.objectives.map(
      ({ id, title, productIds }) =>
        ({ ...SAMPLE_ENTITIES[0], id, kind: "objective", fields: { title }, productIds }) as Entity,
    ),
  ],
  unmapped: [{ id: "10042", name: "Waiting for Legal", type: "indeterminate" }],
  words: [
    { id: "1", name: "To Do", type: "new", means: "todo", by: "tool" },
    { id: "10042", name: "Waiting for Legal", type: "indeterminate", means: "unknown", by: "default" },
  ],
  ...samplePlan,
  connections: [connection("jira", "Jira"), connection("github", "GitHub"), zendesk],
  quarantine: [1, 2].map((n) => ({
    id: `qua_${n}`,
    connectionId: "con_zendesk",
    stream: "zendesk/tickets",
    rawRef: `zendesk/2026-11-2${n}/raw`,
    index: n,
    code: "payload_unreadable",
    message: "ticket 77 does not have the shape we read",
    at: daysBefore(n),
  })),
});

/** What the app is given to show this. */
export const sampleDeps = (shown: Shown): WebDeps => ({
  views: memoryViews(shown),
  say: silent,
  table: sqliteTable(openDatabase(":memory:")),
  now: () => NOW,
  cursorKey: new Uint8Array(32).fill(7),
  version: "0.1.0",
  url: () => HUB,
  trustLimits: () => TRUST_LIMITS,
  ruleSet: "2026.1",
  reports: sampleReports,
});

/** The whole app over what is shown; `over` replaces what it is given. */
export const sampleApp = (shown: Shown, over: Partial<WebDeps> = {}) => webApp({ ...sampleDeps(shown), ...over });
