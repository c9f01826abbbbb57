import { referenceOf } from "../company/exposure.ts";
import { personAt } from "../company/people.ts";
import type { World } from "../company/world.ts";
import { AGENTS, type Case, customers } from "../support/cases.ts";

/** Where Zendesk says it lives, whatever address it is asked at. */
export const SITE = "https://acme.zendesk.com";
const API = `${SITE}/api/v2`;

export const FEATURE_FIELD = 36_000_000_001;
const BRAND = 360_000_009;
const GROUPS = ["Checkout help", "Developer help"] as const;

export const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
export const ticketId = ({ n }: Pick<Case, "n">): number => 1001 + n;
export const positionOf = (id: unknown): number => Number(id) - 1001;
const organizationId = (index: number): number => 370_000_001 + index;
const userId = (person: number): number => 380_000_001 + person;
const groupId = (index: number): number => 390_000_001 + index;
/** The group that a product's tickets go to. */
const groupOf = ({ exposure }: Case): number => groupId(exposure.product.name === "Devkit" ? 1 : 0);

/** The Jira issue that a ticket is linked to; absent if it is to none. */
export const linkOf = (world: World, one: Case): { readonly key: string } | undefined => {
  const reference = referenceOf(world, one.exposure);
  return one.named === "link" && reference !== undefined && isKey(reference.key) ? { key: reference.key } : undefined;
};
const isKey = (key: string): boolean => /^[A-Z]+-\d+$/.test(key);

const tagsOf = (world: World, one: Case): readonly string[] => {
  const reference = referenceOf(world, one.exposure);
  return [
    one.exposure.product.repo,
    ...(one.nature === "wish" ? ["feature_request"] : []),
    ...(one.named === "tag" && reference !== undefined && isKey(reference.key)
      ? [`feature:${reference.key.toLowerCase()}`]
      : []),
    ...(linkOf(world, one) === undefined ? [] : ["jira_escalated"]),
    ...(one.tags ?? []),
  ];
};

/** The value of the field that agents fill in where neither a tag nor a link can hold the name. */
const fieldOf = (world: World, one: Case): string | null => {
  const reference = referenceOf(world, one.exposure);
  if (reference === undefined || one.named === "none" || one.named === "text") return null;
  return one.named === "field" || !isKey(reference.key) ? reference.url : null;
};

/** A ticket, with what `include` sideloads into it. */
export const ticketJson = (world: World, one: Case, include: readonly string[]) => {
  const id = ticketId(one);
  const customer = customers[one.customer];
  const address = `someone@${customer?.domain}`;
  const url = one.named === "text" ? referenceOf(world, one.exposure)?.url : undefined;
  return {
    url: `${API}/tickets/${id}.json`,
    id,
    external_id: null,
    via: {
      channel: "email",
      source: { from: { address, name: "Someone" }, to: { address: "help@acme.example" }, rel: null },
    },
    created_at: iso(one.created),
    updated_at: iso(one.updated),
    generated_timestamp: one.updated / 1000,
    type: one.nature === "problem" ? "incident" : "question",
    subject: one.subject,
    raw_subject: one.subject,
    description: url === undefined ? one.words : `${one.words}\n\nSee ${url}`,
    priority: ["urgent", "high", "normal", "low"][one.priority - 1] ?? null,
    status: one.deleted === true ? "deleted" : one.stage,
    recipient: "help@acme.example",
    requester_id: 395_000_001 + one.customer,
    submitter_id: 395_000_001 + one.customer,
    assignee_id: one.replied === undefined ? null : userId(one.agent),
    organization_id: organizationId(one.customer),
    group_id: groupOf(one),
    collaborator_ids: [],
    follower_ids: [],
    email_cc_ids: [],
    forum_topic_id: null,
    problem_id: null,
    has_incidents: false,
    is_public: true,
    due_at: null,
    tags: tagsOf(world, one),
    custom_fields: [{ id: FEATURE_FIELD, value: fieldOf(world, one) }],
    satisfaction_rating: ratingOf(one),
    sharing_agreement_ids: [],
    custom_status_id: 340_000_001,
    followup_ids: [],
    ticket_form_id: 350_000_001,
    brand_id: BRAND,
    allow_channelback: false,
    allow_attachments: true,
    from_messaging_channel: false,
    ...(include.includes("metric_sets") ? { metric_set: metricsJson(one) } : {}),
    ...(include.includes("slas") ? { slas: slasJson(one) } : {}),
  };
};

const scoreOf = ({ rating, solved }: Case): string =>
  rating === undefined ? (solved === undefined ? "unoffered" : "offered") : rating >= 3 ? "good" : "bad";

const ratingOf = (one: Case) =>
  one.rating === undefined
    ? { score: scoreOf(one) }
    : { id: ratingId(one), score: scoreOf(one), comment: one.remark ?? null, reason: "No reason provided" };

const ratingId = ({ n }: Case): number => 310_000_001 + n;

/** A rating that was given, as its own list has it. */
export const ratingJson = (one: Case) => ({
  url: `${API}/satisfaction_ratings/${ratingId(one)}.json`,
  id: ratingId(one),
  assignee_id: userId(one.agent),
  group_id: groupOf(one),
  requester_id: 395_000_001 + one.customer,
  ticket_id: ticketId(one),
  score: scoreOf(one),
  comment: one.remark ?? null,
  reason: "No reason provided",
  created_at: iso(one.rated ?? one.created),
  updated_at: iso(one.rated ?? one.created),
});

/** Nine to five of the week is about a quarter of it. */
const BUSINESS = 0.25;
const span = (from: number, to: number | undefined) => {
  const calendar = to === undefined ? null : Math.floor((to - from) / 60_000);
  return { calendar, business: calendar === null ? null : Math.floor(calendar * BUSINESS) };
};

const metricsJson = (one: Case) => ({
  url: `${API}/ticket_metrics/${320_000_001 + one.n}.json`,
  id: 320_000_001 + one.n,
  ticket_id: ticketId(one),
  created_at: iso(one.created),
  updated_at: iso(one.updated),
  group_stations: 1,
  assignee_stations: one.replied === undefined ? 0 : 1,
  reopens: one.reopens,
  replies: one.replied === undefined ? 0 : 1 + one.reopens,
  assignee_updated_at: one.replied === undefined ? null : iso(one.replied),
  requester_updated_at: iso(one.created),
  status_updated_at: iso(one.updated),
  initially_assigned_at: one.replied === undefined ? null : iso(one.replied),
  assigned_at: one.replied === undefined ? null : iso(one.replied),
  solved_at: one.solved === undefined ? null : iso(one.solved),
  latest_comment_added_at: iso(one.replied ?? one.created),
  reply_time_in_minutes: span(one.created, one.replied),
  first_resolution_time_in_minutes: span(one.created, one.solved),
  full_resolution_time_in_minutes: span(one.created, one.solved),
  agent_wait_time_in_minutes: span(one.created, one.replied),
  requester_wait_time_in_minutes: span(one.created, one.replied),
  on_hold_time_in_minutes: { calendar: 0, business: 0 },
});

/** A first reply within eight hours is promised. */
const PROMISE_MS = 8 * 3_600_000;

const slasJson = (one: Case) => ({
  policy_metrics: [
    {
      metric: "first_reply_time",
      stage: one.replied === undefined ? "active" : one.replied > one.created + PROMISE_MS ? "breached" : "achieved",
      breach_at: iso(one.created + PROMISE_MS),
    },
  ],
});

export const groupsJson = (since: number) =>
  GROUPS.map((name, index) => ({
    url: `${API}/groups/${groupId(index)}.json`,
    id: groupId(index),
    name,
    description: "",
    default: index === 0,
    is_public: true,
    deleted: false,
    created_at: iso(since),
    updated_at: iso(since),
  }));

export const organizationsJson = (since: number) =>
  customers.map(({ index, name, domain, plan }) => ({
    url: `${API}/organizations/${organizationId(index)}.json`,
    id: organizationId(index),
    name,
    shared_tickets: false,
    shared_comments: false,
    external_id: null,
    created_at: iso(since + index * 3_600_000),
    updated_at: iso(since + index * 3_600_000),
    domain_names: [domain],
    details: null,
    notes: null,
    group_id: null,
    tags: [plan.toLowerCase()],
    organization_fields: {},
    deleted_at: null,
  }));

/** Agents, and one end user of each customer. */
export const usersJson = (since: number) => [
  ...AGENTS.map((person, index) => {
    const { name, email, timeZone } = personAt(person);
    return userJson(userId(person), name, email, index === 0 ? "admin" : "agent", timeZone, since);
  }),
  ...customers.map(({ index, domain }) =>
    userJson(395_000_001 + index, "Someone", `someone@${domain}`, "end-user", "Etc/UTC", since),
  ),
];

const userJson = (id: number, name: string, email: string, role: string, zone: string, since: number) => ({
  url: `${API}/users/${id}.json`,
  id,
  name,
  email,
  created_at: iso(since),
  updated_at: iso(since),
  iana_time_zone: zone,
  verified: true,
  active: true,
  suspended: false,
  role,
  tags: [],
  user_fields: {},
});
