import { createHash } from "node:crypto";
import { ERRORS, type ErrorCode, HubError } from "../../connector/errors.ts";
import type { Reply } from "../../store/replies.ts";
import { weakTag } from "../entity-tag.ts";
import { statusOf } from "./problem.ts";
import type { Answer, Asked, Route } from "./route.ts";

const KEY = /^[\x21-\x7E]{1,255}$/;

const refused = (code: ErrorCode, why: string) => new HubError(code, why, { retry: "never" });

/** The name that a request gives itself, with the quotes of a structured field or without. @throws HubError invalid_parameter */
const nameIn = (header: string): string => {
  const name = header.trim().replace(/^"(.*)"$/, "$1");
  if (KEY.test(name)) return name;
  throw new HubError("invalid_parameter", "'Idempotency-Key' has 1 to 255 visible ASCII characters", {
    retry: "never",
    details: { parameter: "Idempotency-Key" },
  });
};

const digestOf = (route: Route, { url, body }: Asked): string =>
  createHash("sha256")
    .update(JSON.stringify([route.method, url.pathname, url.search, body ?? null]))
    .digest("base64url");

const answerOf = ({ status, body, location, isSecret, refusal }: Reply): Answer | undefined => {
  if (isSecret) throw refused("reply_shown_once", "this was done already, and its answer held a secret");
  if (refusal !== undefined) {
    const { code, message, details } = refusal;
    const known = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "internal_error";
    throw new HubError(known, message, { retry: "never", details: details as HubError["details"] });
  }
  return {
    body,
    etag: weakTag(JSON.stringify(body ?? null)),
    status: status as Answer["status"],
    location,
    isReplay: true,
  };
};

const replyOf = (route: Route, answer: Answer): Reply => ({
  status: answer.status ?? 200,
  ...(route.givesSecret === true ? { isSecret: true } : { body: answer.body }),
  ...(answer.location !== undefined && { location: answer.location }),
});

/**
 * Does what is asked once for each name that a request gives itself: a repeat within 24 hours gets the first answer.
 * What failed inside the hub is not kept, so that a repeat tries again.
 *
 * @throws HubError idempotency_in_progress | idempotency_key_reused | reply_shown_once, or what the work throws
 */
export const once = async (
  route: Route,
  asked: Asked,
  header: string | undefined,
  work: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> => {
  const { replies, now } = asked.deps;
  if (header === undefined || replies === undefined || route.method !== "POST") return work();
  const name = [asked.identity.id, nameIn(header)] as const;
  const digest = digestOf(route, asked);
  const earlier = await replies.begin(name, digest, now());
  if (earlier.is === "running") throw refused("idempotency_in_progress", "the first request of this key still runs");
  if (earlier.is === "other") throw refused("idempotency_key_reused", "this key named another request before");
  if (earlier.is === "answered") return answerOf(earlier.reply);
  try {
    const answer = await work();
    if (answer === undefined) throw refused("not_found", "there is no such thing here");
    await replies.end(name, digest, replyOf(route, answer), now());
    return answer;
  } catch (error) {
    if (error instanceof HubError && statusOf(error.code) < 500) {
      const refusal = { code: error.code, message: error.message, details: error.details };
      await replies.end(name, digest, { status: statusOf(error.code), refusal }, now());
    } else await replies.forget(name, digest, now());
    throw error;
  }
};
