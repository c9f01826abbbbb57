import type * as z from "zod";
import type { HttpSettings } from "./contract.ts";
import { HubError } from "./errors.ts";
import { type Budget, budget, limitsIn, retryAfterSeconds } from "./limits.ts";

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
   * Sends the connection's headers, to the connection's own host only, and follows no redirect.
   *
   * @throws HubError vendor_rate_limited | vendor_unreachable
   */
  readonly fetch: typeof fetch;
  /**
   * One call whose answer must be JSON of this shape.
   *
   * @param path below the base URL, or an absolute URL on the same host
   * @throws HubError vendor_auth_expired | vendor_forbidden | vendor_not_found | vendor_rate_limited | vendor_unreachable | vendor_answer_unreadable
   */
  readonly json: <S extends z.ZodType>(
    shape: S,
    method: "GET" | "POST" | "PUT",
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
 */
export const vendorHttp = (
  settings: HttpSettings,
  around: Surroundings,
  run: AbortSignal,
  allowance: Budget = budget(settings.requestsPerMinute, around.now),
): VendorHttp => {
  const base = new URL(settings.baseUrl);

  const once = async (url: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(settings.headers)) headers.set(name, value);
    const signal = AbortSignal.any([run, AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])]);
    try {
      return await around.fetch(url, { ...init, headers, signal, redirect: "manual" });
    } catch (cause) {
      run.throwIfAborted();
      throw new HubError("vendor_unreachable", `${url.host} did not answer`, { retry: "later", cause });
    }
  };

  const send: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, `${settings.baseUrl.replace(/\/$/, "")}/`);
    if (url.origin !== base.origin) {
      throw new HubError("vendor_answer_unreadable", `refused to follow an address outside ${base.host}`, {
        retry: "never",
      });
    }
    for (let attempt = 1; ; attempt++) {
      await around.sleep(allowance.waitMs(), run);
      const outcome = await once(url, init).catch((error: unknown) => error);
      if (outcome instanceof Error && !(outcome instanceof HubError)) throw outcome;
      if (outcome instanceof Response) allowance.learn(limitsIn(outcome.headers, around.now()));
      const failure = outcome instanceof Response ? await transient(outcome, url, around.now()) : (outcome as HubError);
      if (failure === undefined) return outcome as Response;
      const seconds =
        typeof failure.retry === "object"
          ? failure.retry.afterSeconds
          : 2 ** (attempt - 1) * (0.5 + around.random() / 2);
      if (attempt >= ATTEMPTS || seconds > WAIT_AT_MOST_SECONDS) throw failure;
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
      return parsed(shape, await response.text(), path);
    },
  };
};

/** Reads a vendor's answer; HTML with status 200, half a body and a wrong shape are all one failure. */
const parsed = <S extends z.ZodType>(shape: S, text: string, path: string): z.output<S> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HubError("vendor_answer_unreadable", `${withoutQuery(path)} did not answer with JSON`, {
      retry: "later",
      cause,
    });
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw new HubError("vendor_answer_unreadable", `${withoutQuery(path)} answered in another shape than we read`, {
    retry: "later",
    cause: result.error,
  });
};

/** The failure of an answer that may be another one soon, or undefined. Reads the body only of a copy. */
const transient = async (response: Response, url: URL, now: number): Promise<HubError | undefined> => {
  const { status, headers } = response;
  const told = retryAfterSeconds(headers, now);
  const limited =
    status === 429 ||
    (status === 403 &&
      (told !== undefined ||
        headers.get("x-ratelimit-remaining") === "0" ||
        /secondary rate/i.test(await response.clone().text()))) ||
    (status === 400 && /"RATELIMITED"/.test(await response.clone().text()));
  if (limited) {
    const reset = limitsIn(headers, now).resetAt;
    const seconds = told ?? (reset === undefined ? 60 : Math.max(1, (reset - now) / 1000));
    return new HubError("vendor_rate_limited", `${url.host} asks to wait ${Math.ceil(seconds)} s`, {
      retry: { afterSeconds: Math.ceil(seconds) },
      details: { status },
    });
  }
  if (![500, 502, 503, 504, 529].includes(status)) return undefined;
  return new HubError("vendor_unreachable", `${url.host} answered ${status}`, {
    retry: told === undefined ? "later" : { afterSeconds: told },
    details: { status },
  });
};

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
