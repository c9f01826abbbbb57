import type { Asked } from "../http/server.ts";
import { SITES } from "../site/sites.ts";

/** The ways to answer badly, with what each does. */
export const WAYS = {
  html: "200 with a page of HTML",
  invalid_json: "200 with JSON that cannot be read",
  truncated: "half of the body under the whole content-length, then a closed socket",
  half: "half of the page's rows, and a next token that goes on after them",
  empty_page: "no rows, and a next token that goes on",
  repeat_cursor: "the next token is the one the page was asked with",
  rate_limited: "429 with Retry-After; seconds",
  secondary_limit: "GitHub's 403 with Retry-After; seconds",
  linear_limit: "Linear's 400 with the code RATELIMITED; seconds",
  server_error: "status: 500, 502, 503 or 504; seconds: Retry-After",
  reset: "the socket is closed without an answer",
  slow: "the right answer after ms",
  graphql_errors: "Linear's 200 with errors and partial data",
  unauthorized: "401",
  token_expired: "401 to every request until behave",
  gone: "410",
  forbidden: "403 to every request until behave: a permission is missing",
} as const;
export type Way = keyof typeof WAYS;
export type VendorName = "jira" | "linear" | "github";

/** How the next requests to a vendor are answered. */
export interface Rule {
  readonly vendor: string;
  readonly how: Way;
  /** How many requests are answered so. */
  times: number;
  /** How many are let through before. */
  after: number;
  /** Only requests whose path, query or body contains this count. */
  readonly path?: string;
  readonly seconds?: number;
  readonly status?: number;
  readonly ms?: number;
}

const ONLY: Readonly<Partial<Record<Way, VendorName>>> = {
  secondary_limit: "github",
  linear_limit: "linear",
  graphql_errors: "linear",
};
const STATUSES = [500, 502, 503, 504];

const TRACKERS = ["jira", "linear", "github"] as const;

/** The tracker of that name. */
export const vendorOf = (name: unknown): VendorName | undefined => TRACKERS.find((known) => known === name);

/** A rule as a request asks for it, or what is wrong with the request. */
export const ruleOf = (request: Readonly<Record<string, unknown>>): Rule | string => {
  const vendor = [...TRACKERS, ...Object.keys(SITES)].find((known) => known === request["vendor"]);
  const how = (Object.keys(WAYS) as Way[]).find((name) => name === request["how"]);
  if (vendor === undefined) return `vendor is one of ${[...TRACKERS, ...Object.keys(SITES)].join(", ")}.`;
  if (how === undefined) return `how is one of ${Object.keys(WAYS).join(", ")}.`;
  if (ONLY[how] !== undefined && ONLY[how] !== vendor) return `${how} is for ${ONLY[how]} alone.`;
  const count = (name: string, standard: number): number | undefined =>
    request[name] === undefined ? standard : Number.isFinite(request[name]) ? Number(request[name]) : undefined;
  const [times, after] = [
    count("times", how === "token_expired" || how === "forbidden" ? Number.POSITIVE_INFINITY : 1),
    count("after", 0),
  ];
  const [seconds, status, ms] = [count("seconds", -1), count("status", 500), count("ms", 50)];
  if ([times, after, seconds, status, ms].includes(undefined))
    return "times, after, seconds, status and ms are numbers.";
  if (!STATUSES.includes(status ?? 0)) return `status is one of ${STATUSES.join(", ")}.`;
  return {
    vendor,
    how,
    times: times ?? 1,
    after: after ?? 0,
    ...(typeof request["path"] === "string" ? { path: request["path"] } : {}),
    ...(seconds === undefined || seconds < 0 ? {} : { seconds }),
    ...(status === undefined ? {} : { status }),
    ...(ms === undefined ? {} : { ms }),
  };
};

/** What is to be answered badly, in the order it was asked for. */
export class Rules {
  #rules: Rule[] = [];

  add(rule: Rule): void {
    this.#rules.push(rule);
  }

  /** Ends the rules of a vendor, or of all. */
  end(vendor?: unknown): void {
    this.#rules = vendor === undefined ? [] : this.#rules.filter((rule) => rule.vendor !== vendor);
  }

  /** The rule for a request; counts the request. Absent if it is answered well. */
  take(vendor: string, asked: Asked): Rule | undefined {
    const text = (): string => `${asked.path}?${asked.query}\n${asked.body.toString("utf8")}`;
    for (const rule of this.#rules) {
      if (rule.vendor !== vendor || rule.times <= 0) continue;
      if (rule.path !== undefined && !text().includes(rule.path)) continue;
      if (rule.after > 0) rule.after -= 1;
      else {
        rule.times -= 1;
        return rule;
      }
    }
    return undefined;
  }
}
