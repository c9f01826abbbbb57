import { afterEach, describe, expect, it } from "vitest";
import type { Mail } from "../../shared/ports/mailer.ts";
import { acts } from "../../shared/store/audit.ts";
import { askReport, asksOf, setAsk } from "../../shared/store/report-asks.ts";
import { askForRun, askForTest } from "../../shared/web/access/report-asks.ts";
import { openReports } from "./reports-hub.ts";

const RUN = "2026-03-02_2026-03-08";
const ANA = { id: "mem_ana", name: "Ana" };
const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A hub on a Wednesday, whose weekly report was made and sent on Monday. */
const opened = async (to: readonly string[] = ["email:team@acme.example"]) => {
  const mails: Mail[] = [];
  const hub = openReports(
    {
      mail: { from: "hub@acme.example" },
      reports: { weekly: { kind: "product", schedule: "0 9 * * 1", to: [...to] } },
    },
    {},
    (ports) => ({ ...ports, mailer: { send: async (mail) => void mails.push(mail) } }),
  );
  open.push(() => hub[Symbol.dispose]());
  hub.passTo("2026-03-06T10:00:00.000Z");
  await hub.tick();
  hub.pass(16 * 60);
  await hub.tick();
  return { hub, mails, table: hub.one.ports.table };
};

describe("a report that somebody asks for", () => {
  it("is made before its time and sent once, however often it is asked for and whatever the schedule does then", async () => {
    const { hub, mails, table } = await opened();
    hub.passTo("2026-03-09T08:00:00.000Z");
    for (let asked = 0; asked < 2; asked++) {
      await askReport(table, { report: "weekly", what: "run", by: ANA }, hub.now());
      await hub.tick();
    }
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [["team@acme.example"], expect.stringContaining("Product weekly")],
    ]);
    hub.passTo("2026-03-09T09:00:30.000Z");
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([["email:team@acme.example", "sent"]]);
    expect(mails).toHaveLength(1);
    expect(await asksOf(table, "weekly")).toMatchObject([{ what: "run", state: "done" }]);
  });

  it("goes to one address as a test, marked as one, and is neither kept nor sent to others", async () => {
    const { hub, mails, table } = await opened();
    hub.passTo("2026-03-09T08:00:00.000Z");
    await askReport(table, { report: "weekly", what: "test", to: "email:ana@acme.example", by: ANA }, hub.now());
    await hub.tick();
    await hub.tick();
    expect(mails.map(({ to, subject }) => [to, subject.slice(0, 6)])).toEqual([[["ana@acme.example"], "Test: "]]);
    expect((await hub.runs("weekly")).map(({ run }) => run)).not.toContain(RUN);
    expect(await asksOf(table, "weekly")).toMatchObject([{ what: "test", state: "done" }]);
  });

  it("says why a test failed, and never sends a second time what may have arrived", async () => {
    const { hub, mails, table } = await opened();
    await askReport(table, { report: "weekly", what: "test", to: "slack:none", by: ANA }, hub.now());
    await hub.tick();
    expect(await asksOf(table, "weekly")).toMatchObject([
      { state: "failed", reason: "there is no output none to slack" },
    ]);
    const ask = await askReport(table, { report: "weekly", what: "test", to: "email:a@b.example", by: ANA }, hub.now());
    await setAsk(table, ask, { state: "taken", takenAt: hub.now().toISOString() });
    hub.pass(3600);
    await hub.tick();
    expect(await asksOf(table, "weekly")).toMatchObject([{ state: "unknown" }]);
    expect(mails).toEqual([]);
  });
});

describe("who may ask for a test", () => {
  const reports = (hub: Awaited<ReturnType<typeof opened>>["hub"]) => ({ settings: hub.reporting.settings }) as never;

  it("is a member at their own address, and an administrator at any", async () => {
    const { hub, table } = await opened();
    const deps = { table, now: hub.now, reports: reports(hub) };
    const key = { id: "key_1", name: "CI", scopes: ["reports:run"] as const, products: "all" as const };
    await expect(askForTest(deps, key, "weekly", "ceo@other.example")).rejects.toMatchObject({
      code: "invalid_body",
      details: { parameter: "to" },
    });
    const admin = { ...key, id: "local", name: "local", scopes: ["admin"] as const };
    await expect(askForTest(deps, admin, "weekly", "nowhere")).rejects.toMatchObject({ code: "invalid_body" });
    expect(await askForTest(deps, admin, "weekly", "ana@acme.example")).toMatchObject({ to: "email:ana@acme.example" });
    expect(await askForRun(deps, { ...key, products: ["prd_other"] }, "weekly")).toBeUndefined();
    expect(await askForRun(deps, key, "weekly")).toMatchObject({ what: "run" });
    expect((await acts(table, undefined, 10)).items.map(({ act, by, detail }) => [act, by.id, detail]).sort()).toEqual([
      ["report.run", "key_1", {}],
      ["report.test", "local", { to: "email:a…@acme.example" }],
    ]);
  });
});
