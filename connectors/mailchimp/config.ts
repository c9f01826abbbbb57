import * as z from "zod";
import type { HttpSettings } from "../../shared/connector/contract.ts";
import { oneOf } from "../../shared/connector/one-of.ts";

/** A connection to one Mailchimp account. */
export const Config = z
  .strictObject({
    apiKey: z
      .string()
      .min(1)
      .optional()
      .describe("API key with its data centre behind the dash, e.g. …-us21; this or accessToken")
      .meta({ secret: true }),
    accessToken: z
      .string()
      .min(1)
      .optional()
      .describe("OAuth access token, which does not end; this or apiKey, and dataCenter beside it")
      .meta({ secret: true }),
    dataCenter: z
      .string()
      .regex(/^[a-z]{2,4}\d{1,4}$/, "such as us21")
      .optional()
      .describe("data centre of the account, e.g. us21; left out: the end of apiKey"),
    audiences: z
      .array(z.string().min(1))
      .optional()
      .describe("ids of the audiences to read, e.g. 1a2b3c4d5e; left out: every audience of the account"),
    webhookSecret: z
      .string()
      .optional()
      .describe("stands in the webhook's address as ?secret=…; without it no webhook is accepted")
      .meta({ secret: true }),
    previousWebhookSecret: z
      .string()
      .optional()
      .describe("the secret before the last change, accepted too")
      .meta({ secret: true }),
    baseUrl: z
      .url()
      .optional()
      .describe("where the API answers; left out: https://<data centre>.api.mailchimp.com/3.0"),
    pageSize: z.int().min(1).max(1000).default(1000).describe("campaigns, reports or audiences in one request"),
    recheckDays: z
      .int()
      .min(0)
      .default(30)
      .describe("how long a sent campaign is read again, since its report keeps changing"),
    requestsPerMinute: z
      .int()
      .min(1)
      .default(120)
      .describe("pace of requests: Mailchimp tells no limit in its answers"),
  })
  .refine(...oneOf(["apiKey"], ["accessToken"]))
  .refine(({ baseUrl, apiKey, dataCenter }) => (baseUrl ?? dataCenter ?? centerIn(apiKey)) !== undefined, {
    error: "needs the data centre: it stands behind the dash of an API key and in the address of the Mailchimp app",
    path: ["dataCenter"],
  });

export type Config = z.output<typeof Config>;

const centerIn = (apiKey: string | undefined): string | undefined => /-([a-z]{2,4}\d{1,4})$/.exec(apiKey ?? "")?.[1];

/** Any user name does beside an API key. Source: https://mailchimp.com/developer/marketing/docs/fundamentals/#authenticate */
export const httpOf = (config: Config): HttpSettings => ({
  baseUrl: config.baseUrl ?? `https://${config.dataCenter ?? centerIn(config.apiKey)}.api.mailchimp.com/3.0`,
  headers: {},
  credential:
    config.accessToken === undefined
      ? { kind: "api_token", authorization: `Basic ${Buffer.from(`any:${config.apiKey}`).toString("base64")}` }
      : { kind: "access_token", authorization: `Bearer ${config.accessToken}` },
  requestsPerMinute: config.requestsPerMinute,
  isOverloaded,
});

/** Too many at once is told without a time to wait, and by a 403 that is no JSON when the whole service is loaded. */
const isOverloaded: HttpSettings["isOverloaded"] = ({ status, headers }) =>
  (status === 429 && !headers.has("retry-after")) ||
  (status === 403 && !/\bjson\b/i.test(headers.get("content-type") ?? ""));

/** Whether the connection's selector names this audience; one that a record does not tell is kept. */
export const selects = ({ audiences }: Config, audience: string | undefined): boolean =>
  audience === undefined || audiences === undefined || audiences.length === 0 || audiences.includes(audience);
