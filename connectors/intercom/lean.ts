import { isFeatureAttribute } from "./words.ts";

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** Who asked and what was said after it, by names and addresses: nobody here needs it. */
const PERSONAL = [
  "contacts",
  "user",
  "customers",
  "first_contact_reply",
  "conversation_parts",
  "conversation_message",
  "ticket_parts",
  "participants",
];
const SOURCE = ["type", "delivered_as", "subject", "body"];
const RATING = ["rating", "remark", "created_at", "updated_at"];
const COMPANY = ["type", "id"];

const only = (value: unknown, names: readonly string[]): unknown =>
  isRow(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name))) : value;

const without = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !PERSONAL.includes(name)));

/** Attributes hold whatever a team keeps of its customers: only those about features are read. */
const attributes = (value: unknown, kept: readonly string[] = []): unknown =>
  isRow(value)
    ? Object.fromEntries(Object.entries(value).filter(([name]) => kept.includes(name) || isFeatureAttribute(name)))
    : value;

export const leanConversation = (record: unknown): unknown =>
  isRow(record)
    ? {
        ...without(record),
        source: only(record["source"], SOURCE),
        conversation_rating: only(record["conversation_rating"], RATING),
        company: only(record["company"], COMPANY),
        custom_attributes: attributes(record["custom_attributes"]),
      }
    : record;

export const leanTicket = (record: unknown): unknown =>
  isRow(record)
    ? {
        ...without(record),
        ticket_attributes: attributes(record["ticket_attributes"], ["_default_title_", "_default_description_"]),
      }
    : record;
