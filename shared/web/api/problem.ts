import type { Context } from "hono";
import type { ErrorCode, HubError } from "../../connector/errors.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";

/** The statuses that a caller can cause. */
export type CallerStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 421 | 422 | 428 | 429;

const STATUS: Partial<Record<ErrorCode, CallerStatus>> = {
  unknown_parameter: 400,
  invalid_parameter: 400,
  cursor_invalid: 400,
  cursor_expired: 400,
  cursor_filter_mismatch: 400,
  invalid_body: 400,
  address_not_allowed: 400,
  key_missing: 401,
  key_unknown: 401,
  key_expired: 401,
  scope_missing: 403,
  origin_not_allowed: 403,
  form_expired: 403,
  sign_in_refused: 403,
  sign_in_link_used: 403,
  not_found: 404,
  as_of_unavailable: 404,
  feature_unknown: 404,
  report_unknown: 404,
  connection_unknown: 404,
  method_not_allowed: 405,
  idempotency_in_progress: 409,
  reply_shown_once: 409,
  idempotency_key_reused: 422,
  webhook_replay_running: 409,
  version_conflict: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  host_not_allowed: 421,
  if_match_required: 428,
  limit_reached: 409,
  rate_limited: 429,
};

/** The HTTP status of a code: 500 for all that a caller did not cause. */
export const statusOf = (code: ErrorCode): CallerStatus | 500 => STATUS[code] ?? 500;

/** A code in words: `Unknown parameter`. */
export const titleOf = (code: ErrorCode): string => {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What happened, as a sentence. Failures that are ours say nothing of their inside. */
export const sentenceOf = (error: HubError): string => {
  const said = statusOf(error.code) === 500 ? "something failed inside the hub" : error.message;
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.?!]$/.test(said) ? "" : "."}`;
};

/** A failure as problem details (RFC 9457). */
export const problemOf = (
  error: HubError,
  request: { readonly hub: string; readonly instance: string; readonly requestId: string },
) => {
  const code: ErrorCode = statusOf(error.code) === 500 ? "internal_error" : error.code;
  const parameter = error.details["parameter"];
  return {
    type: `${request.hub}/docs/errors/${code}`,
    title: titleOf(code),
    status: statusOf(code),
    detail: sentenceOf(error),
    instance: request.instance.slice(0, 2000),
    code,
    ...(parameter !== undefined && { errors: [{ parameter }] }),
    request_id: request.requestId,
  };
};

/** A failure as the API tells it. */
export const problem = (c: Context<WebEnv>, deps: WebDeps, error: HubError) => {
  const { pathname, search } = new URL(c.req.url);
  const told = { hub: deps.url(), instance: `${pathname}${search}`, requestId: c.get("requestId") };
  return c.body(JSON.stringify(problemOf(error, told)), statusOf(error.code), {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
};
