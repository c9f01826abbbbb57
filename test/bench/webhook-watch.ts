import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { traceOf } from "../../shared/domain/trace.ts";
import { markOf } from "./webhook-load.ts";

const LOOK_EVERY_MS = 2;
const PASS_EVERY_MS = 250;
const READER = "bench";

/** When what a webhook told was first seen from outside, by its number; milliseconds of `performance.now()`. */
export interface Seen {
  readonly stored: Map<number, number>;
  readonly viewed: Map<number, number>;
  readonly published: Map<number, number>;
  /** Records that took the same change twice, and events that were published twice. */
  doubled: number;
}

interface FeedRow {
  readonly seq: number;
  readonly pk: string;
  readonly sk: string;
  readonly before: string | null;
  readonly after: string;
}

/**
 * Looks at the database of a hub from another process: what it finds there anybody could read. As a reader of the change
 * feed of its own, so that nothing of it goes before it was seen.
 */
export const watchHub = (folder: string) => {
  const db = new DatabaseSync(join(folder, "hub.db"), { timeout: 0 });
  const version = db.prepare("PRAGMA data_version");
  const feed = db.prepare("SELECT seq, pk, sk, before, after FROM feed WHERE seq > ? ORDER BY seq LIMIT 2000");
  const bus = db.prepare("SELECT seq, id, detail FROM bus WHERE seq > ? ORDER BY seq LIMIT 2000");
  const pass = db.prepare("INSERT OR REPLACE INTO feed_reader (name, seq) VALUES (?, ?)");
  const waiting = db.prepare(
    "SELECT (SELECT count(*) FROM message WHERE dead = 0) + (SELECT count(*) FROM feed WHERE seq > (SELECT min(seq) FROM feed_reader WHERE name <> ?)) AS n, (SELECT count(*) FROM message WHERE dead = 1) AS dead",
  );
  const last = (table: string): number =>
    Number(db.prepare(`SELECT coalesce(max(seq), 0) AS n FROM sqlite_sequence WHERE name = '${table}'`).get()?.["n"]);
  const seen: Seen = { stored: new Map(), viewed: new Map(), published: new Map(), doubled: 0 };
  const marks = new Map<string, number>();
  const first = (map: Map<number, number>, n: number, at: number) => {
    if (!map.has(n)) map.set(n, at);
  };
  let [fed, told] = [0, 0];
  let lookedAt = -1;
  const changed = ({ pk, sk, before, after }: FeedRow, at: number): void => {
    const mark = pk.startsWith("E#") && sk === "A" ? markOf(after) : undefined;
    if (mark !== undefined && markOf(before ?? "") !== mark) {
      const trace = traceOf((JSON.parse(after) as { data: { rawRef?: string } }).data.rawRef);
      if (seen.stored.has(mark)) seen.doubled += 1;
      first(seen.stored, mark, at);
      if (trace !== undefined) marks.set(trace, mark);
    } else if (sk === "V") {
      const trace = (JSON.parse(after) as { data: { trace?: string } }).data.trace;
      const of = marks.get(trace ?? "");
      if (of !== undefined) first(seen.viewed, of, at);
    }
  };
  const events = new Set<string>();
  const published = (detail: string, at: number): void => {
    const { type, subject, traceparent = "" } = JSON.parse(detail) as Record<string, string | undefined>;
    const trace = traceparent.split("-")[1] ?? "";
    const of = marks.get(trace);
    if (of === undefined) return;
    const name = `${trace} ${type} ${subject}`;
    if (events.has(name)) seen.doubled += 1;
    events.add(name);
    first(seen.published, of, at);
  };
  const look = (): boolean => {
    const now = Number(version.get()?.["data_version"]);
    if (now === lookedAt) return false;
    lookedAt = now;
    const rows = feed.all(fed) as unknown as FeedRow[];
    const more = bus.all(told) as unknown as { seq: number; detail: string }[];
    const at = performance.now();
    for (const row of rows) changed(row, at);
    for (const { detail } of more) published(detail, at);
    fed = rows.at(-1)?.seq ?? fed;
    told = more.at(-1)?.seq ?? told;
    if (rows.length === 2000 || more.length === 2000) lookedAt = -1;
    return true;
  };
  /** Moves on where the hub is not writing just then: nothing here may wait for it, or it for us. */
  const passed = (): boolean => {
    try {
      pass.run(READER, fed);
      return true;
    } catch {
      return false;
    }
  };
  let going = true;
  const watching = async (): Promise<void> => {
    for (let nextPass = 0; going; await setTimeout(LOOK_EVERY_MS)) {
      look();
      if (performance.now() > nextPass && passed()) nextPass = performance.now() + PASS_EVERY_MS;
    }
  };
  const waits = () => waiting.get(READER) as { n: number; dead: number };
  return {
    seen,
    /** Messages and changes that nobody has handled yet, and messages that nobody will. */
    waits,
    /** Until nothing has waited for a while. @throws {Error} if that takes too long */
    async quiet(atMostSeconds: number): Promise<void> {
      const until = performance.now() + atMostSeconds * 1000;
      for (let quiet = 0; quiet < 10; quiet = waits().n === 0 ? quiet + 1 : 0) {
        if (performance.now() > until) throw new Error(`not at rest after ${atMostSeconds} s: ${waits().n} wait`);
        await setTimeout(100);
      }
    },
    /** Once the hub is at rest. @returns what ends it */
    async watch(): Promise<() => Promise<void>> {
      [fed, told] = [last("feed"), last("bus")];
      while (!passed()) await setTimeout(LOOK_EVERY_MS);
      const done = watching();
      return async () => {
        look();
        going = false;
        await done;
        db.close();
      };
    },
  };
};
