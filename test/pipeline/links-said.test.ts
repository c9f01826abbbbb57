import { describe, expect, it } from "vitest";
import { draft, feature, openSaid, pull, word } from "./said-hub.ts";

type Told = {
  readonly id: string;
  readonly type: string;
  readonly hints: readonly object[];
  readonly confidence: number;
};
type Hub = ReturnType<typeof openSaid>;

const campaign = (id: string, name: string) =>
  draft("campaign", id, {
    fields: { name, channel: word("email"), status: word("sent"), sentAt: "2026-03-01T10:00:00.000Z" },
  });
const waiting = async (hub: Hub): Promise<Told[]> => (await hub.get("/v1/links/review")).body.data;
const speaking = async (hub: Hub, key: string): Promise<string[]> =>
  (await hub.get(`/v1/features/${key}/evidence`)).body.data.map(({ key: one }: { key: string }) => one).sort();
const stageOf = async (hub: Hub, key: string) => (await hub.get(`/v1/features/${key}`)).body.stage;

describe("a link that is only mentioned", () => {
  const mention = [{ alias: "ACME-1", place: "body" }] as const;

  it("waits for a person, moves no stage before, and counts once confirmed; both ways back are open", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1", "Gift cards"));
    await hub.put(pull(7, mention));
    await hub.settle();
    const [one, ...rest] = await waiting(hub);
    expect(rest).toEqual([]);
    expect(one).toMatchObject({
      type: "implements",
      confidence: 0.4,
      from: { kind: "pull_request", key: "acme/web#7" },
      to: { key: "ACME-1", name: "Gift cards" },
      hints: [{ by: "mention", text: "ACME-1" }],
    });
    expect(await stageOf(hub, "ACME-1")).toBe("vision");

    expect((await hub.send("POST", `/v1/links/${one?.id}/confirm`)).status).toBe(200);
    const { events } = await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("development");
    expect(await speaking(hub, "ACME-1")).toEqual(["acme/web#7"]);
    expect(await waiting(hub)).toEqual([]);
    expect(events.find(({ name }) => name === "link.created")?.data).toMatchObject({
      confidence: 1,
      cause: "override",
    });
    expect(events.find(({ name }) => name === "feature.stage.changed")?.data).toMatchObject({ cause: "override" });
    const links: { id: string }[] = (await hub.get("/v1/features/ACME-1/links")).body.data;
    expect(links.find(({ id }) => id === one?.id)).toMatchObject({
      confidence: 1,
      holds: true,
      decision: { is: "confirmed", by: { name: "Ana" } },
    });

    expect((await hub.send("DELETE", `/v1/links/${one?.id}/decision`)).status).toBe(204);
    await hub.settle();
    expect([await stageOf(hub, "ACME-1"), (await waiting(hub)).map(({ id }) => id)]).toEqual(["vision", [one?.id]]);
  });

  it("waits no more when the record is linked by something better, or mentions it no longer", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1"));
    await hub.put(pull(7, mention));
    await hub.put(pull(8, mention));
    await hub.settle();
    expect(await waiting(hub)).toHaveLength(2);
    await hub.put(pull(7, [...mention, { alias: "ACME-1", place: "branch" }], "2026-03-01T11:00:00.000Z"));
    await hub.put(pull(8, [], "2026-03-01T11:00:00.000Z"));
    await hub.settle();
    expect(await waiting(hub)).toEqual([]);
  });
});

describe("a rejected link", () => {
  it("stays away when the same evidence is detected again, and comes back when the rejection is taken back", async () => {
    using hub = openSaid();
    const branch = [{ alias: "ACME-1", place: "branch" }] as const;
    await hub.put(feature("ACME-1"));
    await hub.put(pull(7, branch));
    await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("development");
    const links: { id: string; type: string }[] = (await hub.get("/v1/features/ACME-1/links")).body.data;
    const { id } = links.find(({ type }) => type === "implements") ?? { id: "" };
    await hub.send("POST", `/v1/links/${id}/reject`);
    await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("vision");

    await hub.put(pull(7, [], "2026-03-01T11:00:00.000Z"));
    await hub.settle();
    await hub.put(pull(7, [...branch, { alias: "ACME-1", place: "title" }], "2026-03-01T12:00:00.000Z"));
    await hub.settle();
    expect([await stageOf(hub, "ACME-1"), await speaking(hub, "ACME-1")]).toEqual(["vision", []]);
    expect((await hub.get("/v1/features/ACME-1/links")).body.data).toMatchObject([
      { id, holds: false, decision: { is: "rejected" } },
    ]);

    await hub.send("DELETE", `/v1/features/ACME-1/links/${id}`);
    await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("development");
  });
});

describe("names that are alike in two tools", () => {
  it.each([
    ["feature first", ["feature", "campaign"]],
    ["campaign first", ["campaign", "feature"]],
  ])("are suggested in any order: %s", async (_, order) => {
    using hub = openSaid();
    for (const kind of order) {
      if (kind === "feature") await hub.put(feature("ACME-1", "Gift cards"));
      else await hub.put(campaign("c1", "Gift cards launch"), "mail");
      await hub.settle();
    }
    await hub.put(campaign("c2", "Spring sale"), "mail");
    await hub.settle();
    expect(await waiting(hub)).toMatchObject([
      { type: "promotes", confidence: 0.5, hints: [{ by: "name", text: "card gift" }] },
    ]);
    expect(await stageOf(hub, "ACME-1")).toBe("vision");
    await hub.put({ ...campaign("c1", "Spring sale too"), updatedAt: "2026-03-01T11:00:00.000Z" }, "mail");
    await hub.settle();
    expect(await waiting(hub)).toEqual([]);
  });

  it("of features say which takes in the other: what delivers takes in what was planned", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1", "Gift cards", { type: "Epic" }));
    await hub.put(feature("n1", "Gift card", { type: "Roadmap item" }), "notes");
    await hub.put(feature("ACME-2", "Gift cards again", { type: "Epic" }));
    await hub.settle();
    const all = await waiting(hub);
    expect(all.map((one) => one.type)).toEqual(["supersedes", "supersedes"]);
    expect(all[0]).toMatchObject({ from: { key: "ACME-1" }, to: { key: "n1" } });
    await hub.send("POST", `/v1/links/${all[0]?.id}/reject`);
    await hub.settle();
    await hub.put(
      { ...feature("n1", "The gift card", { type: "Roadmap item" }), updatedAt: "2026-03-02T09:00:00.000Z" },
      "notes",
    );
    await hub.settle();
    expect((await waiting(hub)).map(({ id }) => id)).toEqual([all[1]?.id]);
  });

  it("are compared by rare words only, so that a product of many like names costs no more", async () => {
    using hub = openSaid();
    for (let n = 0; n < 30; n++) await hub.put(campaign(`c${n}`, `Newsletter ${"abcdefghij"[n % 10]}x${n}`), "mail");
    await hub.settle();
    await hub.put(feature("ACME-1", "Newsletter"));
    await hub.settle();
    expect(await waiting(hub)).toEqual([]);
  });
});

describe("a thing that belongs to a feature", () => {
  it("is not compared by its name any more, and is again when it no longer does", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1", "Gift cards"));
    await hub.put(feature("ACME-2", "Vouchers"));
    await hub.put(campaign("c1", "Gift cards launch"), "mail");
    await hub.settle();
    const [one] = await waiting(hub);
    const declared = {
      references: [{ alias: "ACME-2", place: "declared" as const }],
      updatedAt: "2026-03-01T11:00:00.000Z",
    };
    await hub.put({ ...campaign("c1", "Gift cards launch"), ...declared }, "mail");
    await hub.settle();
    expect(await waiting(hub)).toEqual([]);
    await hub.put({ ...campaign("c1", "Gift cards launch"), updatedAt: "2026-03-01T12:00:00.000Z" }, "mail");
    await hub.settle();
    expect((await waiting(hub)).map(({ id }) => id)).toEqual([one?.id]);
  });
});

describe("a link that a person makes", () => {
  it("counts at once with confidence 1, names who made it, and is taken back", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1"));
    const id = await hub.put(pull(7, []));
    await hub.settle();
    const made = await hub.send("POST", "/v1/features/ACME-1/links", { record: id, type: "implements" });
    expect(made.status).toBe(201);
    const link = JSON.parse(await made.text());
    await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("development");
    expect((await hub.get("/v1/features/ACME-1/evidence")).body.data).toMatchObject([
      { key: "acme/web#7", confidence: 1, via: "confirmed by Ana" },
    ]);
    for (const bad of [{ record: "pul_none", type: "implements" }, { record: id, type: "fixes" }, { record: "x" }])
      expect((await hub.send("POST", "/v1/features/ACME-1/links", bad)).status).toBe(400);
    expect((await hub.send("DELETE", `/v1/features/ACME-1/links/${link.id}`)).status).toBe(204);
    await hub.settle();
    expect(await stageOf(hub, "ACME-1")).toBe("vision");
  });

  it("is refused where nothing is known of the two, and to who may only read", async () => {
    using hub = openSaid();
    const to = await hub.put(feature("ACME-1"));
    const from = await hub.put(pull(7, []));
    await hub.settle();
    const id = `lnk_${from}.implements.${to}`;
    expect((await hub.send("POST", `/v1/links/${id}/confirm`)).status).toBe(404);
    expect((await hub.send("POST", "/v1/links/lnk_x/confirm")).status).toBe(404);
    expect((await hub.send("POST", `/v1/links/${id}/confirm`, undefined, { "X-As": "viewer" })).status).toBe(403);
  });
});

describe("the review page", () => {
  it("confirms, rejects and undoes without JavaScript", async () => {
    using hub = openSaid();
    await hub.put(feature("ACME-1", "<b>Gift</b> cards"));
    await hub.put(campaign("c1", "Gift cards launch"), "mail");
    await hub.settle();
    const page = async () => (await hub.app.request("/review")).text();
    const html = await page();
    expect(html).toContain("&lt;b&gt;Gift&lt;/b&gt; cards");
    expect(html.replaceAll(/<[^>]+>/g, "")).toContain("both names have Gift cards");
    const link = /name="link" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const answer = await hub.form("/review", { does: "confirm", link });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/review?done=${link}`]);
    await hub.settle();
    expect(await page()).toContain("No links to review.");
    expect(await speaking(hub, "ACME-1")).toEqual(["c1"]);
    await hub.form("/review", { does: "undo", link });
    await hub.settle();
    expect(await speaking(hub, "ACME-1")).toEqual([]);
    expect(await page()).toContain(link);
    const { data } = (await hub.get("/v1/audit")).body;
    const acts = data.map(({ act, subject }: { act: string; subject: string }) => `${act} ${subject}`);
    expect(acts.sort()).toEqual([`link.confirm ${link}`, `link.undo ${link}`]);
  });
});
