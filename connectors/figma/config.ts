import * as z from "zod";
import type { Credential } from "../../shared/connector/credential.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";

/** A connection to teams of one Figma organisation. */
export const Config = z.strictObject({
  token: z
    .string()
    .min(1)
    .describe("personal access token with the scopes of the connector's page")
    .meta({ secret: true }),
  tokenExpiresOn: z.iso
    .date()
    .optional()
    .describe("last day of the token, at most 90 days ahead: it is warned of before; Figma does not tell"),
  teams: z
    .array(z.string().regex(/^\d+$/, "the number in figma.com/files/team/<number>"))
    .min(1)
    .describe("ids of the teams to read, from the address of each team's page: a token cannot list them"),
  projects: z
    .array(z.string().min(1))
    .optional()
    .describe("names of the projects to read; left out: every project of the teams"),
  readNodes: z
    .boolean()
    .default(true)
    .describe("also read the parts that a dev resource is attached to: their dev status (scope file_content:read)"),
  nodeDepth: z
    .int()
    .min(1)
    .max(20)
    .default(6)
    .describe("layers below such a part that count as a change of it after it was ready"),
  webhookSecret: z
    .string()
    .max(100)
    .optional()
    .describe("passcode of the webhooks; without it no webhook is accepted")
    .meta({ secret: true }),
  previousWebhookSecret: z
    .string()
    .max(100)
    .optional()
    .describe("the passcode before the last change, accepted too")
    .meta({ secret: true }),
  baseUrl: z.url().default("https://api.figma.com").describe("where the API answers"),
  filesPerPage: z.int().min(1).max(100).default(10).describe("files that are read before the cursor is stored"),
  requestsPerMinute: z
    .int()
    .min(1)
    .default(20)
    .describe("pace; Figma's limits go by seat and plan: 25 a minute and more with a Dev or Full seat"),
});
export type Config = z.output<typeof Config>;

/** A personal token stands in a header of Figma's own: https://developers.figma.com/docs/rest-api/authentication */
export const headersOf = ({ token }: Config): Readonly<Record<string, string>> => ({ "x-figma-token": token });

export const credentialOf = ({ tokenExpiresOn }: Config): Credential => ({
  kind: "api_token",
  expiresAt: maybeInstant(tokenExpiresOn),
});

/** Whether the connection reads this project; a record that does not tell its project is left to the next read. */
export const selects = ({ projects }: Pick<Config, "projects">, name: string | undefined): boolean =>
  name === undefined || projects === undefined || projects.length === 0 || projects.includes(name);
