import type { TICKET_STATUSES } from "../../shared/domain/fields-around.ts";
import type { Table } from "../../shared/domain/mapped.ts";

/** The six statuses that every custom status belongs to. */
export const STATUSES: Table<(typeof TICKET_STATUSES)[number]> = new Map([
  ["new", "new"],
  ["open", "open"],
  ["pending", "pending"],
  ["hold", "on_hold"],
  ["solved", "solved"],
  ["closed", "closed"],
]);

export const TYPES: Table<"question" | "incident" | "problem" | "task"> = new Map([
  ["question", "question"],
  ["incident", "incident"],
  ["problem", "problem"],
  ["task", "task"],
]);

export const PRIORITIES: Table<"urgent" | "high" | "medium" | "low"> = new Map([
  ["urgent", "urgent"],
  ["high", "high"],
  ["normal", "medium"],
  ["low", "low"],
]);

export const SCORES: Table<"good" | "bad" | "offered" | "unoffered"> = new Map([
  ["good", "good"],
  ["good_with_comment", "good"],
  ["bad", "bad"],
  ["bad_with_comment", "bad"],
  ["offered", "offered"],
  ["unoffered", "unoffered"],
]);

export const SENTIMENTS: Table<"positive" | "negative"> = new Map([
  ["good", "positive"],
  ["good_with_comment", "positive"],
  ["bad", "negative"],
  ["bad_with_comment", "negative"],
]);

/** Tags by which agents say that a ticket is a wish. Zendesk writes tags in lower case. */
export const FEEDBACK_TAGS: ReadonlySet<string> = new Set([
  "feedback",
  "product_feedback",
  "product-feedback",
  "feature_request",
  "feature-request",
]);
