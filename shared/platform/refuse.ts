import type { Context } from "hono";
import { HubError, safeReason } from "../connector/errors.ts";
import { hub } from "./current.ts";

/** What the sender did wrong. A secret that nobody set, or a config in error, is not among it. */
const STATUS: ReadonlyMap<string, 400 | 401 | 404 | 413> = new Map([
  ["payload_unreadable", 400],
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
  const code = error instanceof HubError ? error.code : "internal_error";
  const status = STATUS.get(code);
  if (status === undefined) {
    hub().log.warn({ connection, code, reason: safeReason(error) }, "webhook not kept");
    return c.json({ code: "internal_error" }, 503, { "retry-after": "30" });
  }
  // Signatures are looked at where the connection is known: no word of the sender becomes a label.
  if (code === "signature_rejected") hub().meter?.add("signature_failures", { connection: connection ?? "" });
  hub().log.warn({ connection, code, reason: error.message }, "webhook refused");
  return c.json({ code }, status);
};
