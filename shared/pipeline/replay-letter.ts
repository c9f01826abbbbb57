import { HubError } from "../connector/errors.ts";
import { endWait, letterNamed } from "../store/dead-letters.ts";
import type { Connection, Hub } from "./hub.ts";
import { ingest, type Outcome } from "./ingest.ts";
import type { InboxMessage } from "./messages.ts";
import type { Together } from "./together.ts";

/** Queues the payload of one record that was set aside to be read again. What does not wait any more is left alone. */
export const askForLetter = async (hub: Hub, { name: connection }: Connection, letter: string): Promise<void> => {
  const found = await letterNamed(hub.ports.table, connection, letter);
  if (found === undefined)
    throw new HubError("not_found", `nothing called ${letter.slice(0, 80)} was set aside of ${connection}`, {
      retry: "never",
    });
  if (found.resolvedAt !== undefined) return;
  const message: InboxMessage = { connection, rawRef: found.rawRef, letter };
  await hub.ports.inbox.send([JSON.stringify(message)]);
};

/**
 * Reads a payload. The record because of which it is read again waits on if it still cannot be read; a crash in between
 * leaves it waiting, too.
 *
 * @param together gathers what the tool is to be asked, for the caller to send
 */
export const readMessage = async (hub: Hub, message: InboxMessage, together?: Together): Promise<Outcome> => {
  const { connection, letter } = message;
  const outcome = await ingest(hub, message, { replay: letter !== undefined, together });
  const found = letter === undefined ? undefined : await letterNamed(hub.ports.table, connection, letter);
  if (found !== undefined && !outcome.waiting.includes(found.id))
    await endWait(hub.ports.table, found, { at: hub.ports.clock.now().toISOString() });
  return outcome;
};
