import type { Draft, Relation } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { plainText } from "./html.ts";
import { aliasOf, pageOf, refTo, timesOf } from "./place.ts";
import type { Conversation, Ticket } from "./schema.ts";
import {
  CONVERSATION_STATES,
  isFeatureAttribute,
  isFeedback,
  PRIORITIES,
  RATINGS,
  SENTIMENTS,
  TICKET_CATEGORIES,
  TICKET_STATES,
} from "./words.ts";

const minutes = (seconds: number | null | undefined): number | undefined =>
  seconds != null && seconds >= 0 ? seconds / 60 : undefined;
const whole = (count: number | null | undefined): number | undefined =>
  count != null && Number.isInteger(count) && count >= 0 ? count : undefined;

/** Conversations and tickets that this one is linked to, trackers among them. */
const relationsOf = ({ linked_objects: linked }: Conversation | Ticket): Relation[] =>
  (linked?.data ?? []).flatMap(({ type, id }): Relation[] => {
    const to = refTo("supportTicket", type === "ticket" ? "ticket" : "conversation", id);
    return to === undefined || (type !== "ticket" && type !== "conversation") ? [] : [{ type: "relates_to", to }];
  });

const namedIn = (attributes: Readonly<Record<string, unknown>> | null | undefined): Reference[] =>
  Object.entries(attributes ?? {}).flatMap(([name, value]) =>
    isFeatureAttribute(name) && typeof value === "string" ? referencesIn(value, "declared") : [],
  );

const tagReferences = (tags: readonly string[]): Reference[] =>
  tags.flatMap((tag) => referencesIn(tag, /^feature:/i.test(tag) ? "declared" : "tag"));

/** A conversation as a support ticket; as feedback besides where it is tagged as a wish, or was rated in words. */
export const normaliseConversation = (conversation: Conversation): readonly Draft[] => {
  const { id, source, statistics, state } = conversation;
  const times = timesOf(conversation);
  const tags = (conversation.tags?.tags ?? []).flatMap(({ name }) => name ?? []).toSorted();
  const text = plainText(source?.body);
  const title = plainText(conversation.title) ?? plainText(source?.subject);
  const subject = title ?? firstLine(text) ?? `Conversation ${id}`;
  const url = pageOf(conversation, `inbox/:app/inbox/conversation/${id}`);
  const customerId = refTo("customer", "company", conversation.company?.id);
  const channel = source?.type ? { channel: source.type } : {};
  const priority = conversation.priority ? mapWord({ name: conversation.priority }, PRIORITIES) : undefined;
  const references = [
    ...(conversation.external_references ?? []).flatMap(({ id: other }) => referencesIn(other, "native")),
    ...namedIn(conversation.custom_attributes),
    ...tagReferences(tags),
    ...referencesIn(title, "title"),
    ...referencesIn(text, "body"),
  ];
  const closedAt = state === "closed" ? maybeInstant(statistics?.last_close_at) : undefined;
  const sla = conversation.sla_applied?.sla_status;
  const draft: Draft<"supportTicket"> = {
    kind: "supportTicket",
    external: { noun: "conversation", id, url },
    scopes: [],
    ...times,
    aliases: aliasOf(conversation, id),
    references,
    relations: relationsOf(conversation),
    fields: {
      subject,
      text,
      status: mapWord({ name: state ?? "" }, CONVERSATION_STATES),
      priority,
      ...channel,
      customerId,
      assigneeId: refTo("account", "admin", conversation.admin_assignee_id),
      teamId: refTo("team", "team", conversation.team_assignee_id),
      firstReplyAt: maybeInstant(statistics?.first_admin_reply_at),
      firstReplyMinutes: minutes(statistics?.time_to_admin_reply),
      solvedAt: closedAt,
      solveMinutes: minutes(statistics?.time_to_last_close),
      closedAt,
      reopens: whole(statistics?.count_reopens),
      ...ratingOf(conversation),
      ...(sla && { isSlaBreached: sla === "missed" }),
      labels: tags,
    },
  };
  const about: Relation[] = [{ type: "relates_to", to: { kind: "supportTicket", noun: "conversation", id } }];
  const wish: Draft<"feedback"> = {
    kind: "feedback",
    external: { noun: "feedback", id, url },
    scopes: [],
    ...times,
    references,
    relations: about,
    fields: {
      title: subject,
      text,
      importance: priority,
      ...channel,
      customerId,
      at: times.createdAt ?? times.updatedAt,
      labels: tags,
    },
  };
  return [draft, ...(isFeedback(tags) ? [wish] : []), ...remarkOf(conversation, url, about, customerId)];
};

const firstLine = (text: string | undefined): string | undefined => text?.split("\n", 1)[0]?.slice(0, 120);

const ratingOf = ({ conversation_rating: rating }: Conversation) => {
  if (rating == null) return {};
  if (rating.rating == null) return { satisfaction: mapWord({ name: "offered" }, RATINGS) };
  return {
    satisfaction: mapWord({ name: String(rating.rating) }, RATINGS),
    satisfactionScore: rating.rating,
  };
};

const remarkOf = (
  conversation: Conversation,
  url: string,
  relations: readonly Relation[],
  customerId: Draft<"feedback">["fields"]["customerId"],
): Draft<"feedback">[] => {
  const { id, conversation_rating: rating } = conversation;
  const text = plainText(rating?.remark);
  if (text === undefined) return [];
  const times = timesOf(conversation);
  return [
    {
      kind: "feedback",
      external: { noun: "rating", id, url },
      scopes: [],
      ...times,
      relations,
      fields: {
        title: `Rating of conversation ${id}`,
        text,
        sentiment: mapWord({ name: String(rating?.rating ?? "") }, SENTIMENTS),
        channel: "conversation rating",
        customerId,
        at: maybeInstant(rating?.created_at) ?? times.updatedAt,
      },
    },
  ];
};

const textAt = (attributes: Readonly<Record<string, unknown>> | null | undefined, name: string): string | undefined => {
  const value = attributes?.[name];
  return typeof value === "string" ? plainText(value) : undefined;
};

export const normaliseTicket = (ticket: Ticket): readonly Draft[] => {
  const { id, ticket_state: state, ticket_attributes: attributes, category } = ticket;
  const text = textAt(attributes, "_default_description_");
  const subject = textAt(attributes, "_default_title_") ?? `Ticket ${ticket.ticket_id ?? id}`;
  const draft: Draft<"supportTicket"> = {
    kind: "supportTicket",
    external: {
      noun: "ticket",
      id,
      ...(ticket.ticket_id && { key: `#${ticket.ticket_id}` }),
      url: pageOf(ticket, `inbox/:app/inbox/conversation/${id}`),
    },
    scopes: [],
    ...timesOf(ticket),
    references: [...namedIn(attributes), ...referencesIn(subject, "title"), ...referencesIn(text, "body")],
    relations: relationsOf(ticket),
    fields: {
      subject,
      text,
      status: mapWord(
        {
          name: state?.internal_label ?? state?.category ?? "",
          id: state?.id ?? undefined,
          type: state?.category ?? "",
        },
        TICKET_STATES,
      ),
      type: category ? mapWord({ name: category }, TICKET_CATEGORIES) : undefined,
      channel: ticket.ticket_type?.name ?? undefined,
      customerId: refTo("customer", "company", ticket.company_id),
      assigneeId: refTo("account", "admin", ticket.admin_assignee_id),
      teamId: refTo("team", "team", ticket.team_assignee_id),
    },
  };
  return [draft];
};
