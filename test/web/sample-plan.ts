import type { Assertion, Update } from "../../shared/domain/assertion.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import type { LinkView, SuggestionView } from "../../shared/store/shown-links.ts";
import type { InitiativeView, ObjectiveView, PlanRollUp } from "../../shared/store/shown-plan.ts";

const ANA = { id: "mem_ana", name: "Ana Ruiz" };
const ACTIVE = { category: "active", detail: "Active", mappedBy: "tool" } as const;

const rollUp: PlanRollUp = {
  features: 3,
  stages: {
    ...(Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<(typeof STAGES)[number], number>),
    testing: 2,
    production: 1,
    none: 0,
  },
  health: "at_risk",
  healthCounts: { on_track: 2, at_risk: 1, off_track: 0, unknown: 0 },
};

const assertions: readonly Assertion[] = [
  {
    id: "asr_1",
    said: { about: "stage", stage: "production", says: "enter" },
    reason: "Everybody in Spain has it, the flag is read wrongly",
    by: ANA,
    at: "2026-11-20T09:00:00.000Z",
    expiresAt: "2026-12-20T23:59:59.999Z",
  },
  {
    id: "asr_2",
    said: { about: "health", value: "off_track" },
    reason: "Legal has not answered",
    by: ANA,
    at: "2026-11-10T09:00:00.000Z",
    expiresAt: "2026-12-20T23:59:59.999Z",
    clearedAt: "2026-11-12T09:00:00.000Z",
    clearedBy: ANA,
  },
];

const updates: readonly Update[] = [
  {
    id: "upd_2",
    about: "ini_1",
    health: "at_risk",
    text: "Waiting for legal.\nTwo weeks at most.",
    by: ANA,
    at: "2026-11-20T09:00:00.000Z",
  },
  { id: "upd_1", about: "ini_1", health: "on_track", text: "All well.", by: ANA, at: "2026-11-06T09:00:00.000Z" },
];

const link: LinkView = {
  id: "lnk_cmp_1.promotes.ftr_8",
  from: {
    id: "cmp_1",
    kind: "campaign",
    name: "One-page checkout, spring",
    tool: "hubspot",
    url: "https://app.hubspot.com/email/1",
  },
  to: {
    id: "ftr_8",
    kind: "feature",
    key: "ACME-8",
    name: "One-page checkout",
    tool: "jira",
    url: "https://acme.atlassian.net/browse/ACME-8",
  },
  type: "promotes",
  productIds: ["prd_1"],
  origin: null,
  confidence: 0.4,
  holds: false,
  evidence: [],
};

const links: readonly LinkView[] = [
  {
    ...link,
    origin: "pattern",
    confidence: 0.95,
    holds: true,
    evidence: [{ place: "branch", text: "ACME-8", url: "https://github.com/acme/web/pull/418" }],
    decision: { is: "confirmed", by: ANA, at: "2026-11-20T09:00:00.000Z" },
  },
];

const suggestions: readonly SuggestionView[] = [
  { ...link, hints: [{ by: "name", text: "checkout one page", url: "", confidence: 0.4 }] },
];

const objectives: readonly ObjectiveView[] = [
  {
    id: "obj_1",
    title: "More new users reach a first order",
    text: "Most leave before they pay.",
    status: ACTIVE,
    startDate: "2026-07-01",
    endDate: "2026-12-31",
    productIds: ["prd_1"],
    tool: "notion",
    url: "https://www.notion.so/0123456789abcdef0123456789abcdef",
    owner: { id: "acc_1", name: "Ana Ruiz" },
    keyResults: [
      {
        id: "krs_1",
        title: "Share of visitors who order",
        status: ACTIVE,
        baseline: 31,
        target: 40,
        current: 35.5,
        unit: "%",
        dueDate: "2026-12-31",
        progress: 0.5,
        metric: {
          id: "mtr_1",
          name: "Checkout funnel",
          tool: "mixpanel",
          url: "https://mixpanel.com/project/1",
          at: "2026-11-21",
        },
      },
      { id: "krs_2", title: "Fewer questions", status: ACTIVE, target: 5, progress: null },
    ],
    initiatives: [{ id: "ini_1", title: "Sell abroad", status: ACTIVE, ...rollUp }],
    direct: { ...rollUp, features: 1 },
  },
];

const initiatives: readonly InitiativeView[] = [
  {
    id: "ini_1",
    key: "ACME-1",
    title: "Sell abroad",
    tool: "jira",
    url: "https://acme.atlassian.net/browse/ACME-1",
    productIds: ["prd_1"],
    status: ACTIVE,
    owner: { id: "acc_1", name: "Ana Ruiz" },
    targetDate: "2027-03-31",
    targetDateResolution: "quarter",
    objectives: [{ id: "obj_1", title: "More new users reach a first order" }],
    rollUp,
    declared: { value: "at_risk", at: "2026-11-20T09:00:00.000Z", by: "Ana Ruiz", text: "Waiting for legal." },
    health: "at_risk",
    presence: { state: "present", since: "2026-05-01T00:00:00.000Z", how: "read" },
    updatedAt: "2026-11-20T09:00:00.000Z",
  },
];

/** What people say, decide and aim at, in the sample hub. */
export const samplePlan = { assertions, updates, links, suggestions, objectives, initiatives };
