import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { requeueWebhooks } from "../../shared/pipeline/requeue.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

describe("after a stop that was none of ours", () => {
  it("the latest webhooks are queued once more, and neither older ones nor pages", async () => {
    using open = openPipeline({ connector: bareTool });
    const hub = open.hub("one");
    const put = (receivedAt: string, what: "webhook" | "page") =>
      open.real.archive.put({ connectionId: "acme", receivedAt, what }, new TextEncoder().encode(receivedAt));
    await put("2026-03-02T09:50:00.000Z", "webhook");
    const latest = [await put("2026-03-02T09:58:00.000Z", "webhook"), await put("2026-03-02T10:00:00.500Z", "webhook")];
    await put("2026-03-02T09:59:00.000Z", "page");
    expect(await requeueWebhooks(hub, new Date("2026-03-02T10:00:00.000Z"))).toBe(2);
    expect((await open.queued()).map(({ message }) => message.rawRef)).toEqual(latest);
  });

  it("the store says when it was last written, and says nothing after an orderly end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "throughline-test-"));
    const opened = () =>
      openEmbedded({ folder, exclusive: true, environment: {}, envFile: "", url: "http://localhost" });
    const first = opened();
    await first.ports.table.put({ pk: "P", sk: "a", version: 1, data: 1 });
    first.close();
    const second = opened();
    expect(second.brokenOffAt).toBeUndefined();
    second.close();
    // A second connection that stays open keeps the log from being emptied, as a process that was killed does.
    const left = openDatabase(folder);
    left.exec("CREATE TABLE IF NOT EXISTS left_open (n INTEGER); INSERT INTO left_open VALUES (1)");
    const third = opened();
    expect(third.brokenOffAt).toBeInstanceOf(Date);
    third.close();
    left.close();
    rmSync(folder, { recursive: true });
  });
});
