import { referenceOf } from "../company/exposure.ts";
import { personAt } from "../company/people.ts";
import type { World } from "../company/world.ts";
import { AGENTS, type Case, customers } from "../support/cases.ts";

export const WORKSPACE = "acme1234";
const TEAM = 5_017_691;

const seconds = (time: number): number => Math.floor(time / 1000);
const adminId = (person: number): number => 10_553_700 + person;
const companyId = (index: number): string => `66c0ffee00000000000000${index.toString(16).padStart(2, "0")}`;
export const conversationId = ({ n }: Pick<Case, "n">): string => String(215_474_200_000_000 + n);
export const positionOf = (id: unknown): number => Number(id) - 215_474_200_000_000;
export const ticketId = ({ n }: Pick<Case, "n">): string => String(215_474_900_000_000 + n);
export const positionOfTicket = (id: unknown): number => Number(id) - 215_474_900_000_000;

/** Some faults are gathered in a ticket of their own. */
export const isTracked = ({ n, nature }: Case): boolean => nature === "problem" && n % 4 === 0;

const states: Readonly<Record<Case["stage"], string>> = {
  new: "open",
  open: "open",
  pending: "snoozed",
  hold: "snoozed",
  solved: "closed",
  closed: "closed",
};

const tagsOf = (world: World, one: Case): readonly string[] => {
  const reference = referenceOf(world, one.exposure);
  return [
    ...(one.nature === "wish" ? ["Feature request"] : []),
    ...(one.named === "tag" && reference !== undefined ? [`feature:${reference.key}`] : []),
    ...(one.tags ?? []),
  ];
};

/** A conversation as the search gives it. */
export const conversationJson = (world: World, one: Case) => {
  const reference = referenceOf(world, one.exposure);
  const customer = customers[one.customer];
  const wait = (to: number | undefined) => (to === undefined ? null : seconds(to) - seconds(one.created));
  const contact = `66c0ffee11111111000000${one.customer.toString(16).padStart(2, "0")}`;
  const text = one.named === "text" && reference !== undefined ? ` See <a href="${reference.url}">the plan</a>.` : "";
  return {
    type: "conversation",
    id: conversationId(one),
    title: null,
    created_at: seconds(one.created),
    updated_at: seconds(one.updated),
    waiting_since: one.replied === undefined ? seconds(one.created) : null,
    snoozed_until: null,
    open: states[one.stage] === "open",
    state: states[one.stage],
    read: one.replied !== undefined,
    priority: one.priority === 1 ? "priority" : "not_priority",
    admin_assignee_id: one.replied === undefined ? null : adminId(one.agent),
    team_assignee_id: TEAM,
    company: { type: "company", id: companyId(one.customer), name: customer?.name },
    tags: { type: "tag.list", tags: tagsOf(world, one).map((name, id) => ({ type: "tag", id: String(id), name })) },
    conversation_rating:
      one.rating === undefined
        ? null
        : {
            rating: one.rating,
            remark: one.remark ?? null,
            created_at: seconds(one.rated ?? one.updated),
            contact: { type: "contact", id: contact },
            teammate: { type: "admin", id: String(adminId(one.agent)) },
          },
    source: {
      type: "conversation",
      id: String(3_653_679_000 + one.n),
      delivered_as: "customer_initiated",
      subject: one.subject,
      body: `<p>${one.words}${text}</p>`,
      author: { type: "user", id: contact, name: "Someone", email: `someone@${customer?.domain}` },
      attachments: [],
      url: null,
      redacted: false,
    },
    contacts: { type: "contact.list", contacts: [{ type: "contact", id: contact, external_id: null }] },
    teammates: { type: "admin.list", admins: [] },
    custom_attributes: one.named === "field" && reference !== undefined ? { Feature: reference.url } : {},
    first_contact_reply: { created_at: seconds(one.created), type: "conversation", url: null },
    sla_applied:
      one.priority > 2
        ? null
        : {
            type: "conversation_sla_summary",
            sla_name: "First answer",
            sla_status:
              one.replied === undefined ? "active" : one.replied - one.created > 28_800_000 ? "missed" : "hit",
          },
    statistics: {
      type: "conversation_statistics",
      time_to_assignment: wait(one.replied),
      time_to_admin_reply: wait(one.replied),
      time_to_first_close: wait(one.solved),
      time_to_last_close: wait(one.solved),
      median_time_to_reply: wait(one.replied),
      first_contact_reply_at: seconds(one.created),
      first_admin_reply_at: one.replied === undefined ? null : seconds(one.replied),
      first_close_at: one.solved === undefined ? null : seconds(one.solved),
      last_close_at: one.solved === undefined ? null : seconds(one.solved),
      last_closed_by_id: one.solved === undefined ? null : String(adminId(one.agent)),
      count_reopens: one.reopens,
      count_assignments: 1,
      count_conversation_parts: 3,
    },
    linked_objects: linked(isTracked(one) ? [{ type: "ticket", id: ticketId(one), category: "Tracker" }] : []),
    ai_agent_participated: false,
    ai_agent: null,
    external_references:
      one.named === "link" && reference !== undefined ? [{ type: "jira_issue", id: reference.key }] : [],
  };
};

const linked = (data: readonly object[]) => ({ type: "list", data, total_count: data.length, has_more: false });

/** With what was said in it: only one conversation by id has that. */
export const wholeConversation = (world: World, one: Case) => ({
  ...conversationJson(world, one),
  conversation_parts: {
    type: "conversation_part.list",
    conversation_parts: [
      {
        type: "conversation_part",
        id: "44947253867",
        part_type: "comment",
        body: "<p>Any news?</p>",
        created_at: seconds(one.updated),
        updated_at: seconds(one.updated),
        author: { id: "66c0ffee", type: "user", name: "Someone", email: "someone@northwind.example" },
        attachments: [],
        redacted: false,
      },
    ],
    total_count: 1,
  },
});

const TICKET_STATES: Readonly<Record<Case["stage"], readonly [string, string]>> = {
  new: ["submitted", "Submitted"],
  open: ["in_progress", "Looking into it"],
  pending: ["waiting_on_customer", "Waiting on customer"],
  hold: ["in_progress", "Looking into it"],
  solved: ["resolved", "Resolved"],
  closed: ["resolved", "Resolved"],
};

/** The ticket that a conversation's fault is gathered in. */
export const ticketJson = (world: World, one: Case) => {
  const [category, label] = TICKET_STATES[one.stage];
  const reference = one.named === "none" ? undefined : referenceOf(world, one.exposure);
  return {
    type: "ticket",
    id: ticketId(one),
    ticket_id: String(100 + one.n),
    category: "Tracker",
    ticket_attributes: {
      _default_title_: `Fault: ${one.subject}`,
      _default_description_: one.words,
      ...(reference !== undefined && { Feature: reference.key }),
    },
    ticket_state: {
      type: "ticket_state",
      id: String(7000 + category.length),
      category,
      internal_label: label,
      external_label: label,
    },
    ticket_type: { type: "ticket_type", id: "5", name: "Bug", category: "Tracker", archived: false },
    contacts: { type: "contact.list", contacts: [] },
    admin_assignee_id: adminId(one.agent),
    team_assignee_id: TEAM,
    created_at: seconds(one.created),
    updated_at: seconds(one.updated),
    open: category !== "resolved",
    linked_objects: linked([{ type: "conversation", id: conversationId(one), category: null }]),
    ticket_parts: { type: "ticket_part.list", ticket_parts: [], total_count: 0 },
    is_shared: false,
  };
};

export const companiesJson = (since: number) =>
  customers.map(({ index, name, domain, plan, monthly, people }) => ({
    type: "company",
    id: companyId(index),
    company_id: `customer-${index}`,
    app_id: WORKSPACE,
    name,
    website: `https://www.${domain}/about`,
    plan: { type: "plan", id: String(index), name: plan },
    monthly_spend: monthly,
    size: people,
    session_count: 10,
    user_count: 3,
    created_at: seconds(since) + index,
    updated_at: seconds(since) + index,
    tags: { type: "tag.list", tags: [] },
    segments: { type: "segment.list", segments: [] },
    custom_attributes: {},
  }));

export const adminsJson = () =>
  AGENTS.map((person) => {
    const { name, email } = personAt(person);
    return {
      type: "admin",
      id: String(adminId(person)),
      name,
      email,
      job_title: "Support",
      away_mode_enabled: false,
      away_mode_reassign: false,
      has_inbox_seat: true,
      team_ids: [TEAM],
      avatar: null,
    };
  });

export const teamsJson = () => [
  { type: "team", id: String(TEAM), name: "Insights help", admin_ids: AGENTS.map(adminId) },
];
