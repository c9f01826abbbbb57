import type { Context } from "hono";
import { HubError } from "../connector/errors.ts";
import { hub } from "./current.ts";

const STATUS: ReadonlyMap<string, 400 | 401 | 404 | 413> = new Map([
  ["signature_rejected", 401],
  ["connection_unknown", 404],
  ["payload_too_large", 413],
]);

/**
 * The receiver's answer to a failure: a code and no detail, since the sender is not yet known to be who it says.
 * What is our fault asks to come again, so that the vendor keeps the delivery.
 */
export const refuse = (error: Error, c: Context): Response => {
  const connection = c.req.param("connection");
  if (!(error instanceof HubError) || error.retry !== "never") {
    hub().log.warn({ connection, code: "internal_error", reason: error.message }, "webhook not kept");
    return c.json({ code: "internal_error" }, 503, { "retry-after": "30" });
  }
  hub().log.warn({ connection, code: error.code, reason: error.message }, "webhook refused");
  return c.json({ code: error.code }, STATUS.get(error.code) ?? 400);
};
