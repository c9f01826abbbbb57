import type { ReadContext } from "../../shared/connector/contract.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { refused } from "../../shared/connector/http.ts";
import { type Instant, maybeInstant } from "../../shared/domain/instant.ts";

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** One answer of GitHub, its JSON as sent. */
export interface Answer {
  readonly body: unknown;
  /** Address of the next page; absent on the last. */
  readonly next?: string;
  readonly etag?: string;
  /** GitHub's own time of answering. */
  readonly at?: Instant;
}

/** GitHub's REST API over the connection's HTTP: its deadline, budget and retries. */
export interface GitHub {
  /**
   * One page of a list, or undefined if it still is what `etag` stands for.
   *
   * @param where a route such as `GET /repos/{owner}/{repo}/issues`, or the address of a next page
   */
  readonly page: (where: string, parameters?: Parameters, etag?: string) => Promise<Answer | undefined>;
  /** One thing, or undefined if GitHub says that it is gone, has moved or is hidden (301, 404, 410, 422 for a lost commit). */
  readonly find: (route: string, parameters?: Parameters) => Promise<Answer | undefined>;
  /** Where GitHub says that a thing lives now, on the same host; undefined if it is still there, or gone for good. */
  readonly forwarded: (route: string) => Promise<string | undefined>;
}

const GONE = new Set([301, 302, 307, 308, 404, 410, 422]);
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Opens the API; loads GitHub's own client, which nothing else needs. */
export const openGitHub = async ({ http, signal }: Pick<ReadContext<unknown>, "http" | "signal">): Promise<GitHub> => {
  const [{ Octokit }, { throttling }] = await Promise.all([
    import("@octokit/rest"),
    import("@octokit/plugin-throttling"),
  ]);
  const octokit = new (Octokit.plugin(throttling))({
    baseUrl: http.baseUrl.replace(/\/$/, ""),
    userAgent: "throughline",
    log: SILENT,
    // Our own fetch has waited and retried already; what still fails goes back to the queue instead of sleeping here.
    throttle: { id: http.baseUrl, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    request: { fetch: http.fetch, signal, parseSuccessResponseBody: false },
  });

  const ask = async (route: string, parameters: Parameters, headers: Record<string, string>): Promise<Answer> => {
    try {
      const response = await octokit.request(route, { ...parameters, headers });
      const { status, data } = response as { status: number; data: unknown };
      const told = response.headers;
      // A redirect is not followed: the record or repository lives elsewhere now.
      if (status >= 300) throw elsewhere(pathOf(route), told.location);
      const next = /<([^<>]+)>;\s*rel="next"/.exec(told.link ?? "")?.[1];
      const at = maybeInstant(told.date);
      return {
        body: await jsonOf(data, route),
        ...(next !== undefined && { next }),
        ...(told.etag !== undefined && { etag: told.etag }),
        ...(at !== undefined && { at }),
      };
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, route);
    }
  };

  return {
    async page(where, parameters = {}, etag) {
      const route = where.startsWith("http") ? `GET ${where}` : where;
      try {
        return await ask(route, parameters, etag === undefined ? {} : { "if-none-match": etag });
      } catch (error) {
        if (statusOf(error) === 304) return undefined;
        throw error;
      }
    },
    async find(route, parameters = {}) {
      try {
        return await ask(route, parameters, {});
      } catch (error) {
        if (GONE.has(statusOf(error) ?? 0)) return undefined;
        throw error;
      }
    },
    async forwarded(route) {
      try {
        await ask(route, {}, {});
      } catch (error) {
        const location = error instanceof HubError ? error.details["location"] : undefined;
        if (typeof location === "string") return location.startsWith(http.baseUrl) ? location : undefined;
        if (!GONE.has(statusOf(error) ?? 0)) throw error;
      }
      return undefined;
    },
  };
};

/** The body untouched: Octokit's own parser turns large numbers into bigint. */
const jsonOf = async (data: unknown, route: string): Promise<unknown> => {
  const text = await new Response((data ?? "") as ConstructorParameters<typeof Response>[0]).text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HubError("vendor_answer_unreadable", `${pathOf(route)} did not answer with JSON`, {
      retry: "later",
      cause,
    });
  }
};

const elsewhere = (path: string, location: string | undefined): HubError =>
  new HubError("vendor_not_found", `${path} lives elsewhere now`, {
    retry: "never",
    details: { status: 404, location },
  });

/** Octokit wraps what our fetch throws, and throws for every status but success. */
const failureOf = (error: unknown, route: string): unknown => {
  if (error instanceof HubError) return error;
  const { status, cause } = error as { status?: number; cause?: unknown };
  if (cause instanceof HubError) return cause;
  if (cause === undefined && status !== undefined) return refused({ status }, pathOf(route));
  return new HubError("vendor_unreachable", `${pathOf(route)} did not answer`, { retry: "later", cause: error });
};

const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof HubError)) return undefined;
  const { status } = error.details;
  return typeof status === "number" ? status : undefined;
};

const pathOf = (route: string): string => {
  const where = route.replace(/^[A-Z]+ /, "");
  return where.startsWith("http") ? new URL(where).pathname : where;
};

/** Whether GitHub answered 410: the repository has this feature switched off. */
export const isSwitchedOff = (error: unknown): boolean => statusOf(error) === 410;
