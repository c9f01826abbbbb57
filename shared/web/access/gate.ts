import type { Context, MiddlewareHandler } from "hono";
import { HubError } from "../../connector/errors.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import { type Identity, LOCAL, NOBODY } from "./identity.ts";
import { type Allowance, rateLimit } from "./rate-limit.ts";

const REQUESTS_A_MINUTE = 600;
const FAILURES_A_MINUTE = 20;

const tooMany = (what: string, { seconds }: Allowance): HubError =>
  new HubError("rate_limited", `${what}: wait ${seconds} s`, {
    retry: { afterSeconds: seconds },
    details: { seconds },
  });

/** Where a request comes from, as API Gateway tells it; all callers together where nobody does. */
export const callerOf = (c: Context<WebEnv>): string => c.env?.event?.requestContext?.http?.sourceIp ?? "unknown";

/** Says on each answer what is left (draft-ietf-httpapi-ratelimit-headers). */
const tell = (c: Context<WebEnv>, { left, seconds }: Allowance): void => {
  c.header("RateLimit-Policy", `"default";q=${REQUESTS_A_MINUTE};w=60`);
  c.header("RateLimit", `"default";r=${left};t=${seconds}`);
};

/** What each of them may ask. */
export const allowances = () => rateLimit(REQUESTS_A_MINUTE);

/** Takes one request from somebody's allowance. @throws HubError rate_limited once it is spent */
export const takeRequest = (
  c: Context<WebEnv>,
  requests: ReturnType<typeof allowances>,
  id: string,
  now: Date,
): void => {
  const allowance = requests.take(id, now);
  tell(c, allowance);
  if (allowance.isSpent) throw tooMany(`more than ${REQUESTS_A_MINUTE} requests a minute`, allowance);
};

/** Finds out who asks and holds them to their allowance, before anything else is done for them. */
export const gate = (deps: WebDeps): MiddlewareHandler<WebEnv> => {
  const requests = allowances();
  const failures = rateLimit(FAILURES_A_MINUTE);
  const known = async (c: Context<WebEnv>): Promise<Identity> => {
    try {
      return deps.identify === undefined ? LOCAL : await deps.identify(c.req.raw);
    } catch (error) {
      const allowance = failures.take(callerOf(c), deps.now());
      throw allowance.isSpent ? tooMany("too many wrong keys", allowance) : error;
    }
  };
  return async (c, next) => {
    c.set("failures", {
      check: () => {
        const allowance = failures.take(callerOf(c), deps.now(), 0);
        if (allowance.isSpent) throw tooMany("too many failed sign-ins", allowance);
      },
      note: () => void failures.take(callerOf(c), deps.now()),
    });
    const shared = c.env?.sharedAs;
    const identity = shared ?? (await known(c));
    c.set("identity", identity);
    if (identity === LOCAL || identity === NOBODY || shared !== undefined) return next();
    takeRequest(c, requests, identity.id, deps.now());
    return next();
  };
};
