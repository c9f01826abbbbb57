import * as z from "zod";
import { WEEK_STARTS } from "../domain/day.ts";
import { REPORT_KINDS, SECTION_IDS } from "../report/names.ts";
import { PERIOD_LENGTHS } from "../report/period.ts";
import { Schedule, Zone } from "./time-shape.ts";

/** Only the name: a credential never stands in the file. */
const SecretName = z.strictObject({ secret: z.string().min(1) }).meta({ secret: true });

const RECIPIENT =
  /^(?:archive|(?:slack|teams):[a-z0-9][a-z0-9_-]{0,59}|email:[^\s@<>",;:]+@[^\s@<>",;:]+|webhook:[A-Z][A-Z0-9_]{0,99})$/;

export const ReportShape = z.strictObject({
  kind: z.enum(REPORT_KINDS).describe("`product`, `marketing`, `analytics`, or `own` with `sections`."),
  title: z.string().min(1).max(120).optional().describe("Its heading; that of its kind without it."),
  sections: z
    .array(z.enum(SECTION_IDS))
    .min(1)
    .optional()
    .describe("Its parts, in order; those of its kind without it."),
  schedule: Schedule.describe("When it is made, in its zone."),
  timezone: Zone.optional().describe("IANA name, e.g. `Europe/Berlin`; the hub's `timezone` without it."),
  weekStart: z.enum(WEEK_STARTS).optional().describe("First day of its weeks; the hub's `weekStart` without it."),
  period: z
    .enum(PERIOD_LENGTHS)
    .optional()
    .describe(
      "What it covers, always whole; without it what fits the schedule: one weekday a week, one day of the month a month, else a day.",
    ),
  products: z.array(z.string()).min(1).optional().describe("Only these products, by slug; all without it."),
  to: z
    .array(
      z
        .string()
        .regex(RECIPIENT, "slack:<output>, teams:<output>, email:<address>, webhook:<NAME_OF_A_SECRET> or archive"),
    )
    .min(1)
    .describe(
      "Who gets it: `slack:<output>`, `teams:<output>`, `email:<address>`, `webhook:<secret that holds the address>`, `archive`.",
    ),
  onlyIfChanged: z.boolean().optional().describe("Sends nothing when nothing changed; without it two lines say so."),
  signWith: SecretName.optional().describe(
    "The key (`whsec_…`) that its webhooks are signed with (Standard Webhooks).",
  ),
  thresholds: z
    .strictObject({
      slipDays: z.int().min(1).max(365).optional().describe("A target that moved by so many days slipped; 3."),
      change: z.number().min(0).max(10).optional().describe("Share by which a figure must change to be marked; 0.2."),
      least: z.int().min(0).optional().describe("Of how many it must be at least; 100."),
      deviations: z.number().min(1).max(20).optional().describe("Robust deviations of an unusual day; 3."),
      aheadDays: z.int().min(1).max(366).optional().describe("How far ahead it looks; 14."),
      adoptionDays: z.int().min(1).max(366).optional().describe("How long the use of what shipped is told; 56."),
    })
    .optional()
    .describe("When a figure is worth a word."),
});
export type ReportConfig = z.output<typeof ReportShape>;

export const MailShape = z.strictObject({
  from: z
    .string()
    .regex(/^[^\r\n]*[^\s@<>]@[^\s@<>]+>?$/, "an address, or a name and <an address>")
    .describe("Sender, e.g. `Throughline <hub@acme.example>`."),
  replyTo: z.email().optional().describe("Where answers go; the sender without it."),
  smtp: SecretName.optional().describe(
    "Holds `smtps://user:password@host:465`. Without it: files of the outbox on one machine, SES on AWS.",
  ),
});
export type MailConfig = z.output<typeof MailShape>;
