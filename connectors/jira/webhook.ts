import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Delivery, Signature, Told } from "../../shared/connector/contract.ts";
import { signatureRejected } from "../../shared/connector/errors.ts";
import { hmac } from "../../shared/connector/signature.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";
import { type Config, selects } from "./config.ts";
import { Sprint, Version } from "./schema.ts";

/** Source: https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-webhooks */
const body = hmac<Config>({
  header: "x-hub-signature",
  prefix: "sha256=",
  secrets: ({ webhookSecret, previousWebhookSecret }) =>
    [webhookSecret, previousWebhookSecret].filter((secret) => secret !== undefined),
});

/** Webhooks of the site sign the body; those of an OAuth app carry a token signed with its client secret. */
export const signature: Signature<Config> = {
  scheme: `${body.scheme}; those of an OAuth app a token signed with its client secret (HS256) in \`authorization\``,
  sign: body.sign,
  verify(delivery, config) {
    const { oauth } = config;
    if (oauth !== undefined && !delivery.headers.has("x-hub-signature")) verifyAppToken(delivery, oauth.clientSecret);
    else body.verify(delivery, config);
  },
};

const Claims = z.looseObject({ exp: z.number() });

/** RFC 7519, HS256. @throws HubError signature_rejected */
const verifyAppToken = ({ headers, receivedAt }: Delivery, clientSecret: string): void => {
  const [head = "", claims = "", digest = ""] =
    headers
      .get("authorization")
      ?.replace(/^(Bearer|JWT) /i, "")
      .split(".") ?? [];
  const wanted = createHmac("sha256", clientSecret).update(`${head}.${claims}`).digest();
  const given = Buffer.from(digest, "base64url");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw signatureRejected("token differs");
  const { exp = 0 } = Claims.safeParse(decoded(claims)).data ?? {};
  if (exp * 1000 <= receivedAt.getTime()) throw signatureRejected("token is over");
};

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/** Of an event that Jira does not have. */
export const probe = (id: string, at: Date) => ({
  headers: { "x-atlassian-webhook-identifier": id },
  body: { webhookEvent: "probe", timestamp: at.getTime() },
});

/** Stable over Jira's retries. */
export const deliveryId = ({ headers }: Delivery): string => headers.get("x-atlassian-webhook-identifier") ?? "";

const Id = z.union([z.string().min(1), z.int()]).transform(String);
const ToldIssue = z.looseObject({
  id: Id,
  key: z.string().nullish(),
  fields: z.looseObject({ project: z.looseObject({ key: z.string().nullish() }).nullish() }).nullish(),
});
type ToldIssue = z.output<typeof ToldIssue>;

/** Source: https://developer.atlassian.com/cloud/jira/platform/webhooks/#example-callback-for-an-issue-related-event */
const Body = z.looseObject({
  webhookEvent: z.string(),
  timestamp: z.number().nullish(),
  issue: ToldIssue.nullish(),
  comment: z.looseObject({ self: z.string().nullish() }).nullish(),
  worklog: z.looseObject({ issueId: Id.nullish() }).nullish(),
  sprint: Sprint.nullish(),
  version: Version.nullish(),
});
type Body = z.output<typeof Body>;

/**
 * What a webhook tells. Jira's bodies come late, in any order and in the shape of an older API, so they are only a
 * hint of what to read again; a deletion has nothing left to read and is taken as told.
 *
 * @throws ZodError if the body is no Jira event
 */
export const recordsOf = (body: unknown, config: Config): readonly Told[] => {
  const told = Body.parse(body);
  const { webhookEvent: event, sprint, version } = told;
  // A token proves who sends and not what: a deletion without its time is asked about before it is believed.
  const at = config.oauth === undefined ? maybeInstant(told.timestamp) : undefined;
  if (event.startsWith("sprint_") && sprint != null) {
    return event === "sprint_deleted"
      ? [deleted("sprints", sprint, at)]
      : [{ stream: "sprints", reread: sprint.id, hint: sprint }];
  }
  if (event.startsWith("jira:version_") && version != null) {
    return event === "jira:version_deleted"
      ? [deleted("versions", version, at)]
      : [{ stream: "versions", reread: version.id, hint: version }];
  }
  return issueTold(told, config, at);
};

const issueTold = (
  { webhookEvent, issue, comment, worklog }: Body,
  config: Config,
  at: Instant | undefined,
): readonly Told[] => {
  if (issue != null) {
    if (!selects(config, projectOf(issue))) return [];
    return webhookEvent === "jira:issue_deleted"
      ? [deleted("issues", withoutOthers(issue), at)]
      : [{ stream: "issues", reread: issue.id, hint: issue }];
  }
  // Some comment events name their issue by the comment's address only.
  const id = worklog?.issueId ?? /\/issue\/(\d+)\/comment\//.exec(comment?.self ?? "")?.[1];
  return id === undefined ? [] : [{ stream: "issues", reread: id }];
};

const deleted = (stream: string, record: unknown, at: Instant | undefined): Told => ({
  stream,
  record,
  presence: "deleted",
  ...(at !== undefined && { at }),
});

const projectOf = ({ key, fields }: ToldIssue): string | undefined =>
  fields?.project?.key ?? /^(.+)-\d+$/.exec(key ?? "")?.[1];

/** The people and sprints that a deleted issue names live on: only the issue itself may be told as gone. */
const withoutOthers = ({ fields, ...issue }: ToldIssue): unknown => ({
  ...issue,
  ...(fields != null && {
    fields: Object.fromEntries(
      Object.entries(fields).filter(
        ([name]) => !["assignee", "reporter", "creator"].includes(name) && !name.startsWith("customfield_"),
      ),
    ),
  }),
});
