import type { Instant } from "../domain/instant.ts";
import type { Connection, Hub } from "./hub.ts";
import type { PageBody } from "./messages.ts";

/**
 * Archives records as one page and queues it: the way of every poll, import, re-read and census.
 *
 * @param body or its {@link pageBytes}
 * @param receivedAt when the vendor was asked, if that was not just now
 */
export const archivePage = async (
  hub: Hub,
  connection: Connection,
  note: { what: "page" | "reread" | "census"; stream: string },
  body: PageBody | Uint8Array,
  receivedAt: Instant = hub.ports.clock.now().toISOString(),
): Promise<void> => {
  const bytes = body instanceof Uint8Array ? body : pageBytes(body);
  const rawRef = await hub.ports.archive.put({ connectionId: connection.name, receivedAt, ...note }, bytes);
  await hub.ports.inbox.send([JSON.stringify({ connection: connection.name, rawRef })]);
};

/** A page as it is archived. */
export const pageBytes = (body: PageBody): Uint8Array => Buffer.from(JSON.stringify(body));
