import * as z from "zod";
import { type EventName, PUBLIC_EVENTS } from "../domain/event.ts";
import { STAGES } from "../domain/stage.ts";

/** Events that may leave the hub. */
const PUBLIC = PUBLIC_EVENTS as [EventName, ...EventName[]];

/** Only the name: an output's credential never stands in the file. */
const SecretName = z.strictObject({ secret: z.string().min(1) }).meta({ secret: true });

const selection = {
  events: z.array(z.enum(PUBLIC)).min(1).optional(),
  products: z.array(z.string()).min(1).optional().describe("Only events of these products, by slug; all without it."),
};
const message = {
  events: selection.events.describe("Which events become messages; `feature.stage.changed` without it."),
  stages: z
    .array(z.enum(STAGES))
    .min(1)
    .optional()
    .describe("Of stage changes, only moves into one of these, e.g. `production`; every move without it."),
  products: selection.products,
};

export const MixpanelOutput = z.strictObject({
  connector: z.literal("mixpanel"),
  projectId: z.string().regex(/^\d+$/, "the project's number").describe("Number of the project."),
  token: SecretName.describe("The project's token."),
  username: z.string().min(1).describe("Name of a service account of the project."),
  secret: SecretName.describe("Its secret."),
  region: z.enum(["us", "eu", "in"]).optional().describe("Where the project's data lives; `us` without it."),
  annotations: z.boolean().optional().describe("A mark in the charts for each release; on without it."),
  baseUrl: z
    .url({ protocol: /^https$/, error: "must start with https://" })
    .optional()
    .describe("Another address, for tests and proxies; https."),
  events: selection.events.describe(
    "Which events are sent; `feature.stage.changed`, `release.deployed` and `work_item.status.changed` without it.",
  ),
  products: selection.products,
});

export const SlackOutput = z
  .strictObject({
    connector: z.literal("slack"),
    channel: z.string().min(1).optional().describe("Id or name of the channel; with `token`."),
    token: SecretName.optional().describe("A bot's token (`xoxb-`) with the scope `chat:write`."),
    webhookUrl: SecretName.optional().describe("In place of both: the address of an incoming webhook."),
    baseUrl: z.url().optional().describe("Another address, for tests and proxies; with `token`."),
    ...message,
  })
  .refine(({ channel, token, webhookUrl }) => (webhookUrl === undefined ? channel && token : !channel && !token), {
    error: "give channel and token, or webhookUrl alone",
  });

export const TeamsOutput = z.strictObject({
  connector: z.literal("teams"),
  webhookUrl: SecretName.describe("The address that a Teams workflow gives for webhook requests."),
  ...message,
});

/** One way out of the hub. */
export const OutputShape = z.discriminatedUnion("connector", [MixpanelOutput, SlackOutput, TeamsOutput], {
  error: (issue) => (issue.code === "invalid_union" ? "connector is none of mixpanel, slack, teams" : undefined),
});
export type OutputConfig = z.output<typeof OutputShape>;
