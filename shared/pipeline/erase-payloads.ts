import type { Replace } from "../domain/erased-words.ts";
import type { Instant } from "../domain/instant.ts";
import type { Archive } from "../ports/archive.ts";

/** Payloads in which words were replaced: the new address by the old one. Both are there. */
export type Moved = ReadonlyMap<string, string>;

/** Payloads that are fetched at the same time. */
const AT_ONCE = 16;

/** Looks at each archived payload of some connections. */
export const eachPayload = async (
  archive: Archive,
  connections: readonly string[],
  look: (text: string, payload: Awaited<ReturnType<Archive["get"]>>, ref: string) => Promise<void> | void,
): Promise<void> => {
  const lookAt = async (ref: string) => {
    const payload = await archive.get(ref);
    await look(new TextDecoder().decode(payload.bytes), payload, ref);
  };
  for (const connection of connections) {
    let some: string[] = [];
    for await (const ref of archive.list(connection)) {
      some.push(ref);
      if (some.length < AT_ONCE) continue;
      await Promise.all(some.map(lookAt));
      some = [];
    }
    await Promise.all(some.map(lookAt));
  }
};

/**
 * Writes payloads anew in which words are to be replaced, under new addresses. The old ones stay, for the caller to remove
 * once nothing points to them.
 *
 * @param upTo what was received later is left as it is
 * @returns what was moved, and how many are left because of `upTo`
 */
export const replaceInPayloads = async (
  archive: Archive,
  connections: readonly string[],
  replace: Replace,
  upTo?: Instant,
): Promise<{ readonly moved: Moved; readonly left: number }> => {
  const moved = new Map<string, string>();
  let left = 0;
  await eachPayload(archive, connections, async (text, { note }, ref) => {
    const replaced = replace(text);
    if (replaced === text) return;
    if (upTo !== undefined && note.receivedAt > upTo) left += 1;
    else moved.set(ref, await archive.put(note, new TextEncoder().encode(replaced)));
  });
  return { moved, left };
};

const ADDRESS = /(?<![\w.-])[\w.-]+\/\d{4}-\d{2}-\d{2}\/[\w.-]+-[0-9a-f]{64}/g;

/** The same replacement, and the new addresses of payloads in place of the old ones. */
export const pointing =
  (replace: Replace, moved: Moved): Replace =>
  (text) =>
    replace(text).replaceAll(ADDRESS, (ref) => moved.get(ref) ?? ref);
