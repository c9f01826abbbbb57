import { rowsOf, update } from "../store/entities.ts";
import { mappedKey, partition } from "../store/keys.ts";
import type { Connection, Hub } from "./hub.ts";
import type { InboxMessage } from "./messages.ts";
import type { StreamState } from "./poll-stream.ts";

/** Payloads handed to the inbox at once: what comes in meanwhile waits behind no more than these. */
const AT_ONCE = 200;

/** Under which mapping a connection's archive was last read. */
interface Mapped {
  readonly version: number;
}

/** After a change of the mapping: asks for the connection's archive to be read again, without the vendor. */
export const askForRederivation = async (hub: Hub, connection: Connection): Promise<void> => {
  const key = mappedKey(connection.name);
  const held = (await hub.ports.table.get<Mapped>(key.pk, key.sk))?.data;
  const { version } = await hub.mapping();
  if (held?.version === version) return;
  if (held !== undefined || (await hasRead(hub, connection)))
    await hub.ports.jobs.send([JSON.stringify({ connection: connection.name, replay: {} })]);
  await update<Mapped>(hub.ports.table, key, (before) => ({ data: { ...before?.data, version } }));
};

/** Notes that the whole archive of a connection was just read under the mapping in force. */
export const noteMapping = async (hub: Hub, connection: string): Promise<void> => {
  const { version } = await hub.mapping();
  await update<Mapped>(hub.ports.table, mappedKey(connection), (held) => ({ data: { ...held?.data, version } }));
};

const hasRead = async (hub: Hub, { name }: Connection): Promise<boolean> => {
  for await (const _ of rowsOf<StreamState>(hub.ports.table, partition.ofConnection(name), "")) return true;
  return false;
};

/** Queues archived payloads to be read again, oldest first, a bounded number by each job. */
export const rederive = async (
  hub: Hub,
  connection: Connection,
  after: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const { archive, inbox } = hub.ports;
  const messages: InboxMessage[] = [];
  for await (const rawRef of archive.list(connection.name, after === undefined ? undefined : receivedAt(after))) {
    signal.throwIfAborted();
    if (after !== undefined && rawRef <= after) continue;
    messages.push({ connection: connection.name, rawRef, replay: true });
    if (messages.length === AT_ONCE) break;
  }
  if (messages.length > 0)
    await inbox.send(
      messages.map((message, index) => JSON.stringify(index === AT_ONCE - 1 ? { ...message, last: true } : message)),
    );
  if (messages.length < AT_ONCE)
    hub.log.info({ connection: connection.name }, "archive queued to be read under the new mapping");
};

/** Asks for the next part, once the last payload of a part was read, or set aside. */
export const rederiveOn = async (hub: Hub, { connection, rawRef, last }: InboxMessage): Promise<void> => {
  if (last === true) await hub.ports.jobs.send([JSON.stringify({ connection, replay: { after: rawRef } })]);
};

/** An address holds the time of receipt behind the connection's name. */
const receivedAt = (rawRef: string): string | undefined => rawRef.split("/")[1];
