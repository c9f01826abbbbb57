import { describe, expect, it } from "vitest";
import { acts } from "../../shared/store/audit.ts";
import { feature, openSaid } from "./said-hub.ts";

const DAY = 86_400;
const override = (stage: string, expires_at: string, reason = "Everybody in Spain has it") => ({
  override: { stage, polarity: "enter", reason, expires_at },
});

const world = async () => {
  const hub = openSaid();
  await hub.put(feature("ACME-1", "Gift cards"));
  await hub.settle();
  return hub;
};

describe("what a person says of a stage", () => {
  it("moves the feature as theirs, through the change feed, and ends by the clock alone", async () => {
    using hub = await world();
    const before = (await hub.get("/v1/features/ACME-1")).body;
    const answer = await hub.patch("acme-1", override("production", "2026-03-10"));
    expect([answer.status, answer.headers.get("location")]).toEqual([
      202,
      `http://localhost:4100/v1/features/${before.id}`,
    ]);
    expect((await hub.get("/v1/features/ACME-1")).body.stage).toBe(before.stage);
    const { events } = await hub.settle();
    const now = (await hub.get("/v1/features/ACME-1")).body;
    expect([now.stage, now.version]).toEqual(["production", before.version + 1]);
    expect(now.stages.production.reason).toBe("Ana asserted it 2 Mar, until 10 Mar");
    expect(now.assertions).toMatchObject([
      {
        stage: "production",
        polarity: "enter",
        by: { id: "mem_ana", name: "Ana" },
        reason: "Everybody in Spain has it",
      },
    ]);
    const moved = events.find(({ name }) => name === "feature.stage.changed");
    expect(moved?.data).toMatchObject({ from: before.stage, to: "production", cause: "override" });
    expect((await hub.get("/v1/features/ACME-1/explain")).body.next_change_at).toBe("2026-03-10T23:59:59.999Z");

    hub.pass(7 * DAY);
    expect([await hub.sweep(), (await hub.get("/v1/features/ACME-1")).body.stage]).toEqual([0, "production"]);
    hub.pass(2 * DAY);
    await hub.sweep();
    const after = (await hub.get("/v1/features/ACME-1")).body;
    expect([after.stage, after.assertions]).toEqual([before.stage, []]);
  });

  it("is written to the audit log, set and taken back, with who did it", async () => {
    using hub = await world();
    const health = { value: "at_risk", reason: "Ana is ill", expires_at: "2026-03-10" };
    await hub.patch("ACME-1", { ...override("testing", "2026-03-10"), health });
    await hub.settle();
    await hub.patch("ACME-1", { override: null });
    const { id } = (await hub.get("/v1/features/ACME-1")).body;
    const { items } = await acts(hub.real.table, undefined, 10);
    const expiresAt = "2026-03-10T23:59:59.999Z";
    expect(items).toHaveLength(3);
    expect(items.map(({ act, detail }) => [act, detail])).toEqual(
      expect.arrayContaining([
        ["override.clear", { about: "stage" }],
        ["override.set", { about: "health", value: "at_risk", expiresAt }],
        ["override.set", { about: "stage", stage: "testing", says: "enter", expiresAt }],
      ]),
    );
    expect(items.every(({ by, subject }) => by.id === "mem_ana" && subject === id)).toBe(true);
    // The view did not follow yet: to this version somebody said something already.
    expect((await hub.patch("ACME-1", override("design", "2026-03-11"))).status).toBe(412);
    expect((await acts(hub.real.table, undefined, 10)).items).toHaveLength(3);
  });

  it("is taken back before it ends, and stays in the timeline with who did so", async () => {
    using hub = await world();
    await hub.patch("ACME-1", override("testing", "2026-06-01"));
    await hub.settle();
    hub.pass(3600);
    expect((await hub.patch("ACME-1", { override: null })).status).toBe(202);
    await hub.settle();
    const { body } = await hub.get("/v1/features/ACME-1");
    expect([body.stage, body.assertions]).toEqual(["vision", []]);
    const lines = (await hub.get("/v1/features/ACME-1/timeline")).body.data.map(({ text }: { text: string }) => text);
    expect(lines.slice(0, 2)).toEqual([
      "Ana took that back",
      "Ana says that it is in Testing, until 2026-06-01: Everybody in Spain has it",
    ]);
    const evidence = (await hub.get("/v1/features/ACME-1/evidence")).body.data as { kind: string; name: string }[];
    expect(evidence.filter(({ kind }) => kind === "assertion").map(({ name }) => name)).toEqual([
      "Ana says that it is in Testing, ended on 2026-03-02: Everybody in Spain has it",
    ]);
  });

  it("is one at a time: what is said later ends what was said before", async () => {
    using hub = await world();
    await hub.patch("ACME-1", override("testing", "2026-06-01"));
    await hub.settle();
    hub.pass(60);
    await hub.patch("ACME-1", override("design", "2026-06-01", "Not built yet"));
    await hub.settle();
    const { body } = await hub.get("/v1/features/ACME-1");
    expect([body.stage, body.assertions.map(({ stage }: { stage: string }) => stage)]).toEqual(["design", ["design"]]);
  });

  it("ends in the same view when the feed hands out its row again", async () => {
    using hub = await world();
    await hub.patch("ACME-1", override("testing", "2026-06-01"));
    const { records } = await hub.settle();
    const before = (await hub.get("/v1/features/ACME-1")).body;
    const { project } = await import("../../shared/pipeline/project.ts");
    await project(hub.hub, [...records, ...records.toReversed()]);
    expect((await hub.get("/v1/features/ACME-1")).body).toEqual(before);
  });

  it("meets what tools show as a conflict, and does not silence it", async () => {
    using hub = await world();
    await hub.put({
      ...feature("ACME-1", "Gift cards"),
      kind: "workItem",
      external: { noun: "workItem", id: "ACME-2", key: "ACME-2", url: "https://tool.example/2" },
      fields: {
        title: "Print them",
        type: { category: "story", detail: "Story", mappedBy: "tool" },
        status: { category: "in_progress", detail: "Doing", mappedBy: "tool" },
        startedAt: "2026-03-01T10:00:00.000Z",
        parentId: { kind: "feature", noun: "feature", id: "ACME-1" },
      },
    });
    await hub.settle();
    await hub.patch("ACME-1", {
      override: { stage: "development", polarity: "not", reason: "Only a trial", expires_at: "2026-04-01" },
    });
    await hub.settle();
    const { body } = await hub.get("/v1/features/ACME-1/explain");
    expect(body.stage).toBe("development");
    expect(body.conflicts.map(({ claim }: { claim: string }) => claim)).toContain(
      "Ana asserted that it is not in development (2 Mar)",
    );
  });

  it("needs the version that was read, a reason and an end within a year", async () => {
    using hub = await world();
    const body = override("testing", "2026-06-01");
    const { etag } = await hub.get("/v1/features/ACME-1");
    const codeOf = async (response: Response) => [response.status, JSON.parse(await response.text()).code];
    expect(await codeOf(await hub.send("PATCH", "/v1/features/ACME-1", body))).toEqual([428, "if_match_required"]);
    const stale = await hub.send("PATCH", "/v1/features/ACME-1", body, { "If-Match": '"get_feature-ftr_x-1"' });
    expect(await codeOf(stale)).toEqual([412, "version_conflict"]);
    expect((await hub.send("PATCH", "/v1/features/ACME-1", body, { "If-Match": etag })).status).toBe(202);
    // The second of two who read the same version, before projection came to the first.
    const second = await hub.send("PATCH", "/v1/features/ACME-1", body, { "If-Match": etag });
    expect(await codeOf(second)).toEqual([412, "version_conflict"]);
    await hub.settle();
    for (const bad of [
      override("testing", "2026-06-01", " "),
      override("testing", "2026-03-01"),
      override("testing", "2027-06-01"),
      override("tested", "2026-06-01"),
      { override: { stage: "testing", polarity: "enter", reason: "x" } },
      {},
    ])
      expect(await codeOf(await hub.patch("ACME-1", bad))).toEqual([400, "invalid_body"]);
    const viewer = await hub.send("PATCH", "/v1/features/ACME-1", body, { "If-Match": etag, "X-As": "viewer" });
    expect(await codeOf(viewer)).toEqual([403, "scope_missing"]);
    expect((await hub.patch("ACME-1", override("design", "2026-06-01"))).status).toBe(202);
  });
});

describe("what a person says of health", () => {
  it("stands beside what is derived, with name and words, until it ends", async () => {
    using hub = await world();
    const health = { value: "off_track", reason: "Legal says no", expires_at: "2026-03-30" };
    await hub.patch("ACME-1", { health });
    await hub.settle();
    const said = (await hub.get("/v1/features/ACME-1")).body.health;
    expect(said).toMatchObject({
      value: "off_track",
      declared: { value: "off_track", by: "Ana", text: "Legal says no", stale: false },
    });
    hub.pass(20 * DAY);
    await hub.sweep();
    expect((await hub.get("/v1/features/ACME-1")).body.health.value).toBe("off_track");
    hub.pass(9 * DAY);
    await hub.sweep();
    expect((await hub.get("/v1/features/ACME-1")).body.health.declared).toBeNull();
  });

  it("gives way to a later update, which goes stale after 14 days", async () => {
    using hub = await world();
    await hub.patch("ACME-1", { health: { value: "off_track", reason: "Legal says no", expires_at: "2026-06-30" } });
    await hub.settle();
    hub.pass(DAY);
    const posted = await hub.send("POST", "/v1/features/ACME-1/updates", {
      health: "at_risk",
      text: "They think again",
    });
    expect(posted.status).toBe(201);
    await hub.settle();
    const { body } = await hub.get("/v1/features/ACME-1");
    expect(body.health.declared).toMatchObject({ value: "at_risk", by: "Ana", text: "They think again" });
    expect((await hub.get("/v1/features/ACME-1/updates")).body.data).toMatchObject([
      { health: "at_risk", text: "They think again", by: { name: "Ana" } },
    ]);
    hub.pass(15 * DAY);
    await hub.sweep();
    expect((await hub.get("/v1/features/ACME-1")).body.health.declared.stale).toBe(true);
  });
});

describe("the forms of a feature's page", () => {
  it("say and take back without JavaScript, and lead back to the page", async () => {
    using hub = await world();
    const page = await (await hub.app.request("/features/ACME-1")).text();
    const version = /name="version" value="(\d+)"/.exec(page)?.[1] ?? "";
    const reason = "<script>alert(1)</script>";
    const fields = { does: "stage", version, stage: "testing", polarity: "enter", reason, expires_at: "2026-06-01" };
    const answer = await hub.form("/features/ACME-1", fields);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/features/ACME-1#said"]);
    const again = await hub.form("/features/ACME-1", fields);
    expect(again.status).toBe(412);
    await hub.settle();
    await hub.form("/features/ACME-1", { does: "update", text: `${reason} two`, health: "" });
    await hub.settle();
    const after = await (await hub.app.request("/features/ACME-1")).text();
    expect(after).not.toContain("<script>");
    expect(after).toContain("is in Testing. &lt;script&gt;alert(1)&lt;/script&gt;");
    expect(after).toContain("&lt;script&gt;alert(1)&lt;/script&gt; two");
    const { version: next } = (await hub.get("/v1/features/ACME-1")).body;
    expect((await hub.form("/features/ACME-1", { does: "clear_stage", version: String(next) })).status).toBe(303);
    await hub.settle();
    expect((await hub.get("/v1/features/ACME-1")).body.assertions).toEqual([]);
  });

  it("are refused to who may only read, to other sites, and with fields that mean nothing", async () => {
    using hub = await world();
    const fields = { does: "update", text: "x" };
    expect((await hub.form("/features/ACME-1", fields, { "X-As": "viewer" })).status).toBe(403);
    expect((await hub.form("/features/ACME-1", fields, { Origin: "https://evil.example" })).status).toBe(403);
    expect((await hub.form("/features/ACME-1", { does: "update", text: "" })).status).toBe(400);
    expect((await hub.form("/features/ACME-1", { does: "delete" })).status).toBe(400);
    expect((await hub.form("/features/ACME-9", fields)).status).toBe(404);
    expect((await hub.get("/v1/features/ACME-1/updates")).body.data).toEqual([]);
  });
});
