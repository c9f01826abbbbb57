import { describe, expect, it } from "vitest";
import { declarePlan } from "../../shared/pipeline/declare-plan.ts";
import type { DeclaredObjective, Hub } from "../../shared/pipeline/hub.ts";
import { previewRun } from "../../shared/pipeline/make-run.ts";
import { reportReads, reportsOf } from "../../shared/platform/reports.ts";
import { periodOf } from "../../shared/report/period.ts";
import { draft, feature, openSaid, word } from "./said-hub.ts";

const OBJECTIVE: DeclaredObjective = {
  id: "activation",
  title: "More new users reach a first order",
  period: { end: "2026-12-31" },
  keyResults: [
    { title: "Share who order", metric: "mixpanel:Checkout funnel", from: 31, to: 41, unit: "%", by: "2026-12-31" },
    { title: "Answers in time", from: 10, to: 2, current: 6 },
  ],
  initiatives: ["Sell abroad"],
  features: ["acme-9"],
};

const funnel = (value: number, at: string) =>
  draft("metric", "77", {
    updatedAt: `${at}T12:00:00.000Z`,
    fields: { name: "Checkout funnel", shape: "funnel", points: [{ at, value }] },
  });
const initiative = draft("initiative", "i1", {
  fields: { title: "Sell abroad", status: word("active"), targetDate: "2026-06-30", targetDateResolution: "quarter" },
});
const below = (id: string) =>
  feature(id, `Feature ${id}`, { initiativeIds: [{ kind: "initiative", noun: "initiative", id: "i1" } as never] });

const world = async () => {
  const open = openSaid();
  const hub = (objectives: readonly DeclaredObjective[]): Hub => ({
    ...open.hub,
    products: [{ id: "prd_web", slug: "web", name: "Web", vision: "Buying takes a minute", objectives }],
  });
  const declare = async (...objectives: readonly DeclaredObjective[]) => {
    const changed = await declarePlan(hub(objectives));
    await open.settle();
    return changed;
  };
  return { ...open, declare, [Symbol.dispose]: () => open[Symbol.dispose]() };
};

describe("objectives of the config", () => {
  it("are measured by the newest point of the metric they name, whichever came first", async () => {
    for (const first of ["config", "metric"]) {
      using hub = await world();
      if (first === "config") expect(await hub.declare(OBJECTIVE)).toBe(3);
      await hub.put(funnel(0.35, "2026-03-01"), "mixpanel");
      await hub.settle();
      if (first === "metric") await hub.declare(OBJECTIVE);
      const { body } = await hub.get("/v1/objectives");
      expect(body.data).toHaveLength(1);
      expect(body.data[0]).toMatchObject({ title: OBJECTIVE.title, product_ids: ["prd_web"], end_date: "2026-12-31" });
      expect(body.data[0].key_results).toMatchObject([
        { baseline: 31, target: 41, current: 35, progress: 0.4, metric: { name: "Checkout funnel", at: "2026-03-01" } },
        { baseline: 10, target: 2, current: 6, progress: 0.5, metric: null },
      ]);
      await hub.put(funnel(0.4, "2026-03-02"), "mixpanel");
      await hub.settle();
      const after = (await hub.get(`/v1/objectives/${body.data[0].id}`)).body;
      expect(after.key_results[0]).toMatchObject({ current: 40, progress: 0.9 });
    }
  });

  it("say in a report what the page says of their key results, the furthest from its target first", async () => {
    using hub = await world();
    await hub.put(funnel(0.35, "2026-03-01"), "mixpanel");
    await hub.settle();
    await hub.declare(OBJECTIVE);
    const [settings] = reportsOf({
      reports: {
        okr: { kind: "own", title: "Key results", sections: ["objectives"], schedule: "0 9 * * 1", to: ["archive"] },
      },
    });
    if (settings === undefined) throw new Error("no report");
    const period = periodOf("week", "UTC", "monday", new Date("2026-03-09T09:00:00.000Z"));
    const { sections } = await previewRun(hub.hub, reportReads(hub.hub), settings, period);
    expect(sections[0]?.blocks[0]).toMatchObject({
      rows: [
        [{ text: "Share who order (%)" }, OBJECTIVE.title, 35, 41, 0.4],
        [{ text: "Answers in time" }, OBJECTIVE.title, 6, 2, 0.5],
      ],
    });
  });

  it("lead to the initiatives and features that they name, with where these stand", async () => {
    using hub = await world();
    await hub.declare(OBJECTIVE);
    await hub.put(initiative);
    for (const id of ["ACME-1", "ACME-2"]) await hub.put(below(id));
    await hub.put(feature("ACME-9"));
    await hub.settle();
    const [objective] = (await hub.get("/v1/objectives")).body.data;
    expect(objective.initiatives).toMatchObject([
      { title: "Sell abroad", roll_up: { features: 2, stages: { strategy: 2 } } },
    ]);
    expect(objective.direct).toMatchObject({ features: 1, stages: { vision: 1 } });
    const shown = (await hub.get(`/v1/initiatives/${objective.initiatives[0].id}`)).body;
    expect(shown).toMatchObject({
      title: "Sell abroad",
      target_date_resolution: "quarter",
      objectives: [{ id: objective.id, title: OBJECTIVE.title }],
      roll_up: { features: 2 },
    });
    const html = await (await hub.app.request("/objectives")).text();
    expect(html).toContain("Sell abroad");
    expect(html).toContain("2 Strategy");
  });

  it("change with the config, write nothing where it is the same, and go when it names them no more", async () => {
    using hub = await world();
    expect(await hub.declare()).toBe(0);
    expect(await hub.declare(OBJECTIVE)).toBe(3);
    expect(await hub.declare(OBJECTIVE)).toBe(0);
    const [first] = OBJECTIVE.keyResults ?? [];
    expect(await hub.declare({ ...OBJECTIVE, title: "Another", keyResults: first === undefined ? [] : [first] })).toBe(
      2,
    );
    const [objective] = (await hub.get("/v1/objectives")).body.data;
    expect([objective.title, objective.key_results.length]).toEqual(["Another", 1]);
    expect(await hub.declare()).toBe(2);
    expect((await hub.get("/v1/objectives")).body.data).toEqual([]);
    expect((await hub.send("GET", `/v1/objectives/${objective.id}`)).status).toBe(404);
    expect(await hub.declare(OBJECTIVE)).toBe(3);
    expect((await hub.get("/v1/objectives")).body.data).toHaveLength(1);
  });
});

describe("an initiative", () => {
  it("is as bad as the worst of what people declare and its features show, and its updates are events", async () => {
    using hub = await world();
    await hub.put(initiative);
    await hub.put(below("ACME-1"));
    await hub.settle();
    const [{ id }] = (await hub.get("/v1/initiatives?status=active")).body.data;
    expect((await hub.get("/v1/initiatives?status=paused")).body.data).toEqual([]);
    const answer = await hub.form(`/initiatives/${id}`, {
      does: "update",
      health: "off_track",
      text: "No <i>licence</i>",
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/initiatives/${id}#updates`]);
    const { events } = await hub.settle();
    expect(events.map(({ name, data }) => [name, data])).toEqual([
      [
        "initiative.update.posted",
        {
          initiative: { id, url: `http://localhost:4100/initiatives/${id}` },
          update: expect.stringMatching(/^upd_/),
          by: "Ana",
          health: "off_track",
          cause: "override",
        },
      ],
    ]);
    expect((await hub.get(`/v1/initiatives/${id}`)).body).toMatchObject({
      health: "off_track",
      declared: { value: "off_track", by: "Ana", text: "No <i>licence</i>" },
    });
    hub.pass(60);
    await hub.send("POST", `/v1/initiatives/${id}/updates`, { health: "on_track", text: "We have it" });
    const html = await (await hub.app.request(`/initiatives/${id}`)).text();
    expect(html).toContain("No &lt;i&gt;licence&lt;/i&gt;");
    expect(html).toContain("was off track");
    expect((await hub.get(`/v1/initiatives/${id}`)).body.declared.value).toBe("on_track");
  });
});
