import type { Instant } from "../domain/instant.ts";
import { traceOf } from "../domain/trace.ts";
import type { Connection, Hub } from "./hub.ts";
import type { PageBody } from "./messages.ts";

/**
 * Archives records as one page and queues it: the way of every poll, import, re-read and census.
 *
 * @param receivedAt when the vendor was asked, if that was not just now
 * @param bytes of `body`, where they are known already
 */
export const archivePage = async (
  hub: Hub,
  connection: Connection,
  note: { what: "page" | "reread" | "census"; stream: string },
  body: PageBody,
  receivedAt: Instant = hub.ports.clock.now().toISOString(),
  bytes: Uint8Array = pageBytes(body),
): Promise<void> => {
  const rawRef = await hub.ports.archive.put({ connectionId: connection.name, receivedAt, ...note }, bytes);
  await hub.ports.inbox.send([JSON.stringify({ connection: connection.name, rawRef })]);
  const records = Object.values(body.records).reduce((sum, list) => sum + list.length, body.gone?.length ?? 0);
  hub.log.info({ connection: connection.name, stream: note.stream, trace: traceOf(rawRef), records }, "page kept");
};

/** A page as it is archived. */
export const pageBytes = (body: PageBody): Uint8Array => Buffer.from(JSON.stringify(body));
