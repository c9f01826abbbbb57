import type { DatabaseSync } from "node:sqlite";
import type { Truth } from "../../infra/sandbox/control/records.ts";
import { openBenchCompany, scratchFolder, type Vendor } from "./bench-company.ts";
import { type Asked, openBenchHub } from "./bench-hub.ts";
import { type Facts, type Phase, type Smallest, smallest } from "./smallest.ts";

export type { Phase };

/** Requests of one sync beside the fewest that its API allows. */
export interface Measured {
  readonly vendor: Vendor;
  readonly phase: Phase;
  /** Issues that the tool holds. */
  readonly size: number;
  /** How many of them the sync had to read. */
  readonly issues: number;
  readonly asked: Asked;
  readonly smallest: Smallest;
}

const MINUTE_MS = 60_000;
/** Longer than any overlap, so that a sync reads again none of what it read before. */
const PAUSE_MS = 10 * MINUTE_MS;
const BETWEEN_CHANGES_MS = MINUTE_MS;

/**
 * The requests of a first sync, of one after some of the issues changed, of an idle one and of a census. Idle is
 * the third sync after the last change: one more read of an overlap is meant to be.
 *
 * @param issues about how many the tool holds
 * @param every one of so many issues of each place changes
 */
export const measureRequests = async (vendor: Vendor, issues: number, every = 100): Promise<Measured[]> => {
  const { sandbox, time, config, secrets } = await openBenchCompany(vendor, issues);
  const room = scratchFolder();
  const hub = await openBenchHub({ config, secrets, folder: room.folder, time });
  try {
    const places = Map.groupBy(
      sandbox.truth().filter(({ tracker, deleted }) => tracker === vendor && !deleted),
      placeOf,
    );
    const held = Object.fromEntries([...places].map(([place, list]) => [place, list.length]));
    const none = Object.fromEntries([...places.keys()].map((place) => [place, 0]));
    const size = sum(held);
    const one = async (phase: Phase, read: Facts["issues"], job = {}): Promise<Measured> => {
      time.now += PAUSE_MS;
      const asked = await hub.run({ connection: vendor, ...job });
      const facts = { issues: read, held, beside: besideIn(hub.embedded.db, asked) };
      return { vendor, phase, size, issues: sum(read), asked, smallest: smallest(vendor, phase, facts) };
    };
    const first = await one("first", held);
    // The first censuses fall due, and what the first sync could not settle settles.
    await one("idle", none);
    const changed: Record<string, number> = {};
    for (const [place, list] of places) {
      for (const { key } of list.filter((_, index) => index % every === 0)) {
        time.now += BETWEEN_CHANGES_MS;
        await sandbox.control({ do: "rename", key, title: `Renamed ${key}` });
        changed[place] = (changed[place] ?? 0) + 1;
      }
    }
    const incremental = await one("changed", changed);
    await one("idle", none);
    const idle = await one("idle", none);
    const census = await one("census", held, { census: "now" });
    return [first, incremental, idle, census];
  } finally {
    hub.close();
    room.remove();
    await sandbox.stop();
  }
};

/** What is held beside issues, by kind; boards, environments and comparisons have no kind of their own. */
const besideIn = (db: DatabaseSync, asked: Asked): Facts["beside"] => {
  const kinds = db
    .prepare("SELECT data ->> '$.kind' AS kind, count(*) AS n FROM item WHERE pk LIKE 'E#%' AND sk = 'A' GROUP BY kind")
    .all();
  const environments = db
    .prepare("SELECT count(DISTINCT data ->> '$.fields.environment.detail') AS n FROM item WHERE pk LIKE 'E#dep%'")
    .get();
  return {
    ...Object.fromEntries(kinds.map(({ kind, n }) => [String(kind), Number(n)])),
    environment: Number(environments?.["n"] ?? 0),
    comparison: asked.get("/repos/{repo}/compare/{range}") ?? 0,
  };
};

const placeOf = ({ key }: Truth): string => key.replace(/[-#]\d+$/, "");
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
