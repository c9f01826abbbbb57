import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../ports/clock.ts";
import { messageText } from "../../ports/message-text.ts";
import type { Queue, QueueConsumer } from "../../ports/queue.ts";
import { AT_MOST, acknowledge, atomically } from "./database.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL,
    visible_at INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS message_next ON message (queue, dead, visible_at);
`;

/** A message that was handed out this often without success, hours after it came, goes to the dead letters. */
const RECEIVES_AT_MOST = 20;

/** The embedded queue; {@link QueueConsumer.depth} and dead letters are rows of the same file. */
export const sqliteQueue = (
  db: DatabaseSync,
  name: string,
  clock: Clock,
  told: () => void = () => {},
): Queue & QueueConsumer & { recover(): void; oldestSeconds(): number } => {
  db.exec(SCHEMA);
  const insert = db.prepare("INSERT INTO message (queue, body, visible_at) VALUES (?, ?, ?)");
  const next = db.prepare(
    `SELECT id, body, receives, visible_at FROM message WHERE queue = ? AND dead = 0 AND visible_at <= ? ORDER BY visible_at, id ${AT_MOST}`,
  );
  const hide = db.prepare("UPDATE message SET visible_at = ?, receives = receives + 1, held = 1 WHERE id = ?");
  const bury = db.prepare("UPDATE message SET dead = 1, held = 0 WHERE id = ?");
  const free = db.prepare(
    "UPDATE message SET visible_at = ?, held = 0, dead = (receives >= ?) WHERE id = ? AND queue = ?",
  );
  const states = db.prepare(
    "SELECT count(*) FILTER (WHERE dead = 0 AND held = 0) AS waiting, count(*) FILTER (WHERE held = 1) AS inFlight, count(*) FILTER (WHERE dead = 1) AS dead FROM message WHERE queue = ?",
  );
  const remove = db.prepare("DELETE FROM message WHERE id = ? AND queue = ?");
  return {
    async send(bodies, delaySeconds = 0) {
      const texts = bodies.map(messageText);
      const visibleAt = clock.now().getTime() + delaySeconds * 1000;
      atomically(db, () => {
        for (const text of texts) insert.run(name, text, visibleAt);
      });
      acknowledge(db);
      told();
    },
    async receive(most, visibilitySeconds) {
      const now = clock.now().getTime();
      return atomically(db, () => {
        const found = next.all(name, now, most) as { id: number; body: string; receives: number }[];
        return found.flatMap(({ id, body, receives }) => {
          if (receives >= RECEIVES_AT_MOST) {
            bury.run(id);
            return [];
          }
          hide.run(now + visibilitySeconds * 1000, id);
          return [{ id: String(id), body, receives: receives + 1 }];
        });
      });
    },
    async delete(ids) {
      atomically(db, () => {
        for (const id of ids) remove.run(id, name);
      });
    },
    async release(ids, delaySeconds) {
      const visibleAt = clock.now().getTime() + delaySeconds * 1000;
      atomically(db, () => {
        for (const id of ids) free.run(visibleAt, RECEIVES_AT_MOST, id, name);
      });
      told();
    },
    async depth() {
      const row = states.get(name) as { waiting: number; inFlight: number; dead: number };
      return { waiting: row.waiting, inFlight: row.inFlight, dead: row.dead };
    },
    /** How long the message has been due that waits longest; 0 while none is due. */
    oldestSeconds() {
      const now = clock.now().getTime();
      const { visible_at: since } = next.get(name, now, 1) ?? {};
      return since === undefined ? 0 : (now - Number(since)) / 1000;
    },
    /** Shows at once what a process that is gone had taken; only for the holder of the folder's lock. */
    recover() {
      db.prepare(
        "UPDATE message SET visible_at = 0, held = 0, receives = max(0, receives - 1) WHERE queue = ? AND held = 1",
      ).run(name);
    },
  };
};
