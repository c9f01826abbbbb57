import type { TICKET_STATUSES } from "../../shared/domain/fields-around.ts";
import type { Table } from "../../shared/domain/mapped.ts";

type Status = (typeof TICKET_STATUSES)[number];

export const CONVERSATION_STATES: Table<Status> = new Map([
  ["open", "open"],
  ["snoozed", "on_hold"],
  ["closed", "closed"],
]);

/** The categories that every state of a ticket belongs to. */
export const TICKET_STATES: Table<Status> = new Map([
  ["submitted", "new"],
  ["in_progress", "open"],
  ["waiting_on_customer", "pending"],
  ["resolved", "solved"],
]);

/** Whom a ticket is for: a customer's own, one between teams, or one that gathers the reports of one fault. */
export const TICKET_CATEGORIES: Table<"request" | "task" | "problem"> = new Map([
  ["customer", "request"],
  ["back-office", "task"],
  ["tracker", "problem"],
]);

/** `priority` and `not_priority` before API 2.16, words of five grades since. */
export const PRIORITIES: Table<"urgent" | "high" | "medium" | "low" | "none"> = new Map([
  ["priority", "high"],
  ["not_priority", "none"],
  ["urgent", "urgent"],
  ["high", "high"],
  ["medium", "medium"],
  ["low", "low"],
  ["none", "none"],
]);

/** Five faces, of which the middle one is neither; asked for and not given yet is `offered` in our word. */
export const RATINGS: Table<"good" | "bad" | "offered"> = new Map([
  ["offered", "offered"],
  ["1", "bad"],
  ["2", "bad"],
  ["4", "good"],
  ["5", "good"],
]);

export const SENTIMENTS: Table<"positive" | "neutral" | "negative"> = new Map([
  ["1", "negative"],
  ["2", "negative"],
  ["3", "neutral"],
  ["4", "positive"],
  ["5", "positive"],
]);

const FEEDBACK = /^(?:product[ _-])?feedback$|^feature[ _-]request$/i;

/** Tags by which teammates say that a conversation is a wish. */
export const isFeedback = (tags: readonly string[]): boolean => tags.some((tag) => FEEDBACK.test(tag.trim()));

/** The attribute of conversations and tickets in which teammates name a feature. */
export const isFeatureAttribute = (name: string): boolean => /^feature(?:[ _-]key)?$/i.test(name.trim());
