import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";

/** A process with few file descriptors: works, uses all of them up, gives them back, and tells what happened as JSON. */
const [, , folder = "."] = process.argv;
const archive = fileArchive(join(folder, "archive"));
const table = sqliteTable(openDatabase(folder));
const note = { connectionId: "con", receivedAt: "2026-03-02T10:00:00.000Z", what: "page", stream: "s" } as const;
const put = (text: string): Promise<string> =>
  archive.put(note, new TextEncoder().encode(text)).then(
    () => "kept",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "another error"),
  );
const row = (sk: string) => table.put({ pk: "P", sk, version: 1, data: sk });

const before = await put("before");
await row("before");
const taken: number[] = [];
for (;;) {
  try {
    taken.push(openSync(join(folder, "hub.db"), "r"));
  } catch {
    break;
  }
}
const refusedBecause = await put("during");
const rowsStillRead = (await table.query({ pk: "P" })).length;
const rowsStillWritten = await row("during");
for (const one of taken) closeSync(one);
const after = await put("during");
const archived = (await Array.fromAsync(archive.list("con"))).length;
const rows = (await table.query({ pk: "P" })).length;
const exhausted = { refusedBecause, rowsStillRead, rowsStillWritten };
process.stdout.write(JSON.stringify({ before, exhausted, after, archived, rows }));
