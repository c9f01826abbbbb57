import type * as z from "zod";
import { bounded } from "./bounded.ts";
import type { HttpSettings } from "./contract.ts";
import { type Access, openAccess } from "./credential.ts";
import { HubError } from "./errors.ts";
import { type Budget, budget, type Limits, limitsIn, retryAfterSeconds } from "./limits.ts";

/** Time and chance, handed in so that nothing here reads a clock of its own. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Resolves after the time, rejects as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1 */
  readonly random: () => number;
}

/** How a connector talks to its vendor: every call has a deadline, a budget and the one retry policy. */
export interface VendorHttp {
  readonly baseUrl: string;
  /**
   * A `fetch` for SDKs: waits for the budget, tries again what may succeed, and gives any other answer as it is.
   * Sends the connection's headers and credential, to the connection's own hosts only, and follows no redirect. A
   * credential that is refused is renewed once and the call made again, where it can be renewed.
   *
   * @throws HubError vendor_rate_limited | vendor_unreachable | vendor_auth_expired
   */
  readonly fetch: typeof fetch;
  /**
   * One call whose answer must be JSON of this shape.
   *
   * @param path below the base URL, or an absolute URL on one of the connection's hosts
   * @throws HubError vendor_auth_expired | vendor_forbidden | vendor_not_found | vendor_rate_limited | vendor_unreachable | vendor_answer_unreadable
   */
  readonly json: <S extends z.ZodType>(
    shape: S,
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ) => Promise<z.output<S>>;
}

/** Longest wait inside a run; what takes longer goes back to the queue. */
const WAIT_AT_MOST_SECONDS = 60;
const ATTEMPTS = 5;
const TIMEOUT_MS = 30_000;

/**
 * Opens a connection's HTTP for one run.
 *
 * @param run ends every call and every wait
 * @param allowance shared by all runs of the connection
 * @param access shared by all runs of the connection
 */
export const vendorHttp = (
  settings: HttpSettings,
  around: Surroundings,
  run: AbortSignal,
  allowance: Budget = budget(settings.requestsPerMinute, around.now),
  access: Access = openAccess(settings.credential, around),
): VendorHttp => {
  const base = new URL(settings.baseUrl);
  const origins = new Set([settings.baseUrl, ...(settings.alsoAt ?? [])].map((address) => new URL(address).origin));
  const limits = (headers: Headers, now: number): Limits => settings.limits?.(headers, now) ?? limitsIn(headers, now);
  const { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS, isOverloaded = () => false } = settings;

  /** The answer, or the failure if it may be another one soon. */
  const once = async (url: URL, init: RequestInit, authorization: string | undefined): Promise<Response | HubError> => {
    const headers = headersOf(init, { ...settings.headers, ...(authorization !== undefined && { authorization }) });
    const signal = AbortSignal.any([run, AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])]);
    try {
      const response = bounded(await around.fetch(url, { ...init, headers, signal, redirect: "manual" }), url.host);
      await allowance.learn(limits(response.headers, around.now()));
      const failure = isOverloaded(response)
        ? overloaded(url, response.status)
        : await transient(response, url, around.now(), limits);
      if (failure === undefined) return response;
      await response.body?.cancel();
      if (failure.code === "vendor_rate_limited" && typeof failure.retry === "object")
        await allowance.holdBack(around.now() + failure.retry.afterSeconds * 1000);
      return failure;
    } catch (cause) {
      run.throwIfAborted();
      // Ours, and said already: an address that nothing may be sent to.
      if (cause instanceof HubError) throw cause;
      return new HubError("vendor_unreachable", `${url.host} did not answer`, { retry: "later", cause });
    }
  };

  /** @throws HubError vendor_rate_limited if the budget opens later than a run may wait */
  const waitForBudget = async (url: URL): Promise<void> => {
    const wait = async (milliseconds: number): Promise<void> => {
      if (milliseconds > WAIT_AT_MOST_SECONDS * 1000) throw limited(url, milliseconds / 1000);
      await around.sleep(milliseconds, run);
    };
    await wait(await allowance.waitMs());
    // Another call may have been told to wait meanwhile.
    await wait(allowance.heldMs());
  };

  const send: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, `${settings.baseUrl.replace(/\/$/, "")}/`);
    if (!origins.has(url.origin)) {
      throw new HubError("vendor_answer_unreadable", `refused to follow an address outside ${base.host}`, {
        retry: "never",
      });
    }
    let isRenewed = false;
    for (let attempt = 1; ; attempt++) {
      await waitForBudget(url);
      const authorization = await access.authorization();
      run.throwIfAborted();
      const outcome = await once(url, init, authorization);
      if (!(outcome instanceof HubError)) {
        if (!(await isUnauthorised(outcome))) {
          access.accepted(outcome.headers);
          return outcome;
        }
        if (isRenewed || !(await access.refused(authorization))) return outcome;
        isRenewed = true;
        await outcome.body?.cancel();
        continue;
      }
      const seconds =
        typeof outcome.retry === "object"
          ? outcome.retry.afterSeconds
          : 2 ** (attempt - 1) * (0.5 + around.random() / 2);
      if (attempt >= attempts || seconds > WAIT_AT_MOST_SECONDS) throw outcome;
      await around.sleep(seconds * 1000, run);
    }
  };

  return {
    baseUrl: settings.baseUrl,
    fetch: send,
    async json(shape, method, path, body) {
      const response = await send(path.replace(/^\//, ""), {
        method,
        headers: { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw refused(response, path);
      const text = await response.text().catch((cause: unknown) => {
        run.throwIfAborted();
        throw cause instanceof HubError ? cause : unreadable(path, "broke off in the middle", cause);
      });
      return parsed(shape, text, path);
    },
  };
};

/** The connection's own headers over the call's. Says nothing of a value that no header may have: it is a credential. */
const headersOf = (init: RequestInit, own: HttpSettings["headers"]): Headers => {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(own)) {
    try {
      headers.set(name, value);
    } catch {
      throw new HubError("config_invalid", `the credential has characters that no ${name} header may have`, {
        retry: "never",
      });
    }
  }
  return headers;
};

/** 401, or Linear's 400 that says so in its body. */
const isUnauthorised = async (response: Response): Promise<boolean> =>
  response.status === 401 ||
  (response.status === 400 &&
    /"AUTHENTICATION_ERROR"/.test(
      await response
        .clone()
        .text()
        .catch(() => ""),
    ));

const unreadable = (path: string, what: string, cause: unknown): HubError =>
  new HubError("vendor_answer_unreadable", `${withoutQuery(path)} ${what}`, { retry: "later", cause });

/** Reads a vendor's answer; HTML with status 200, half a body and a wrong shape are all one failure. */
const parsed = <S extends z.ZodType>(shape: S, text: string, path: string): z.output<S> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, "did not answer with JSON", cause);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw unreadable(path, "answered in another shape than we read", result.error);
};

/** The failure of an answer that may be another one soon, or undefined. Reads the body only of a copy. */
const transient = async (
  response: Response,
  url: URL,
  now: number,
  limits: (headers: Headers, now: number) => Limits,
): Promise<HubError | undefined> => {
  const { status, headers } = response;
  const told = retryAfterSeconds(headers, now);
  const isLimited =
    status === 429 ||
    (status === 403 &&
      (told !== undefined ||
        headers.get("x-ratelimit-remaining") === "0" ||
        /secondary rate/i.test(await response.clone().text()))) ||
    (status === 400 && /"RATELIMITED"/.test(await response.clone().text()));
  if (isLimited) {
    const reset = limits(headers, now).resetAt;
    const seconds = told ?? (reset === undefined ? 60 : Math.max(1, (reset - now) / 1000));
    return limited(url, seconds, status);
  }
  if (![500, 502, 503, 504, 529].includes(status)) return undefined;
  return new HubError("vendor_unreachable", `${url.host} answered ${status}`, {
    retry: told === undefined ? "later" : { afterSeconds: told },
    details: { status },
  });
};

/** No time to wait is told: the next tries come later and later. */
const overloaded = (url: URL, status: number): HubError =>
  new HubError("vendor_rate_limited", `${url.host} is overloaded: it answered ${status}`, {
    retry: "later",
    details: { status },
  });

const limited = (url: URL, seconds: number, status?: number): HubError =>
  new HubError("vendor_rate_limited", `${url.host} asks to wait ${Math.ceil(seconds)} s`, {
    retry: { afterSeconds: Math.ceil(seconds) },
    details: { status },
  });

/** The error for an answer that is final. */
export const refused = ({ status }: { readonly status: number }, path: string): HubError => {
  const what = `${withoutQuery(path)} answered ${status}`;
  if (status === 401) return new HubError("vendor_auth_expired", what, { retry: "never", details: { status } });
  if (status === 403) return new HubError("vendor_forbidden", what, { retry: "never", details: { status } });
  if (status === 404 || status === 410)
    return new HubError("vendor_not_found", what, { retry: "never", details: { status } });
  return new HubError("vendor_answer_unreadable", what, { retry: "later", details: { status } });
};

/** Addresses may carry tokens in their query: they never reach a message. */
const withoutQuery = (path: string): string => path.split("?", 1)[0] ?? "";
