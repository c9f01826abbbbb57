import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";

export const DOCUMENT_TYPES = ["vision", "strategy", "spec", "note"] as const;
const DATABASE_USES = [...DOCUMENT_TYPES, "objectives", "keyResults", "roadmap"] as const;

/** What we read of a row beside its title, with the names that are looked for where the config names none. */
export const PROPERTIES = {
  status: "Status",
  owner: "Owner",
  start: "Start",
  end: "End",
  priority: "Priority",
  problem: "Problem",
  link: "Link",
  objective: "Objective",
  baseline: "Baseline",
  target: "Target",
  current: "Current",
  unit: "Unit",
} as const;
export type Property = keyof typeof PROPERTIES;

/** Dashes come and go in Notion's ids; without them there is one form. */
export const bare = (id: string): string => id.replaceAll("-", "").toLowerCase();

const Id = z
  .string()
  .transform(bare)
  .refine((id) => /^[0-9a-f]{32}$/.test(id), { error: "the 32 letters and digits at the end of its address" });

const Database = z.strictObject({
  id: Id.describe("id of the database"),
  as: z.enum(DATABASE_USES).describe("what its rows are"),
  properties: z
    .partialRecord(z.enum(Object.keys(PROPERTIES) as [Property, ...Property[]]), z.string())
    .default({})
    .describe("names of its properties where they are not our names: { status: 'State' }"),
  statuses: z
    .record(z.string(), z.string())
    .default({})
    .describe("what its status words mean where their group does not say it: { Shipped: 'completed' }"),
});
export type Database = z.output<typeof Database>;

const SinglePage = z.strictObject({
  id: Id.describe("id of the page"),
  as: z.enum(DOCUMENT_TYPES).describe("what it is"),
});

/** A connection to databases and pages of one Notion workspace. */
export const Config = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .describe("secret of an internal integration that the databases and pages are shared with")
      .meta({ secret: true }),
    databases: z.array(Database).default([]).describe("which database holds what"),
    pages: z.array(SinglePage).default([]).describe("single pages to read: the vision, the strategy, specifications"),
    webhookSecret: z
      .string()
      .optional()
      .describe("verification token of the webhook; the hub shows it when Notion first calls")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the verification token before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z.url().default("https://api.notion.com").describe("where the API answers"),
    version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .default("2025-09-03")
      .describe("version of the API"),
    pageSize: z.int().min(1).max(100).default(100).describe("rows, people or blocks in one request"),
    overlapSeconds: z
      .int()
      .min(60)
      .default(120)
      .describe("how far before the cursor an incremental read starts: Notion tells edits by the minute"),
    requestsPerMinute: z.int().min(1).default(150).describe("pace; Notion allows three requests a second on average"),
  })
  .refine(({ databases, pages }) => databases.length + pages.length > 0, {
    error: "needs a database or a page to read",
    path: ["databases"],
  });
export type Config = z.output<typeof Config>;

export const credentialOf = ({ token }: Config): Credential => ({
  kind: "api_token",
  authorization: `Bearer ${token}`,
});

/** The stream that rows of a use belong to. */
export const STREAM_OF = {
  vision: "documents",
  strategy: "documents",
  spec: "documents",
  note: "documents",
  objectives: "objectives",
  keyResults: "keyResults",
  roadmap: "features",
} as const satisfies Record<Database["as"], string>;
export type PageStream = (typeof STREAM_OF)[Database["as"]];

/** The databases and pages that a stream reads, each on its own. */
export const scopesOf =
  (stream: PageStream) =>
  ({ databases, pages }: Config): readonly string[] => [
    ...new Set([
      ...databases.filter(({ as }) => STREAM_OF[as] === stream).map(({ id }) => id),
      ...(stream === "documents" ? pages.map(({ id }) => id) : []),
    ]),
  ];
