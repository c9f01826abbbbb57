import type { DatabaseSync } from "node:sqlite";
import { goingOut } from "../../domain/claim-check.ts";
import { cloudEvent, type HubEvent } from "../../domain/event.ts";
import type { Archive } from "../../ports/archive.ts";
import type { Bus } from "../../ports/bus.ts";
import { AT_MOST, atomically } from "./database.ts";

type Sent = ReturnType<typeof cloudEvent>;

/** The embedded bus: events are rows that anybody may read from where they stopped. */
export const sqliteBus = (
  db: DatabaseSync,
  hub: {
    readonly url: string;
    readonly typePrefix: string;
    /** Takes the whole of an event that is large. */
    readonly archive?: Archive | undefined;
  },
): Bus & { read(after: number, most: number): { seq: number; event: Sent }[] } => {
  db.exec(
    "CREATE TABLE IF NOT EXISTS bus (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, detail TEXT NOT NULL)",
  );
  const insert = db.prepare("INSERT OR IGNORE INTO bus (id, detail) VALUES (?, ?)");
  const some = db.prepare(`SELECT seq, detail FROM bus WHERE seq > ? ORDER BY seq ${AT_MOST}`);
  return {
    async publish(events: readonly HubEvent[]) {
      const details = await Promise.all(
        events.map(async (event) => {
          const note = { connectionId: "_events", receivedAt: event.recordedAt, what: "event" } as const;
          return goingOut(event, cloudEvent(event, hub), async (bytes) => hub.archive?.put(note, bytes));
        }),
      );
      atomically(db, () => {
        for (const detail of details) insert.run(detail.id, JSON.stringify(detail));
      });
      return [];
    },
    read: (after, most) =>
      some.all(after, most).map(({ seq, detail }) => ({ seq: Number(seq), event: JSON.parse(String(detail)) as Sent })),
  };
};
