import { createHash } from "node:crypto";
import { HubError } from "../connector/errors.ts";
import { traceOf } from "../domain/trace.ts";
import { update } from "../store/entities.ts";
import { lists, quarantineKey } from "../store/keys.ts";
import type { Quarantined } from "../store/views.ts";
import type { Hub } from "./hub.ts";

/**
 * Sets a record aside that no retry can mend; its bytes stay in the archive. The same record is set aside once.
 *
 * @returns the id under which it waits
 */
export const setAside = async (
  hub: Hub,
  what: Pick<Quarantined, "connectionId" | "stream" | "rawRef" | "index">,
  error: unknown,
): Promise<string> => {
  const id = createHash("sha256")
    .update(JSON.stringify([what.rawRef, what.stream, what.index]))
    .digest("hex")
    .slice(0, 16);
  const code = error instanceof HubError ? error.code : "payload_unreadable";
  const message = error instanceof HubError ? reasonOf(error) : "the record could not be read";
  const at = hub.ports.clock.now().toISOString();
  // The archive address starts with the time of receipt, so the key is the same at every attempt.
  const receivedDay = what.rawRef.split("/")[1] ?? at.slice(0, 10);
  await update<Quarantined>(hub.ports.table, quarantineKey(what.connectionId, receivedDay, id), (held) =>
    held !== undefined && (held.data.resolvedAt === undefined || held.data.discarded === true)
      ? undefined
      : {
          data: { ...held?.data, resolvedAt: undefined, id, ...what, code, message, at },
          list: lists.ofUnresolved(what.connectionId, receivedDay, id),
        },
  );
  hub.meter?.add("quarantined", { connection: what.connectionId, code });
  hub.log.warn(
    { connection: what.connectionId, stream: what.stream, trace: traceOf(what.rawRef), code, reason: message },
    "quarantined",
  );
  return id;
};

/** Paths of what did not fit, never values: they may be customers' texts. */
const reasonOf = (error: HubError): string => {
  const cause = error.cause;
  if (typeof cause !== "object" || cause === null || !("issues" in cause) || !Array.isArray(cause.issues))
    return error.message;
  const paths = (cause.issues as { path: PropertyKey[]; code: string }[])
    .slice(0, 5)
    .map(({ path, code }) => `${path.map(String).join(".") || "(all of it)"}: ${code}`);
  return `${error.message} (${paths.join("; ")})`;
};
