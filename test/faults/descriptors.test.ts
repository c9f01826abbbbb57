import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const room = mkdtempSync(join(tmpdir(), "throughline-descriptors-"));
afterAll(() => rmSync(room, { recursive: true }));

it("F41 a process without a free file descriptor takes no payload, says why, loses nothing and goes on by itself", () => {
  const worker = fileURLToPath(new URL("descriptors-worker.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(
    "bash",
    ["-c", `ulimit -n 64 && exec "$0" "$1" "$2"`, process.execPath, worker, room],
    {
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  expect([stdout, stderr]).not.toEqual(["", expect.anything()]);
  expect(JSON.parse(stdout)).toEqual({
    before: "kept",
    exhausted: { refusedBecause: "EMFILE", rowsStillRead: 1, rowsStillWritten: true },
    after: "kept",
    archived: 2,
    rows: 2,
  });
});
