import type { Archive, Archived } from "../../ports/archive.ts";

/** Two or three pages: what waits longer is read from the file. */
const BYTES_AT_MOST = 4 * 1024 * 1024;

/**
 * An archive that gives what it just kept to whoever asks for it next in the same process, without reading the file
 * again: the very bytes, which are on the disk before anybody can know their address. Each is handed over once.
 */
export const handedOver = (archive: Archive): Archive => {
  const held = new Map<string, Archived>();
  let bytesHeld = 0;
  const take = (ref: string): Archived | undefined => {
    const found = held.get(ref);
    if (found === undefined) return undefined;
    held.delete(ref);
    bytesHeld -= found.bytes.byteLength;
    return found;
  };
  return {
    ...archive,
    async put(note, bytes) {
      const ref = await archive.put(note, bytes);
      take(ref);
      if (bytes.byteLength > BYTES_AT_MOST) return ref;
      held.set(ref, { note, bytes });
      bytesHeld += bytes.byteLength;
      for (const [oldest] of held) {
        if (bytesHeld <= BYTES_AT_MOST) break;
        take(oldest);
      }
      return ref;
    },
    get: async (ref) => take(ref) ?? archive.get(ref),
  };
};
