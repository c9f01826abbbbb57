import type { LinearErrorType, RatelimitedLinearError } from "@linear/sdk";
import * as z from "zod";
import { type ErrorCode, HubError, type Retry } from "../../shared/connector/errors.ts";
import type { VendorHttp } from "../../shared/connector/http.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";

const GraphqlError = z.looseObject({
  message: z.string().optional(),
  extensions: z.looseObject({ code: z.string().optional(), type: z.string().optional() }).optional(),
});
const Answer = z.looseObject({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(GraphqlError).nullish(),
});
type Answer = z.output<typeof Answer>;

/** A whole answer: no part of it failed. */
export interface Answered {
  readonly data: Readonly<Record<string, unknown>>;
  /** When Linear answered, by its own clock; undefined if it did not say. */
  readonly at: Instant | undefined;
}

/**
 * Sends one document through the connection's HTTP: deadline, budget and retries are the kit's. The SDK's own
 * `rawRequest` takes its `fetch` from the global object and cannot be given another, so the SDK only reads the errors.
 * Partial data beside errors, with status 200 too, is a failure: it is never given back.
 *
 * @throws HubError vendor_auth_expired | vendor_forbidden | vendor_rate_limited | vendor_unreachable | vendor_answer_unreadable
 */
export const send = async (
  http: VendorHttp,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answered> => {
  const response = await http.fetch("graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text().catch((cause: unknown) => {
    throw new HubError("vendor_answer_unreadable", "Linear's answer broke off in the middle", {
      retry: "later",
      cause,
    });
  });
  const answer = read(text);
  if (response.ok && answer?.data && !answer.errors?.length) {
    return { data: answer.data, at: maybeInstant(response.headers.get("date")) };
  }
  throw await failure(response, answer, query);
};

const read = (text: string): Answer | undefined => {
  try {
    return Answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** By the SDK's names of error types: https://github.com/linear/linear/blob/master/packages/sdk/src/error.ts */
const MEANINGS: ReadonlyMap<string, readonly [ErrorCode, Retry]> = new Map([
  ["AuthenticationError", ["vendor_auth_expired", "never"]],
  ["Forbidden", ["vendor_forbidden", "never"]],
  ["FeatureNotAccessible", ["vendor_forbidden", "never"]],
  ["InternalError", ["vendor_unreachable", "later"]],
  ["NetworkError", ["vendor_unreachable", "later"]],
  ["LockTimeout", ["vendor_unreachable", "later"]],
  ["UsageLimitExceeded", ["vendor_unreachable", "later"]],
]);

/** `extensions.code` where it says more than `extensions.type`. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["AUTHENTICATION_ERROR", "AuthenticationError"],
  ["FORBIDDEN", "Forbidden"],
  ["RATELIMITED", "Ratelimited"],
  ["INPUT_ERROR", "InvalidInput"],
  ["INTERNAL_SERVER_ERROR", "InternalError"],
]);

const failure = async (response: Response, answer: Answer | undefined, query: string): Promise<HubError> => {
  const { parseLinearError, RatelimitedLinearError } = await import("@linear/sdk");
  const { status, headers } = response;
  const told = answer?.errors ?? [];
  const errors = told.map(({ extensions }) => ({ extensions: { type: extensions?.type as LinearErrorType } }));
  const code = told[0]?.extensions?.code;
  // Without an error of Linear's own the SDK takes every 4xx for a refused login; a proxy's 4xx is none.
  const certain = told.length > 0 || status === 401 || status === 403;
  const theirs = certain ? parseLinearError({ response: { status, headers, errors } }).type : undefined;
  const type = CODES.get(code ?? "") ?? theirs ?? "Unknown";
  const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "query";
  const what = `${operation} answered ${status}${code === undefined ? "" : ` ${code}`}`;
  const details = { status, type };
  if (type === "Ratelimited") {
    const seconds = waitOf(new RatelimitedLinearError({ response: { headers } }), headers);
    return new HubError("vendor_rate_limited", what, { retry: { afterSeconds: seconds }, details });
  }
  const [meaning, retry] = MEANINGS.get(type) ?? (["vendor_answer_unreadable", "later"] as const);
  return new HubError(meaning, what, { retry, details });
};

/** Linear's buckets fill within an hour. */
const HOUR = 3600;
const UNTOLD = 60;

/** Seconds until both buckets, requests and complexity, may hold enough again; resets are epoch milliseconds. */
const waitOf = (limited: RatelimitedLinearError, headers: Headers): number => {
  if (limited.retryAfter !== undefined) return Math.max(1, Math.ceil(limited.retryAfter));
  const reset = Math.max(limited.requestsResetAt ?? 0, limited.complexityResetAt ?? 0);
  const now = Date.parse(headers.get("date") ?? "");
  if (reset === 0 || Number.isNaN(now)) return UNTOLD;
  return Math.min(HOUR, Math.max(1, Math.ceil((reset - now) / 1000)));
};
