import * as z from "zod";
import { Count, Day, Id, Labels, Money, Share, Text, Time } from "./field.ts";
import { mapped } from "./mapped.ts";

export const OBJECTIVE_STATUSES = ["draft", "active", "achieved", "missed", "cancelled"] as const;
export const DESIGN_STATUSES = ["draft", "in_review", "ready_for_dev", "changed_after_ready"] as const;
export const EXPERIMENT_STATUSES = ["draft", "running", "stopped"] as const;
export const EXPERIMENT_RESULTS = ["won", "lost", "inconclusive", "dnf"] as const;
export const EXPERIMENT_DECISIONS = ["ship", "rollback", "review", "keep_running", "invalid"] as const;
export const METRIC_KINDS = ["adoption", "engagement", "retention", "revenue", "quality", "support"] as const;
export const CAMPAIGN_STATUSES = ["draft", "scheduled", "sending", "sent", "paused", "cancelled"] as const;
export const CAMPAIGN_CHANNELS = ["email", "ads", "social", "web", "sms", "in_app", "event", "other"] as const;
export const TICKET_STATUSES = ["new", "open", "pending", "on_hold", "solved", "closed"] as const;

const Importance = mapped(["urgent", "high", "medium", "low", "none"]);
/** Counts and rates of a campaign come from its tool; what it does not tell is absent, never 0. */
const reach = {
  sent: Count.optional(),
  delivered: Count.optional(),
  opens: Count.optional().describe(
    "people who opened, as the tool tells; mail privacy features open every mail, so it is too high",
  ),
  clicks: Count.optional().describe("people who clicked"),
  unsubscribes: Count.optional(),
  bounces: Count.optional(),
  complaints: Count.optional(),
  conversions: Count.optional(),
};

/** What the kinds around the work hold: strategy, design, exposure, use, marketing, support. */
export const AROUND = {
  objective: z.object({
    title: z.string(),
    text: Text.optional(),
    status: mapped(OBJECTIVE_STATUSES),
    startDate: Day.optional(),
    endDate: Day.optional(),
    ownerId: Id.optional(),
    parentId: Id.optional(),
  }),
  keyResult: z.object({
    title: z.string(),
    objectiveId: Id.optional(),
    metricId: Id.optional(),
    status: mapped(OBJECTIVE_STATUSES),
    baseline: z.number().optional(),
    target: z.number().optional(),
    current: z.number().optional(),
    unit: z.string().optional(),
    dueDate: Day.optional(),
    ownerId: Id.optional(),
  }),
  design: z.object({
    name: z.string(),
    file: z.string().describe("the tool's key of the file"),
    node: z.string().optional().describe("the part of the file; absent for the file itself"),
    status: mapped(DESIGN_STATUSES).optional(),
    version: z.string().optional(),
    lastEditedAt: Time.optional(),
    authorId: Id.optional(),
    commentsOpen: Count.optional(),
    commentsResolved: Count.optional(),
    devResources: z.array(z.object({ name: z.string(), url: z.string() })).optional(),
  }),
  featureFlag: z.object({
    key: z.string(),
    name: z.string(),
    text: Text.optional(),
    environments: z.array(
      z.object({
        name: z.string(),
        category: z.enum(["production", "staging", "test", "other"]),
        on: z.boolean(),
        rolloutPercent: z.number().min(0).max(100).optional().describe("of all people outside of the named segments"),
        segments: z.array(z.string()).optional().describe("who gets it whatever the share"),
        changedAt: Time.optional(),
        lastEvaluatedAt: Time.optional(),
      }),
    ),
    isTemporary: z.boolean().optional(),
    archivedAt: Time.optional(),
    ownerId: Id.optional(),
    labels: Labels.optional(),
  }),
  experiment: z.object({
    name: z.string(),
    hypothesis: Text.optional(),
    status: mapped(EXPERIMENT_STATUSES),
    result: mapped(EXPERIMENT_RESULTS).optional(),
    decision: mapped(EXPERIMENT_DECISIONS).optional(),
    flagId: Id.optional(),
    flagKey: z.string().optional(),
    variations: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        isControl: z.boolean(),
        share: Share.optional(),
      }),
    ),
    winner: z.string().optional().describe("key of the variation that won"),
    released: z.string().optional().describe("key of the variation that everybody gets"),
    goalMetricIds: z.array(Id).optional(),
    guardrailMetricIds: z.array(Id).optional(),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    ownerId: Id.optional(),
    snapshot: z
      .object({
        at: Time,
        users: z.array(z.object({ variation: z.string(), users: Count })),
        srmP: Share.optional().describe("p-value of the sample ratio: below 0.001 the split is not to be trusted"),
        multiple: Count.optional().describe("people who saw more than one variation; they are in none of the counts"),
        results: z.array(
          z.object({
            metric: z.string(),
            role: z.enum(["goal", "guardrail", "secondary"]),
            variation: z.string(),
            value: z.number().optional(),
            lift: z.number().optional().describe("relative to the control: 0.05 is 5 % more"),
            interval: z.tuple([z.number(), z.number()]).optional().describe("of the lift"),
            confidence: Share.optional().describe("of the interval, e.g. 0.95"),
            chanceToWin: Share.optional(),
            pValue: Share.optional(),
          }),
        ),
      })
      .optional(),
    labels: Labels.optional(),
  }),
  metric: z.object({
    name: z.string(),
    key: z.string().optional().describe("event or query it is made of"),
    shape: z.enum(["series", "funnel", "retention", "cohort"]),
    type: mapped(METRIC_KINDS).optional(),
    direction: z.enum(["up_good", "down_good"]).optional(),
    unit: z.string().optional(),
    query: Text.optional().describe("how it is computed, for people"),
    interval: z.enum(["hour", "day", "week", "month"]).optional(),
    timeZone: z.string().optional().describe("IANA name; the zone whose days these are"),
    points: z
      .array(
        z.object({
          at: z.string().describe("start of the interval: a day, or a time"),
          value: z.number(),
          n: Count.optional(),
          segment: z.string().optional(),
          isPartial: z.boolean().optional().describe("the interval is not over, or late events are still expected"),
        }),
      )
      .max(2000)
      .optional()
      .describe("oldest first; the window that the tool was last asked for"),
    steps: z
      .array(z.object({ name: z.string(), count: Count, ofFirst: Share.optional() }))
      .optional()
      .describe("of a funnel"),
    cohorts: z
      .array(z.object({ at: z.string(), size: Count, returned: z.array(Count) }))
      .optional()
      .describe("of retention: who came back after 0, 1, 2, … intervals"),
    labels: Labels.optional(),
  }),
  feedback: z.object({
    title: z.string(),
    text: Text.optional(),
    status: mapped(["new", "triaged", "linked", "closed_loop"]).optional(),
    importance: Importance.optional(),
    sentiment: mapped(["positive", "neutral", "negative"]).optional(),
    channel: z.string().optional(),
    customerId: Id.optional(),
    authorId: Id.optional(),
    at: Time,
    labels: Labels.optional(),
  }),
  survey: z.object({
    title: z.string(),
    type: mapped(["nps", "csat", "ces", "open"]),
    isOpen: z.boolean().optional(),
    questions: z.array(z.object({ id: z.string(), text: z.string(), type: z.string() })),
  }),
  surveyResponse: z.object({
    surveyId: Id,
    at: Time,
    score: z.number().optional(),
    scale: z.tuple([z.number(), z.number()]).optional().describe("lowest and highest score"),
    text: Text.optional().describe("what was written freely"),
    answers: z.array(z.object({ question: z.string(), answer: z.string() })),
    customerId: Id.optional(),
    isComplete: z.boolean().optional(),
    labels: Labels.optional(),
  }),
  campaign: z.object({
    name: z.string(),
    subject: z.string().optional(),
    channel: mapped(CAMPAIGN_CHANNELS),
    status: mapped(CAMPAIGN_STATUSES),
    parentId: Id.optional().describe("the campaign that it is a part of"),
    audience: z.string().optional(),
    audienceSize: Count.optional(),
    scheduledAt: Time.optional(),
    sentAt: Time.optional(),
    ...reach,
    cost: Money.optional(),
    revenue: Money.optional(),
    utm: z.object({ campaign: z.string(), source: z.string().optional(), medium: z.string().optional() }).optional(),
    ownerId: Id.optional(),
    labels: Labels.optional(),
  }),
  announcement: z.object({
    title: z.string(),
    text: Text.optional(),
    audience: mapped(["internal", "external"]),
    type: mapped(["release_note", "launch", "incident", "note"]),
    channel: z.string().optional(),
    at: Time,
    authorId: Id.optional(),
  }),
  supportTicket: z.object({
    subject: z.string(),
    text: Text.optional(),
    status: mapped(TICKET_STATUSES),
    type: mapped(["question", "incident", "problem", "task", "request"]).optional(),
    priority: Importance.optional(),
    channel: z.string().optional(),
    customerId: Id.optional(),
    requesterId: Id.optional(),
    assigneeId: Id.optional(),
    teamId: Id.optional(),
    firstReplyAt: Time.optional(),
    firstReplyMinutes: z.number().nonnegative().optional().describe("by the calendar"),
    firstReplyBusinessMinutes: z.number().nonnegative().optional().describe("within the tool's business hours"),
    solvedAt: Time.optional(),
    solveMinutes: z.number().nonnegative().optional().describe("from the start to the last solution"),
    solveBusinessMinutes: z.number().nonnegative().optional().describe("within the tool's business hours"),
    closedAt: Time.optional(),
    reopens: Count.optional(),
    replies: Count.optional(),
    satisfaction: mapped(["good", "bad", "offered", "unoffered"]).optional(),
    satisfactionScore: z.number().optional(),
    slaBreachAt: Time.optional().describe("when the next promise ends, or ended unmet"),
    isSlaBreached: z.boolean().optional(),
    labels: Labels.optional(),
  }),
  incident: z.object({
    title: z.string(),
    severity: Importance.optional(),
    status: mapped(["detected", "acknowledged", "resolved"]),
    detectedAt: Time,
    resolvedAt: Time.optional(),
    ownerId: Id.optional(),
  }),
  document: z.object({
    title: z.string(),
    type: mapped(["vision", "strategy", "objective", "spec", "note", "other"]),
    text: Text.optional().describe("its beginning"),
    lastEditedAt: Time.optional(),
    authorId: Id.optional(),
    parentId: Id.optional(),
  }),
  customer: z.object({
    name: z.string(),
    domains: z.array(z.string()).optional(),
    tier: z.string().optional(),
    revenue: Money.optional().describe("a year"),
    size: Count.optional().describe("people"),
    isActive: z.boolean().optional(),
    labels: Labels.optional(),
  }),
} as const;
