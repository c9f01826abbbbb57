import { afterAll, afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import notion from "../../connectors/notion/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import { told, vendorServer } from "../connector/vendor-server.ts";
import { testConnector } from "../contract/connector.ts";
import { called, openSite } from "./open-site.ts";

const Ref = z.object({ kind: z.string(), noun: z.string(), id: z.string() });
const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const DATABASE = "3c3c3c3c-0000-4000-8000-000000000001";
const ALL = ["objectives", "keyResults", "roadmap", "spec"].map((as, at) => ({
  id: DATABASE.replace(/1$/, `${at + 1}`),
  as,
}));
const EVENT = {
  id: "367cba44-b6f3-4c92-81e7-6a2e9659efd4",
  timestamp: "2026-03-02T09:59:00.000Z",
  type: "page.properties_updated",
  attempt_number: 1,
  entity: { id: "1f2e3d4c-0000-4000-8000-000000000003", type: "page" },
  data: { parent: { id: DATABASE, type: "database" } },
};

testConnector(notion, {
  settings: { token: "ntn_unused", databases: ALL, webhookSecret: "secret_fixture" },
  webhook: { body: EVENT, receivedAt },
});

const sandbox = await startSandbox({ size: 60 });
afterAll(() => sandbox.stop());
afterEach(async () => {
  await sandbox.control({ do: "behave" });
  sandbox.reset();
});
const site = openSite(notion, sandbox);
const all = await site.everything();
const [OBJECTIVES = ""] = site.scopes("objectives");
const idOf = (stream: string, title: string) => called(all.get(stream), title)?.external.id ?? "";

describe("the sandbox's Notion", () => {
  it("tells of objectives whose states fit their numbers, but for one that is called done too early", () => {
    const results = all.get("keyResults") ?? [];
    const misfits = results.flatMap(({ fields }) => {
      const { title, status, baseline, target, current } = fields as Record<string, never> &
        Record<"status", { category: string }>;
      const share = (Number(current) - Number(baseline)) / (Number(target) - Number(baseline));
      const fits = { draft: share === 0, active: share > 0 && share < 1, achieved: share === 1 }[status.category];
      return fits === true ? [] : [`${title} ${status.category} ${share}`];
    });
    expect(results).toHaveLength(9);
    expect(misfits).toEqual(["Dashboards with a verified source achieved 0.4"]);
  });

  it("is read whole: visions, specifications, objectives, key results and roadmaps by what the config says", () => {
    expect(called(all.get("documents"), "Vision of Storefront")?.fields).toMatchObject({
      type: { category: "vision" },
      text: "What Storefront is for, and for whom.",
    });
    const spec = called(all.get("documents"), "Saved carts: specification");
    expect(spec?.references).toContainEqual({ alias: expect.stringMatching(/^ACME-\d+$/), place: "native" });
    const objective = called(all.get("objectives"), "Fewer abandoned carts");
    expect(objective?.fields).toMatchObject({ status: { category: "active", mappedBy: "tool" } });
    expect(called(all.get("keyResults"), "Checkouts that are finished")?.fields).toMatchObject({
      objectiveId: { kind: "objective", id: objective?.external.id },
      baseline: 40,
      target: 60,
      current: 44,
      unit: "%",
    });
    const feature = called(all.get("features"), "Saved carts");
    expect(feature?.fields).toMatchObject({ declaredStatus: { category: "completed" } });
    expect(feature?.relations?.[0]?.to.noun).toBe("page");
    expect(called(all.get("features"), "Kiosk mode")?.fields).toMatchObject({
      declaredStatus: { category: "cancelled" },
    });
    expect(all.get("users")).toHaveLength(15);
    expect(JSON.stringify(all.get("users"))).not.toContain("@");
  });

  it("refers to no page that no stream gives", () => {
    const known = new Set([...all.values()].flat().map(({ external }) => external.id));
    const refs = [...all.values()]
      .flat()
      .flatMap(({ fields, relations = [] }) => [
        ...Object.values(fields).flatMap((value: unknown) => Ref.safeParse(value).data?.id ?? []),
        ...relations.map(({ to }) => to.id),
      ]);
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((id) => !known.has(id))).toEqual([]);
  });

  it("is read on from the newest edit less the overlap, and loses nothing at any page's cursor", async () => {
    const small = openSite(notion, sandbox, { pageSize: 2 });
    const ids = (pages: readonly { readonly records: readonly unknown[] }[]) =>
      pages.flatMap(({ records }) => records.map((record) => (record as { id: string }).id));
    const pages = await small.read("objectives", OBJECTIVES);
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, { cursor }] of pages.entries()) {
      const both = new Set([
        ...ids(pages.slice(0, index + 1)),
        ...ids(await small.read("objectives", OBJECTIVES, cursor)),
      ]);
      expect(both).toEqual(new Set(ids(pages)));
    }
    await sandbox.control({ do: "notion.edit", page: "Fewer abandoned carts", status: "Done" });
    const rows = (await site.read("objectives", OBJECTIVES, pages.at(-1)?.cursor)).flatMap(({ records }) => records);
    const drafts = site.draftsOf("objectives", rows);
    expect(called(drafts, "Fewer abandoned carts")?.fields).toMatchObject({ status: { category: "achieved" } });
    expect(drafts.length).toBeLessThan(ids(pages).length);
  });

  it("reads a page again in its own stream alone, in the trash as archived, and unshared not at all", async () => {
    const id = idOf("objectives", "Fewer abandoned carts");
    expect(await site.reread("keyResults", [id])).toEqual([]);
    await sandbox.control({ do: "notion.trash", page: id });
    const [trashed] = await site.reread("objectives", [id]);
    expect(trashed?.archivedAt).toBe(trashed?.updatedAt);
    await sandbox.control({ do: "notion.unshare", page: id });
    expect(await site.reread("objectives", [id])).toEqual([]);
    const missed = { id, url: "https://www.notion.so/x" };
    expect(await notion.streams["objectives"]?.census?.whereabouts?.(site.context() as never, missed)).toEqual({
      state: "lost_access",
    });
  });

  it("counts what there is, and sees that a database is not shared any more", async () => {
    const census = notion.streams["objectives"]?.census;
    const context = site.context() as never;
    const counted = (await Array.fromAsync(census?.ids(context, OBJECTIVES) ?? [])).flat();
    expect(counted.length).toBe(all.get("objectives")?.length);
    expect(await census?.reaches(context, OBJECTIVES)).toBe(true);
    expect(await census?.reaches(context, "ac3e00aa000040008000000000000000")).toBe(false);
  });

  it("ends with a reason where the token is refused, a page token repeats, or Notion asks to wait too often", async () => {
    await expect(openSite(notion, sandbox, { token: "ntn_other" }).read("users")).rejects.toMatchObject({
      code: "vendor_auth_expired",
    });
    await sandbox.control({ do: "misbehave", vendor: "notion", how: "rate_limited", seconds: 1 });
    expect((await site.read("users")).length).toBe(1);
    const page = { results: [{ id: "u1" }], has_more: true, next_cursor: "same" };
    await using server = await vendorServer(told(200, page));
    const looping = openSite(notion, sandbox, { baseUrl: server.baseUrl });
    await expect(looping.read("users")).rejects.toMatchObject({ code: "vendor_paging_broken" });
    expect(server.asked).toHaveLength(2);
  });

  it("begins anew at the last edit where Notion ends a long query early", async () => {
    const row = (id: string, at: string) => ({ id, last_edited_time: at });
    const answers: Record<string, unknown>[] = [
      { data_sources: [{ id: "s1" }] },
      { properties: {} },
      { results: [row("p1", "2026-03-01T10:00:00.000Z")], has_more: false, request_status: { type: "incomplete" } },
      { results: [row("p1", "2026-03-01T10:00:00.000Z"), row("p2", "2026-03-01T11:00:00.000Z")], has_more: false },
    ];
    await using server = await vendorServer((request, response, nth) =>
      told(200, answers[nth - 1])(request, response, nth),
    );
    const early = openSite(notion, sandbox, { baseUrl: server.baseUrl });
    const pages = await early.read("objectives", OBJECTIVES);
    expect(pages.map(({ records }) => records.length)).toEqual([1, 2]);
    expect(pages.at(-1)?.cursor).toEqual({ edited: { s1: "2026-03-01T11:00:00.000Z" } });
  });
});

describe("a webhook of Notion", () => {
  const settings = { token: "t", databases: [{ id: DATABASE, as: "objectives" }] };
  const open = notion.config.parse(settings);
  const secured = notion.config.parse({ ...settings, webhookSecret: "secret_fixture" });
  const offer = { verification_token: "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl" };

  it("asks for the page in every stream that reads anything", () => {
    const of = (body: unknown) => notion.webhook?.records(body, new Headers(), secured);
    expect(of(EVENT)).toEqual([{ stream: "objectives", reread: EVENT.entity.id }]);
    expect(of({ ...EVENT, type: "page.deleted" })).toEqual([{ stream: "objectives", reread: EVENT.entity.id }]);
    expect(of({ ...EVENT, type: "comment.created", entity: { id: "c", type: "comment" } })).toEqual([]);
  });

  it("offers its verification token to a connection without one, and to no other", () => {
    expect(notion.webhook?.offer?.(offer, open)).toBe(offer.verification_token);
    expect(notion.webhook?.offer?.(offer, secured)).toBeUndefined();
    expect(notion.webhook?.offer?.({ ...offer, more: 1 }, open)).toBeUndefined();
    expect(notion.webhook?.offer?.({ verification_token: "two\nlines of text" }, open)).toBeUndefined();
    expect(notion.webhook?.offer?.(EVENT, open)).toBeUndefined();
  });
});
