import { describe, expect, it } from "vitest";
import { previewRun } from "../../shared/pipeline/make-run.ts";
import type { ReportReads } from "../../shared/report/make.ts";
import { periodOf } from "../../shared/report/period.ts";
import { sampleFeature } from "../web/sample-hub.ts";
import { openReports } from "./reports-hub.ts";

const NOW = "2026-03-09T09:00:00.000Z";
const day = (n: number) => new Date(Date.parse(NOW) - n * 86_400_000).toISOString();
const standing = (category: "open" | "solved") => ({ category, detail: category, mappedBy: "tool" as const });

describe("the reads of a report", () => {
  it("are of its two periods, of open tickets and of what it shows alone, and it says the same as over everything", async () => {
    using hub = openReports({
      reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: ["archive"] } },
    });
    hub.passTo(NOW);
    const { id } = await hub.feature(1, [{ headline: "development", at: day(60) }]);
    const quiet = { health: { ...sampleFeature(2, null).health, value: "on_track" }, targetDate: undefined } as const;
    await hub.feature(2, [{ headline: "design", at: day(60) }], quiet);
    const moved = await hub.feature(3, [
      { headline: "design", at: day(60) },
      { headline: "development", at: day(4) },
    ]);
    const ticket = async (n: number, came: number, status: "open" | "solved", solved?: number) =>
      hub.record(
        "supportTicket",
        n,
        {
          subject: `Ticket ${n}`,
          status: standing(status),
          ...(solved !== undefined && { solvedAt: day(solved) }),
        },
        [id],
        { sourceCreatedAt: day(came) },
      );
    await ticket(1, 40, "solved", 39);
    await ticket(2, 40, "open");
    await ticket(3, 40, "solved", 3);
    await ticket(4, 10, "solved", 9);
    await ticket(5, 4, "open");
    for (const [n, at] of [40, 10, 4].entries())
      await hub.record("feedback", n + 1, { title: `Wish ${n}`, at: day(at) }, [id]);
    const [settings] = hub.reporting.settings;
    if (settings === undefined) throw new Error("no report");
    const { reads } = hub.reporting;
    const given: string[] = [];
    const read: string[] = [];
    const shown: string[] = [];
    const watched: ReportReads = {
      ...reads,
      async said(kind, ...asked) {
        const slice = await reads.said(kind, ...asked);
        given.push(...slice.items.map(({ id }) => `${kind} ${Number.parseInt(id.slice(4), 16)}`));
        return slice;
      },
      async entitiesById(ids) {
        read.push(...ids);
        return reads.entitiesById(ids);
      },
      async featuresById(ids) {
        shown.push(...ids);
        return reads.featuresById(ids);
      },
    };
    const period = periodOf(settings.length, settings.zone, settings.weekStart, hub.now());
    const made = await previewRun(hub.one, watched, settings, period);
    const whole: ReportReads = { ...reads, said: (kind, after, limit) => reads.said(kind, after, limit) };
    expect(given).toEqual([
      "feedback 2",
      "feedback 3",
      "supportTicket 2",
      "supportTicket 3",
      "supportTicket 4",
      "supportTicket 5",
    ]);
    expect(read).toHaveLength(1);
    expect(new Set(shown)).toEqual(new Set([id, moved.id]));
    expect(JSON.stringify(made)).toBe(JSON.stringify(await previewRun(hub.one, whole, settings, period)));
    const figures = made.sections.find(({ id: section }) => section === "support")?.blocks[0];
    expect(figures?.type === "metrics" && figures.items.map(({ value }) => value)).toEqual([1, 1, 2, 0, null]);
  });
});
