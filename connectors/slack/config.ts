import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";

const Channel = z.string().regex(/^[CG][A-Z0-9]{2,}$/, "the channel's id, e.g. C0AGWLS4CQ3: a name may change");

export const AnnouncementChannel = z.strictObject({
  channel: Channel.describe("id of the channel (its details, at the bottom)"),
  type: z.enum(["release_note", "launch", "incident", "note"]).default("note").describe("what is announced there"),
  audience: z.enum(["internal", "external"]).default("internal").describe("who reads it"),
});

/** A connection to named channels of one Slack workspace. */
export const Config = z
  .strictObject({
    token: z
      .string()
      .regex(/^xox[be]/, "a bot token begins with xoxb-")
      .describe("bot token of an app of your own, with the scopes of the connector's page")
      .meta({ secret: true }),
    announcements: z
      .array(AnnouncementChannel)
      .default([])
      .describe("channels whose messages are announcements: releases, launches, incidents"),
    feedback: z.array(Channel).default([]).describe("ids of channels whose messages are feedback on the product"),
    webhookSecret: z
      .string()
      .optional()
      .describe("signing secret of the app (Basic Information); without it no webhook is accepted")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the signing secret before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z.url().default("https://slack.com/api").describe("where the Web API answers"),
    pageSize: z.int().min(1).max(999).default(200).describe("messages or people in one request"),
    overlapSeconds: z
      .int()
      .min(0)
      .default(300)
      .describe("how far before the newest message an incremental read starts"),
    requestsPerMinute: z.int().min(1).default(40).describe("pace; Slack allows an own app 50 a minute and method"),
  })
  .refine(({ announcements, feedback }) => announcements.length + feedback.length > 0, {
    error: "needs a channel in announcements or feedback",
    path: ["announcements"],
  });
export type Config = z.output<typeof Config>;

export const credentialOf = ({ token }: Config): Credential => ({
  kind: "api_token",
  authorization: `Bearer ${token}`,
});

const channelsOf = (channels: readonly string[]): readonly string[] => [...new Set(channels)];

/** The ids of the channels of each stream. Nothing else is read, and nothing else is taken from a webhook. */
export const SCOPES = {
  announcements: ({ announcements }: Config) => channelsOf(announcements.map(({ channel }) => channel)),
  feedback: ({ feedback }: Config) => channelsOf(feedback),
} as const;
export type MessageStream = keyof typeof SCOPES;

export const streamsOf = (config: Config, channel: string): MessageStream[] =>
  (Object.keys(SCOPES) as MessageStream[]).filter((name) => SCOPES[name](config).includes(channel));
