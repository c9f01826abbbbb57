import { Webhook } from "standardwebhooks";
import { HubError } from "../../connector/errors.ts";
import { retryAfterSeconds } from "../../connector/limits.ts";
import type { WebhookSender } from "../../ports/webhook-sender.ts";
import { checkReachable, type Reach, type Resolve, safeFetch, WEBHOOK_PORTS } from "./safe-fetch.ts";

/** An answer that takes longer is none. */
const TIMEOUT_MS = 15_000;

/**
 * Sends webhooks by Standard Webhooks 1.0.0: one signature for each secret.
 *
 * @param settings.loopback addresses of this machine are allowed too
 * @param settings.resolve in place of the system's DNS
 */
export const webhookSender = (settings: {
  readonly loopback: boolean;
  readonly version: string;
  readonly resolve?: Resolve | undefined;
  readonly timeoutMs?: number | undefined;
}): WebhookSender => {
  const reach: Reach = { loopback: settings.loopback, ports: WEBHOOK_PORTS };
  const { resolve, timeoutMs = TIMEOUT_MS } = settings;
  const fetch = safeFetch(reach, resolve);
  return {
    check: (url) => checkReachable(url, reach, resolve),
    async send({ url, id, at, body, secrets, headers }, signal) {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "user-agent": `Throughline/${settings.version}`,
            ...headers,
            "webhook-id": id,
            "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
            "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
          },
          body,
          signal: AbortSignal.any([signal, late]),
        });
        const seconds = retryAfterSeconds(response.headers, at.getTime());
        return {
          status: response.status,
          body: await response.text(),
          ...(seconds !== undefined && { retryAfterSeconds: seconds }),
        };
      } catch (error) {
        signal.throwIfAborted();
        return { body: "", reason: late.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error) };
      }
    },
  };
};

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host's name is not known",
  EAI_AGAIN: "the host's name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection broke off",
  ETIMEDOUT: "the connection timed out",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the host cannot be reached",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** In our words: what others threw may hold an address with a credential in it. */
const reasonOf = (error: unknown): string => {
  if (error instanceof HubError) return error.message;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return WORDS[code] ?? (/^[A-Z_]{3,60}$/.test(code) ? `the connection failed (${code})` : "the connection failed");
};
