import { everyOf, update } from "../store/entities.ts";
import { releasesListedKey } from "../store/keys.ts";
import { putReleaseDay } from "../store/newest-releases.ts";
import type { Hub } from "./hub.ts";

/** Releases listed in one go: the next sweep goes on. */
const AT_ONCE = 500;

/** How far releases that were there before the list of them got their place in it. */
interface Listed {
  /** The last one so far; absent once all were. */
  readonly after?: string | undefined;
}

/**
 * Gives releases that an older version of the hub stored their place among the newest; later ones get it as they come.
 *
 * @returns how many were looked at
 */
export const listReleases = async ({ ports: { table } }: Hub, atOnce = AT_ONCE): Promise<number> => {
  const { pk, sk } = releasesListedKey;
  const held = (await table.get<Listed>(pk, sk))?.data;
  if (held !== undefined && held.after === undefined) return 0;
  let after = held?.after;
  let looked = 0;
  let isComplete = true;
  for await (const release of everyOf(table, "release")) {
    if (after !== undefined && release.id <= after) continue;
    if (looked === atOnce) {
      isComplete = false;
      break;
    }
    await putReleaseDay(table, release, false);
    after = release.id;
    looked += 1;
  }
  await update<Listed>(table, releasesListedKey, () => ({ data: isComplete ? {} : { after } }));
  return looked;
};
