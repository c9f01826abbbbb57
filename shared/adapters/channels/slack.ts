import { HubError } from "../../connector/errors.ts";
import { type Surroundings, vendorHttp } from "../../connector/http.ts";
import { budget } from "../../connector/limits.ts";
import type { Channel, Notice } from "../../ports/channel.ts";
import { refusal } from "./reply.ts";
import { slackMessage } from "./slack-message.ts";

/** A bot token with its channel, or an incoming webhook whose address is the credential. */
export type SlackSettings =
  | { readonly token: string; readonly channel: string; readonly baseUrl: string }
  | { readonly webhookUrl: string };

/** About one message per second and channel. */
const PER_MINUTE = 60;
const AT_ONCE = 100;

/** Of this very message: the next one may be fine. */
const MESSAGE_ERRORS: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_payload",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
  "too_many_attachments",
]);
const STATUSES: Readonly<Record<string, number>> = {
  account_inactive: 401,
  invalid_auth: 401,
  not_authed: 401,
  token_expired: 401,
  token_revoked: 401,
  no_permission: 403,
  missing_scope: 403,
  not_in_channel: 403,
  restricted_action: 403,
  action_prohibited: 403,
  channel_is_archived: 404,
  channel_not_found: 404,
  is_archived: 404,
  no_service: 404,
};

/**
 * Messages in a Slack channel. Many notices become one message.
 *
 * @param page where people see all that happened
 */
export const slackChannel = (settings: SlackSettings, page: string, around: Surroundings): Channel => {
  const post = slackPoster(settings, around);
  return {
    atOnce: AT_ONCE,
    async deliver(notices, signal) {
      const error = await post(slackMessage(notices, page), signal);
      return error === undefined ? [] : refusedAll(notices, error);
    },
  };
};

/** Posts one message. @throws HubError delivery_refused if Slack will never take it; as its `retry` says otherwise */
export const postSlack = async (
  settings: SlackSettings,
  message: object,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> => {
  const error = await slackPoster(settings, around)(message, signal);
  if (error !== undefined) throw new HubError("delivery_refused", `Slack answered ${error}`, { retry: "never" });
};

/** @returns Slack's word for what is wrong with this very message, or undefined once it stands there */
const slackPoster = (settings: SlackSettings, around: Surroundings) => {
  const address = new URL("webhookUrl" in settings ? settings.webhookUrl : `${settings.baseUrl}/api/chat.postMessage`);
  const authorization = "token" in settings ? `Bearer ${settings.token}` : undefined;
  const own = "channel" in settings ? { channel: settings.channel } : {};
  const http = {
    baseUrl: address.origin,
    headers: {},
    requestsPerMinute: PER_MINUTE,
    // A message whose answer got lost may stand there: it is not sent five times.
    attempts: 1,
    ...(authorization !== undefined && { credential: { kind: "access_token" as const, authorization } }),
  };
  const pace = budget(PER_MINUTE, around.now);
  return async (message: object, signal: AbortSignal): Promise<string | undefined> => {
    const response = await vendorHttp(http, around, signal, pace).fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ ...own, ...message }),
    });
    const error = errorIn(await response.text(), response.status);
    if (error === undefined || MESSAGE_ERRORS.has(error)) return error;
    if (error === "ratelimited" || error === "rate_limited")
      throw new HubError("vendor_rate_limited", "Slack asks to wait", { retry: { afterSeconds: 60 } });
    throw refusal("Slack", error, STATUSES[error] ?? response.status);
  };
};

const refusedAll = (notices: readonly Notice[], error: string) =>
  notices.map(({ event }) => ({ eventId: event.id, reason: `Slack answered ${error}` }));

/** Slack's word for what went wrong: failures come with status 200 too; a webhook answers in plain text. */
const errorIn = (text: string, status: number): string | undefined => {
  if (status === 200 && text.trim() === "ok") return undefined;
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return /^[a-z_]{1,60}$/.test(text.trim()) ? text.trim() : `${status}`;
  }
  const { ok, error } = (told ?? {}) as { readonly ok?: unknown; readonly error?: unknown };
  if (status === 200 && ok === true) return undefined;
  return typeof error === "string" && /^[a-z_]{1,60}$/.test(error) ? error : `${status}`;
};
