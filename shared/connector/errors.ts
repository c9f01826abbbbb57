/** When may the same input succeed? Decided where the error is thrown, read by the queue. */
export type Retry = "never" | "later" | { readonly afterSeconds: number };

/** Every failure Throughline names, with what to do about it. Codes are public: log fields, exit codes, pages under /docs/errors. */
export const ERRORS = {
  config_invalid: "Correct the named place of throughline.config.ts.",
  config_missing: "Create throughline.config.ts, or run `npx throughline import github owner/repo`.",
  secret_missing: "Put the named secret into .env or the environment.",
  node_version_unsupported: "Run `npm ci` without --ignore-scripts: it brings the right Node for every command.",
  port_in_use: "Stop the other process, or start with PORT=<another port>.",
  data_folder_locked: "Another Throughline uses this data folder: stop it, or set THROUGHLINE_DATA to another folder.",
  store_damaged:
    "Run `npx throughline rebuild`: it makes the store anew from the archive and keeps the damaged files beside it, untouched; then start again.",
  store_newer:
    "A newer version of Throughline changed this store in a way that this one would spoil: start that version, or a later one.",
  connection_unknown: "Use the name of a connection of throughline.config.ts; `/v1/connections` lists them.",
  stream_unknown: "Use a stream that the connector declares; `throughline normalise` without arguments lists them.",
  feature_unknown: "Use a key or id of a feature; `throughline features` lists them.",
  work_item_unknown:
    "Use a key or id of a work item; `throughline export work_item` lists them. Of a feature, `throughline explain` tells.",
  usage: "See `throughline help`.",
  signature_rejected: "Compare the webhook's secret in the tool with the one of this connection.",
  payload_unreadable:
    "Nothing to do at once: the record is in quarantine with its bytes; replay it after an update of the connector.",
  payload_too_large: "Send less at once; what is too large for a webhook is read by the next poll.",
  vendor_auth_expired:
    "Make a new credential in the tool and set the secret anew, in .env or the environment: it counts from the next run on, without a restart. `throughline connect` checks it.",
  vendor_forbidden: "Give the credential the named permission, or take the scope out of the connection.",
  vendor_not_found:
    "Check the name in the connection's config: the tool does not know it, or hides it from this credential.",
  vendor_rate_limited: "Nothing: the hub waits as long as the tool asks.",
  vendor_unreachable:
    "Nothing at once: it is tried again. If it stays, check the address and the tool's own status page.",
  vendor_answer_unreadable: "Nothing at once: it is tried again. If it stays, the tool changed its answers: report it.",
  vendor_paging_broken:
    "Nothing at once: the run ended without moving its cursor and starts again. If it stays, report it.",
  deletion_fuse_tripped:
    "Look into the tool: if the records were deleted on purpose, confirm with `npx throughline doctor --census <connection> --accept-deletions`; else mend the credential or the connection's config.",
  lease_held: "Nothing: another run of the same stream is at work.",
  quota_exhausted: "Wait until the named time, or use a token.",
  as_of_unavailable:
    "Ask for a later moment, or for the end of a day; what tools tell of earlier days is in the timeline of a feature.",
  delivery_refused:
    "Look at the named recipient in `reports` of the config: it does not take what is sent. `npx throughline report <name> --send` tries again.",
  delivery_unknown:
    "Look on the other side whether it arrived; if not, `npx throughline report <name> --send` sends it again.",
  report_unknown: "Use the name of a report of throughline.config.ts; `/v1/reports` lists them.",
  unknown_parameter: "Leave the parameter out, or use the suggested one.",
  invalid_parameter: "Use one of the listed values.",
  cursor_invalid: "Start again without a cursor.",
  cursor_expired: "Start again without a cursor; cursors live 24 hours.",
  cursor_filter_mismatch: "Use a cursor only with the parameters it was made for.",
  not_found: "Check the id or key.",
  method_not_allowed: "Use a method that the Allow header lists.",
  invalid_body: "Send what the operation describes, as JSON; the message names the place.",
  unsupported_media_type: "Send `Content-Type: application/json`.",
  key_missing: "Send `Authorization: Bearer <key>`, or sign in.",
  key_unknown: "Use a key that this hub made; `throughline keys list` shows which there are.",
  key_expired: "Make a new key: `throughline keys create`.",
  scope_missing: "Ask an administrator for a key or role with the named scope.",
  form_expired: "Load the page again and send the form once more.",
  sign_in_refused: "Ask an administrator for an invitation, or sign in with another account.",
  sign_in_link_used: "Ask for a new link: each works once, and for a limited time.",
  version_conflict: "Read the object again, and send its ETag in If-Match.",
  if_match_required: "Send If-Match with the ETag of the object that you read.",
  idempotency_in_progress: "Wait for the first request with this Idempotency-Key to end, then send it again.",
  idempotency_key_reused: "Use another Idempotency-Key for another request.",
  reply_shown_once: "Look whether what was made is there; if its secret is lost, remove it and make another.",
  limit_reached: "Remove or revoke what nobody needs any more, then make the new one.",
  rate_limited: "Wait as long as Retry-After says.",
  origin_not_allowed: "Do it from a page of this hub, or with a key.",
  host_not_allowed: "Ask under the address that the hub printed when it started.",
  row_key_invalid: "Report it: a record has an id or name that no table can hold. It is in quarantine with its bytes.",
  row_too_large:
    "Nothing to do at once: the record is in quarantine with its bytes. Shorten it in the tool, or report it with the size.",
  message_too_large: "Report it: what is large goes to the archive, and only its address into a message.",
  secret_too_large: "Use a shorter secret: the store of secrets takes up to 8 KB each.",
  storage_unavailable:
    "Nothing at once: it is tried again. If it stays, look at the quotas of the account and at what the function's role may do.",
  aws_credentials_missing:
    "Sign in to AWS, with `aws sso login` or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run the command again.",
  aws_forbidden:
    "Give the identity that you are signed in with the named permission, or use another one (AWS_PROFILE).",
  aws_unreachable:
    "Check the connection to the internet, a proxy, and the AWS Health Dashboard; then run the command again.",
  aws_region_missing: "Say --region, or set AWS_REGION.",
  aws_region_unsupported: "Choose another region with --region: the named services are not there.",
  aws_not_bootstrapped: "Run the named command once for this account and region.",
  aws_concurrency_short:
    "Ask for more concurrent executions under Service Quotas, Lambda (new accounts have ten), or deploy with `--context reservedConcurrency=false`.",
  aws_secret_missing:
    "Run the named command, or deploy with --put-secrets, which copies it from .env or the environment.",
  aws_stack_missing: "Deploy first: `npx throughline deploy`; --env and --region say which hub is meant.",
  aws_stack_busy: "Wait until CloudFormation is done with it, then run the command again.",
  aws_deploy_failed:
    "CloudFormation has put back what was there before. Mend the named cause and deploy again; what stores data is never deleted by that.",
  aws_smoke_failed:
    "The stack stands, but a test webhook did not come through: look at the logs of receive-webhook and ingest-record, then run `npx throughline deploy` again.",
  prompt_not_possible: "Nobody can be asked here: say --yes.",
  address_not_allowed:
    "Give an https address of the public internet, port 443 or 8443. For an address of this machine set `webhooks: { allowLoopback: true }` in the config of a hub that runs on it.",
  webhook_secret_unreadable:
    "The hub's own key changed since the endpoint was made: make a new secret (Rotate) and give it to the receiver.",
  webhook_replay_running: "Wait until the replay that is under way has ended.",
  internal_error: "Try again; if it stays, report it with the request id.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERRORS;

type Details = Readonly<Record<string, string | number | boolean | undefined>>;

/** A failure with a public code, a retry policy and details that are safe to log: never a payload, never a secret. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly details: Details;

  /** @param message lower case, no full stop: what was given, what is allowed */
  constructor(code: ErrorCode, message: string, options: { retry: Retry; details?: Details; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retry = options.retry;
    this.details = options.details ?? {};
  }

  /** What a person can do about it. */
  get fix(): string {
    return ERRORS[this.code];
  }
}

export const signatureRejected = (why: string): HubError =>
  new HubError("signature_rejected", `webhook signature rejected: ${why}`, { retry: "never" });

export const payloadUnreadable = (what: string, cause?: unknown): HubError =>
  new HubError("payload_unreadable", `${what} does not have the shape we read`, { retry: "never", cause });

/**
 * What a log may say of a failure: our own words; of what others threw only its name, the system's word for it (EMFILE) and
 * where in our files it came up, since its words may be a payload.
 */
export const safeReason = (error: unknown): string => {
  if (error instanceof HubError) return error.message;
  if (!(error instanceof Error)) return "unknown failure";
  const place = /\/((?:shared|functions|connectors|infra)\/[\w./-]+:\d+)/.exec(error.stack ?? "")?.[1];
  const code = systemCode(error);
  const words = code === undefined ? error.name : `${error.name} ${code}`;
  return place === undefined ? words : `${words} at ${place}`;
};

/** The system's word for a call of it that failed: `EMFILE`, `ENOSPC`. Undefined for any other failure. */
export const systemCode = (error: unknown): string | undefined => {
  const { code, errno } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return typeof errno === "number" && code !== undefined && /^E[A-Z0-9]{2,20}$/.test(code) ? code : undefined;
};
