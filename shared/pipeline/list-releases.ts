import { everyOf, update } from "../store/entities.ts";
import { releasesListedKey } from "../store/keys.ts";
import { putReleaseDay } from "../store/newest-releases.ts";
import type { Hub } from "./hub.ts";

/** Releases listed in one go: the next sweep goes on. */
const AT_ONCE = 500;

/** How far releases were looked at that stand nowhere yet. */
interface Listed {
  /** The last one so far; absent once all were. */
  readonly after?: string | undefined;
  /** When all were, last. */
  readonly day?: string | undefined;
}

/**
 * Gives releases that an older version of the hub stored, before an update or beside it, their place among the newest: once
 * a day, so that none is missing for longer. All others got it as they came.
 *
 * @returns how many were looked at
 */
export const listReleases = async ({ ports: { table, clock } }: Hub, atOnce = AT_ONCE): Promise<number> => {
  const { pk, sk } = releasesListedKey;
  const today = clock.now().toISOString().slice(0, 10);
  const held = (await table.get<Listed>(pk, sk))?.data;
  if (held?.after === undefined && held?.day === today) return 0;
  let after = held?.after;
  let looked = 0;
  let isComplete = true;
  for await (const release of everyOf(table, "release", after)) {
    if (looked === atOnce) {
      isComplete = false;
      break;
    }
    await putReleaseDay(table, release, false);
    after = release.id;
    looked += 1;
  }
  await update<Listed>(table, releasesListedKey, () => ({ data: isComplete ? { day: today } : { ...held, after } }));
  return looked;
};
