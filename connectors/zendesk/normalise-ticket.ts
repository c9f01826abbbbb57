import type { Draft } from "../../shared/domain/entity.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { pageOf, refTo, ticketAlias, timesOf } from "./place.ts";
import type { Rating, Ticket } from "./schema.ts";
import { FEEDBACK_TAGS, PRIORITIES, SCORES, SENTIMENTS, STATUSES, TYPES } from "./words.ts";

/** A ticket as a support ticket, and as feedback besides where agents tagged it as a wish. Who asked is not kept. */
export const normaliseTicket = (ticket: Ticket): readonly Draft[] => {
  const times = timesOf(ticket);
  const { tags } = ticket;
  const labels = (tags ?? []).toSorted();
  const subject = ticket.subject || `Ticket ${ticket.id}`;
  const text = ticket.description ? { text: ticket.description } : {};
  const customerId = refTo("customer", "organization", ticket.organization_id);
  const references = referencesOf(ticket);
  const external = { id: ticket.id, key: ticket.id, url: pageOf(ticket.url, `agent/tickets/${ticket.id}`) };
  const priority = ticket.priority ? mapWord({ name: ticket.priority }, PRIORITIES) : undefined;
  const channel = ticket.via?.channel == null ? {} : { channel: String(ticket.via.channel) };
  const draft: Draft<"supportTicket"> = {
    kind: "supportTicket",
    external: { noun: "ticket", ...external, key: `#${ticket.id}` },
    scopes: ticket.brand_id ? [ticket.brand_id] : [],
    ...times,
    aliases: ticketAlias(ticket.url, ticket.id),
    references,
    ...(ticket.problem_id && {
      relations: [{ type: "relates_to", to: { kind: "supportTicket", noun: "ticket", id: ticket.problem_id } }],
    }),
    fields: {
      subject,
      ...text,
      status: mapWord({ name: ticket.status ?? "" }, STATUSES),
      type: ticket.type ? mapWord({ name: ticket.type }, TYPES) : undefined,
      priority,
      ...channel,
      customerId,
      assigneeId: refTo("account", "user", ticket.assignee_id),
      teamId: refTo("team", "group", ticket.group_id),
      ...timingOf(ticket, times.createdAt),
      ...satisfactionOf(ticket),
      ...slaOf(ticket),
      labels,
    },
  };
  if (!labels.some((label) => FEEDBACK_TAGS.has(label))) return [draft];
  const feedback: Draft<"feedback"> = {
    kind: "feedback",
    external: { noun: "feedback", ...external, key: undefined },
    scopes: draft.scopes,
    ...times,
    references,
    relations: [{ type: "relates_to", to: { kind: "supportTicket", noun: "ticket", id: ticket.id } }],
    fields: {
      title: subject,
      ...text,
      importance: priority,
      ...channel,
      customerId,
      at: times.createdAt ?? times.updatedAt,
      labels,
    },
  };
  return [draft, feedback];
};

/** Agents name features by the Jira integration, by `feature:KEY` tags, in fields made for it, or just in words. */
const referencesOf = (ticket: Ticket): Reference[] => {
  const fields = new Set(ticket.feature_fields);
  const named = (ticket.custom_fields ?? []).filter(({ id }) => id != null && fields.has(id));
  return [
    ...(ticket.jira_links ?? []).flatMap(({ issue_key }) => referencesIn(issue_key, "native")),
    ...named.flatMap(({ value }) => (typeof value === "string" ? referencesIn(value, "declared") : [])),
    ...(ticket.tags ?? []).flatMap((tag) => referencesIn(tag, /^feature:/i.test(tag) ? "declared" : "tag")),
    ...referencesIn(ticket.subject, "title"),
    ...referencesIn(ticket.description, "body"),
  ];
};

const MINUTE_MS = 60_000;
const whole = (count: number | null | undefined): number | undefined =>
  count != null && Number.isInteger(count) && count >= 0 ? count : undefined;
const minutes = (told: number | null | undefined): number | undefined => (told != null && told >= 0 ? told : undefined);

/** From the metric set. Zendesk tells the first reply in minutes after the start, so its moment is exact to the minute. */
const timingOf = ({ status, updated_at, metric_set: metrics }: Ticket, createdAt: Instant | undefined) => {
  if (metrics == null) return {};
  const first = minutes(metrics.reply_time_in_minutes?.calendar);
  const repliedMs =
    first === undefined || createdAt === undefined ? undefined : Date.parse(createdAt) + first * MINUTE_MS;
  return {
    firstReplyAt: maybeInstant(repliedMs),
    firstReplyMinutes: first,
    firstReplyBusinessMinutes: minutes(metrics.reply_time_in_minutes?.business),
    solvedAt: maybeInstant(metrics.solved_at),
    solveMinutes: minutes(metrics.full_resolution_time_in_minutes?.calendar),
    solveBusinessMinutes: minutes(metrics.full_resolution_time_in_minutes?.business),
    closedAt: status === "closed" ? maybeInstant(updated_at) : undefined,
    reopens: whole(metrics.reopens),
    replies: whole(metrics.replies),
  };
};

const satisfactionOf = ({ satisfaction_rating: rating }: Ticket) =>
  rating?.score ? { satisfaction: mapWord({ name: rating.score }, SCORES) } : {};

/** Of the promises not kept yet the one that ends first; unmet is what had ended when the ticket last changed. */
const slaOf = ({ slas, updated_at }: Ticket) => {
  const promises = slas?.policy_metrics ?? [];
  if (promises.length === 0) return {};
  const open = promises.flatMap(({ breach_at, stage }) =>
    stage === "achieved" ? [] : (maybeInstant(breach_at) ?? []),
  );
  const [next] = open.toSorted();
  return {
    ...(next !== undefined && { slaBreachAt: next }),
    isSlaBreached: next !== undefined && next < (maybeInstant(updated_at) ?? ""),
  };
};

/** What somebody said of a solved ticket; the ticket holds the present score, this holds each one given with its words. */
export const normaliseRating = (rating: Rating): readonly Draft[] => {
  const times = timesOf(rating);
  const ticket = refTo("supportTicket", "ticket", rating.ticket_id);
  const draft: Draft<"feedback"> = {
    kind: "feedback",
    external: {
      noun: "satisfaction_rating",
      id: rating.id,
      url: pageOf(rating.url, rating.ticket_id ? `agent/tickets/${rating.ticket_id}` : ""),
    },
    scopes: [],
    ...times,
    ...(ticket !== undefined && { relations: [{ type: "relates_to", to: ticket }] }),
    fields: {
      title: `Rating of ticket ${rating.ticket_id ?? rating.id}`,
      ...(rating.comment && { text: rating.comment }),
      sentiment: mapWord({ name: rating.score ?? "" }, SENTIMENTS),
      channel: "satisfaction rating",
      at: times.createdAt ?? times.updatedAt,
      ...(rating.reason && { labels: [rating.reason] }),
    },
  };
  return [draft];
};
