import { join } from "node:path";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { acknowledge, afterCommit, lockFolder, openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { keepMark } from "../../shared/adapters/sqlite/mark.ts";
import { sqliteQueue } from "../../shared/adapters/sqlite/queue.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";

/**
 * Takes numbered payloads in as the receiver does (archive, queue, then the answer), reads them as ingest does (row with
 * its feed record, then the message away), and prints what it has acknowledged, until it is killed.
 */
const [folder = "", from = "0"] = process.argv.slice(2);
lockFolder(folder);
const db = openDatabase(folder);
const clock = { now: () => new Date(), sleep: async () => {} };
const [archive, queue, table] = [
  fileArchive(join(folder, "archive")),
  sqliteQueue(db, "inbox", clock),
  sqliteTable(db),
];
afterCommit.set(db, keepMark(db, folder).set);
queue.recover();

const read = async (): Promise<void> => {
  for (const { id, body } of await queue.receive(3, 3600)) {
    const { payload, rawRef } = JSON.parse(body) as { payload: number; rawRef: string };
    await archive.get(rawRef);
    const held = await table.get<{ payloads: number[] }>("E#one", "A");
    const payloads = new Set(held?.data.payloads);
    if (!payloads.has(payload)) {
      const data = { payloads: [...payloads.add(payload)] };
      await table.put({ pk: "E#one", sk: "A", version: (held?.version ?? 0) + 1, data });
    }
    await queue.delete([id]);
  }
};

process.stdout.write("ready\n");
for (let payload = Number(from); ; payload++) {
  const note = { connectionId: "acme", receivedAt: new Date().toISOString(), what: "webhook" } as const;
  const rawRef = await archive.put(note, Buffer.from(`{"payload":${payload}}`));
  await queue.send([JSON.stringify({ payload, rawRef })]);
  process.stdout.write(`${payload}\n`);
  await read();
  if (payload % 3 === 0) acknowledge(db);
}
