import { createHmac } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import intercom from "../../connectors/intercom/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { testConnector } from "../contract/connector.ts";
import { atSite, idsIn } from "./site-vendor.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const notification = (topic: string, item: object) => ({
  type: "notification_event",
  id: "notif_1",
  topic,
  created_at: 1772445600,
  data: { type: "notification_event_data", item },
});

testConnector(intercom, {
  settings: { accessToken: "unused", webhookSecret: "whsec-fixture" },
  webhook: {
    body: notification("conversation.user.replied", { type: "conversation", id: "215474207061545" }),
    receivedAt,
  },
});

let now = Date.parse("2026-11-22T09:00:00Z");
const sandbox = await startSandbox({ size: 100, clock: () => now, until: new Date("2026-11-22T00:00:00Z") });
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  now = Date.parse("2026-11-22T09:00:00Z");
});
const STREAMS = ["teams", "admins", "companies", "conversations", "tickets"] as const;
const ticketsOf = (drafts: readonly Draft[]) =>
  drafts.filter((draft): draft is Draft<"supportTicket"> => draft.kind === "supportTicket");

describe("the sandbox's Intercom", () => {
  it("is read whole, and what its records name is among them", async () => {
    const site = atSite(intercom, sandbox, { pageSize: 20 });
    const reads = await Promise.all(STREAMS.map((name) => site.all(name)));
    const drafts = reads.flatMap((read) => read.drafts);
    const { named, known } = idsIn(drafts);
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((id) => !known.has(id))).toEqual([]);
    expect(drafts.filter(({ kind }) => kind === "customer")).toHaveLength(8);
    expect(ticketsOf(drafts).length).toBeGreaterThan(40);
    expect(drafts.some(({ kind }) => kind === "feedback")).toBe(true);
    for (const { external } of ticketsOf(drafts)) expect(external.url).toContain("/a/inbox/acme1234/");
  });

  it("keeps nothing of who asked, nor what was said after the first message", async () => {
    const site = atSite(intercom, sandbox);
    const pages = await site.poll("conversations");
    const [{ id }] = pages.flatMap(({ records }) => records) as [{ readonly id: string }];
    const text = JSON.stringify([pages, await site.poll("tickets"), await site.reread("conversations", [id])]);
    expect(text).not.toMatch(/someone@|"Someone"|Any news|"contacts"|66c0ffee1111/);
  });

  it("tells replies and solutions in minutes, faces as ratings, and promises that were not kept", async () => {
    const { drafts } = await atSite(intercom, sandbox).all("conversations");
    const fields = ticketsOf(drafts).map((draft) => draft.fields);
    const solved = fields.find(({ solvedAt, firstReplyAt }) => solvedAt !== undefined && firstReplyAt !== undefined);
    expect((solved?.solveMinutes ?? 0) - (solved?.firstReplyMinutes ?? 0)).toBeCloseTo(
      (Date.parse(solved?.solvedAt ?? "") - Date.parse(solved?.firstReplyAt ?? "")) / 60_000,
      5,
    );
    const rated = fields.filter(({ satisfactionScore }) => satisfactionScore !== undefined);
    expect(new Set(rated.map((one) => `${one.satisfactionScore} ${one.satisfaction?.category}`))).toEqual(
      new Set(
        ["1 bad", "2 bad", "3 unknown", "4 good", "5 good"].filter((one) =>
          rated.some((r) => one.startsWith(`${r.satisfactionScore}`)),
        ),
      ),
    );
    expect(rated.length).toBeGreaterThan(2);
    expect(new Set(fields.map(({ isSlaBreached }) => isSlaBreached))).toEqual(new Set([true, false, undefined]));
  });

  it("points to features by tag, attribute, external reference and link, and to the tracker it is gathered in", async () => {
    const { drafts } = await atSite(intercom, sandbox).all("conversations");
    const references = ticketsOf(drafts).flatMap((draft) => draft.references ?? []);
    const places = new Set(references.map(({ place }) => place));
    expect([...places].toSorted()).toEqual(["body", "declared", "native"]);
    expect(references).toContainEqual({ alias: expect.stringMatching(/^INS-\d+$/), place: "declared" });
    const linked = ticketsOf(drafts).filter(({ relations = [] }) => relations.length > 0);
    expect(linked[0]?.relations).toEqual([
      { type: "relates_to", to: { kind: "supportTicket", noun: "ticket", id: expect.any(String) } },
    ]);
  });

  it("loses nothing when it goes on from the cursor of any page, then reads the overlap alone", async () => {
    const site = atSite(intercom, sandbox, { pageSize: 20 });
    const { pages, drafts, cursor } = await site.all("conversations");
    expect(pages.length).toBeGreaterThan(2);
    const ids = (of: readonly Draft[]) => new Set(ticketsOf(of).map(({ external }) => external.id));
    const rest = await site.all("conversations", pages[0]?.cursor);
    const first = site.draftsOf("conversations", pages[0]?.records ?? []);
    expect(new Set([...ids(first), ...ids(rest.drafts)])).toEqual(ids(drafts));
    expect(ids((await site.all("conversations", cursor)).drafts).size).toBeLessThan(3);
  });

  it("gives what was closed, rated and deleted since, and tells a deletion once", async () => {
    const site = atSite(intercom, sandbox);
    const before = await site.all("conversations");
    const [closed, deleted] = ticketsOf(before.drafts)
      .filter(({ fields }) => fields.status.category === "open")
      .map(({ external }) => external.id);
    await sandbox.control({ do: "intercom.close", conversation: closed });
    now += 5000;
    await sandbox.control({ do: "intercom.rate", conversation: closed, rating: 1, remark: "Still broken" });
    await sandbox.control({ do: "intercom.delete", conversation: deleted });
    const after = await site.all("conversations", before.cursor);
    expect(after.drafts).toContainEqual(
      expect.objectContaining({
        external: expect.objectContaining({ id: closed, noun: "conversation" }),
        fields: expect.objectContaining({ satisfactionScore: 1, solvedAt: "2026-11-22T09:00:00.000Z" }),
      }),
    );
    expect(after.drafts).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ text: "Still broken" }) }),
    );
    const gone = (read: typeof after) => read.pages.flatMap((page) => page.gone ?? []);
    expect(gone(after)).toContainEqual({ kind: "supportTicket", noun: "conversation", id: deleted });
    expect(gone(await site.all("conversations", after.cursor))).toEqual([]);
    expect(await site.reread("conversations", [deleted ?? "", "../me"])).toEqual([]);
  });

  it("ends a run whose page token comes twice, waits as told, and survives empty pages", async () => {
    const site = atSite(intercom, sandbox, { pageSize: 20 });
    const [first] = await site.poll("conversations");
    await sandbox.control({ do: "misbehave", vendor: "intercom", how: "repeat_cursor", path: "search" });
    await expect(site.poll("conversations", first?.cursor)).rejects.toMatchObject({ code: "vendor_paging_broken" });
    const whole = ticketsOf((await site.all("conversations")).drafts).length;
    await sandbox.control({ do: "misbehave", vendor: "intercom", how: "empty_page", path: "search", after: 1 });
    expect(ticketsOf((await site.all("conversations")).drafts)).toHaveLength(whole);
    await sandbox.control({ do: "misbehave", vendor: "intercom", how: "rate_limited", seconds: 4, path: "teams" });
    await site.all("teams");
    expect(site.waits).toContain(4000);
  });

  it("names an ended token and a right that is missing", async () => {
    await expect(atSite(intercom, sandbox, { accessToken: "wrong" }).poll("teams")).rejects.toMatchObject({
      code: "vendor_auth_expired",
    });
    await sandbox.control({ do: "misbehave", vendor: "intercom", how: "forbidden", path: "tickets" });
    const site = atSite(intercom, sandbox);
    await expect(site.poll("tickets")).rejects.toMatchObject({ code: "vendor_forbidden" });
    expect(intercom.setup?.rights["tickets"]).toBe("Read tickets");
    expect((await site.all("admins")).drafts).toHaveLength(3);
  });
});

describe("a webhook of Intercom", () => {
  const config = intercom.config.parse({ accessToken: "t", webhookSecret: "s" });
  const told = (topic: string, item: object) =>
    intercom.webhook?.records(notification(topic, item), new Headers(), config);

  it("asks for what changed again, and tells a deletion", () => {
    expect(told("conversation.admin.closed", { type: "conversation", id: "1" })).toEqual([
      { stream: "conversations", reread: "1" },
    ]);
    expect(told("ticket.state.updated", { type: "ticket", id: "2" })).toEqual([{ stream: "tickets", reread: "2" }]);
    expect(told("company.created", { type: "company", id: "c" })).toEqual([{ stream: "companies", reread: "c" }]);
    expect(told("ping", { type: "ping", message: "hi" })).toEqual([]);
    expect(told("conversation.deleted", { conversation_id: 9 })).toEqual([
      {
        stream: "conversations",
        record: { id: "9", updated_at: 1772445600 },
        presence: "deleted",
        at: "2026-03-02T10:00:00.000Z",
      },
    ]);
  });

  it("is signed with SHA-1 alone, whatever its header says, and known by its own id", () => {
    const body = new TextEncoder().encode('{"id":"notif_7"}');
    const sign = (algorithm: string) => `${algorithm}=${createHmac(algorithm, "s").update(body).digest("hex")}`;
    const delivery = (signature: string) => ({
      headers: new Headers({ "x-hub-signature": signature }),
      body,
      receivedAt,
    });
    const verify = (signature: string) => () => intercom.webhook?.signature.verify(delivery(signature), config);
    expect(verify(sign("sha1"))).not.toThrow();
    expect(verify(sign("sha256"))).toThrow();
    expect(verify("sha1=00")).toThrow();
    expect(intercom.webhook?.deliveryId(delivery(""))).toBe("notif_7");
  });
});
