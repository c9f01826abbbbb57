import { expect, it } from "vitest";
import { sendReports } from "../../shared/pipeline/send-reports.ts";
import type { ConnectionView } from "../../shared/store/views.ts";
import { openReports } from "./reports-hub.ts";

it("the first report waits until every stream was read once and what that brought has arrived, but not for ever", async () => {
  using hub = openReports({
    reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["email:a@acme.example"] } },
  });
  const [real] = await hub.reporting.reads.connections();
  const runsAfter = async (...readAt: (string | undefined)[]) => {
    const streams = readAt.map((firstCompletedAt, at) => ({ stream: `s${at}`, scope: "", firstCompletedAt }));
    const connections = async () => [{ ...real, streams } as unknown as ConnectionView];
    const reads = { ...hub.reporting.reads, connections };
    await sendReports(hub.one, { ...hub.reporting, reads }, new AbortController().signal);
    return (await hub.runs("weekly")).length;
  };
  hub.passTo("2026-03-10T10:00:00.000Z");
  expect(await runsAfter("2026-03-10T09:00:00.000Z", undefined)).toBe(0);
  expect(await runsAfter("2026-03-10T09:00:00.000Z", "2026-03-10T09:59:55.000Z")).toBe(0);
  hub.passTo("2026-03-10T10:00:05.000Z");
  expect(await runsAfter("2026-03-10T09:00:00.000Z", "2026-03-10T09:59:55.000Z")).toBe(1);
});

it("the first report is made after a quarter of an hour, whatever was not read by then", async () => {
  using hub = openReports({
    reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["email:a@acme.example"] } },
  });
  await hub.tick();
  hub.passTo("2026-03-10T10:00:00.000Z");
  await hub.tick();
  expect(await hub.runs("weekly")).toHaveLength(1);
});
