import type { Hub } from "./hub.ts";

/** More than a power cut can take of what was committed but not yet on the disk. */
const LOOK_BACK_MS = 5 * 60_000;

/**
 * Queues the latest webhooks once more, after a stop that was none of ours: a power cut may take the last rows of the
 * queue, never the archive, and vendors were told that they arrived. Pages need none of this: with their rows goes the
 * cursor behind them, so they are read again. What was handled already changes nothing.
 *
 * @param lastWrite when the store was last written
 * @returns how many
 */
export const requeueWebhooks = async (hub: Hub, lastWrite: Date): Promise<number> => {
  const from = new Date(lastWrite.getTime() - LOOK_BACK_MS).toISOString();
  let queued = 0;
  for (const connection of hub.connectionNames) {
    for await (const rawRef of hub.ports.archive.list(connection, from)) {
      const { note } = await hub.ports.archive.get(rawRef);
      if (note.what !== "webhook") continue;
      await hub.ports.inbox.send([JSON.stringify({ connection, rawRef })]);
      queued += 1;
    }
  }
  return queued;
};
