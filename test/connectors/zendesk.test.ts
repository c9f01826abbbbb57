import { afterAll, beforeEach, describe, expect, it } from "vitest";
import zendesk from "../../connectors/zendesk/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { testConnector } from "../contract/connector.ts";
import { atSite, idsIn } from "./site-vendor.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");

testConnector(zendesk, {
  settings: { subdomain: "acme", accessToken: "unused", webhookSecret: "whsec-fixture" },
  webhook: {
    body: {
      type: "zen:event-type:ticket.status_changed",
      id: "2b24ef10",
      subject: "zen:ticket:1017",
      detail: { id: "1017", status: "SOLVED" },
      event: { previous: "OPEN", current: "SOLVED" },
    },
    headers: { "x-zendesk-webhook-invocation-id": "d-1" },
    receivedAt,
  },
});

let now = Date.parse("2026-11-22T09:00:00Z");
const until = new Date("2026-11-22T00:00:00Z");
const sandbox = await startSandbox({
  size: 200,
  clock: () => now,
  until,
  limits: { "zendesk.export": 1000, zendesk: 1e5 },
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  now = Date.parse("2026-11-22T09:00:00Z");
});
const tickets = (drafts: readonly Draft[]) =>
  drafts.filter((draft): draft is Draft<"supportTicket"> => draft.kind === "supportTicket");
const STREAMS = ["groups", "users", "organizations", "tickets", "ratings"] as const;

describe("the sandbox's Zendesk", () => {
  it("is read whole by the client's own token, and what its records name is among them", async () => {
    const site = atSite(zendesk, sandbox);
    const drafts = (await Promise.all(STREAMS.map((name) => site.all(name)))).flatMap((read) => read.drafts);
    const { named, known } = idsIn(drafts);
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((id) => !known.has(id))).toEqual([]);
    expect(tickets(drafts).length).toBeGreaterThan(40);
    expect(drafts.filter(({ kind }) => kind === "account")).toHaveLength(3);
    expect(new Set(drafts.flatMap(({ kind }) => kind))).toEqual(
      new Set(["team", "account", "customer", "supportTicket", "feedback"]),
    );
  });

  it("keeps nothing of who asked: no address, no name, no number of an end user", async () => {
    const site = atSite(zendesk, sandbox);
    const read = await Promise.all(["tickets", "ratings", "users"].map((name) => site.poll(name)));
    const text = JSON.stringify(read);
    expect(text).not.toMatch(/someone@|"Someone"|39500000\d|requester_id|submitter_id/);
    expect(text).toContain("tom.fielding@acme.example");
  });

  it("tells by the calendar and by business hours how long a reply and a solution took", async () => {
    const [one] = tickets((await atSite(zendesk, sandbox).all("tickets")).drafts).filter(
      ({ fields }) => fields.solvedAt,
    );
    const { firstReplyAt, firstReplyMinutes = 0, solveMinutes = 0, solvedAt, status } = one?.fields ?? {};
    const minutesTo = (at: string | undefined) => (Date.parse(at ?? "") - Date.parse(one?.createdAt ?? "")) / 60_000;
    expect(minutesTo(firstReplyAt)).toBe(firstReplyMinutes);
    expect(Math.floor(minutesTo(solvedAt))).toBe(solveMinutes);
    expect(one?.fields.firstReplyBusinessMinutes).toBeLessThan(firstReplyMinutes);
    expect(one?.fields.solveBusinessMinutes).toBeLessThan(solveMinutes);
    expect(["solved", "closed"]).toContain(status?.category);
  });

  it("points to the features it is about in each way that agents have", async () => {
    const { drafts } = await atSite(zendesk, sandbox).all("tickets");
    const references = tickets(drafts).flatMap((draft) => draft.references ?? []);
    expect(references).toContainEqual({ alias: expect.stringMatching(/^ACME-\d+$/), place: "native" });
    expect(references).toContainEqual({ alias: expect.stringMatching(/^ACME-\d+$/), place: "declared" });
    expect(references).toContainEqual({ alias: expect.stringMatching(/^acme\/devkit#\d+$/), place: "declared" });
    expect(references).toContainEqual({ alias: expect.any(String), place: "body" });
  });

  it("has the flood of tickets behind the release of Saved carts", async () => {
    const { drafts } = await atSite(zendesk, sandbox).all("tickets");
    const about = tickets(drafts).filter(({ fields }) => fields.subject.startsWith("Saved carts "));
    expect(about.length).toBeGreaterThanOrEqual(12);
    const days = about.map(({ createdAt }) => Date.parse(createdAt ?? "") / 86_400_000).toSorted((a, b) => a - b);
    expect((days[11] ?? 0) - (days[0] ?? 0)).toBeLessThan(9);
  });

  it("loses nothing when it goes on from the cursor of any page, and then reads nothing anew", async () => {
    const site = atSite(zendesk, sandbox, { pageSize: 25 });
    const { pages, drafts, cursor } = await site.all("tickets");
    expect(pages.length).toBeGreaterThan(2);
    const ids = (of: readonly Draft[]) => new Set(tickets(of).map(({ external }) => external.id));
    const rest = await site.all("tickets", pages[0]?.cursor);
    const first = site.draftsOf("tickets", pages[0]?.records ?? []);
    expect(new Set([...ids(first), ...ids(rest.drafts)])).toEqual(ids(drafts));
    expect((await site.all("tickets", cursor)).drafts).toEqual([]);
  });

  it("holds back the last minute, then gives what was solved, deleted and rated, once", async () => {
    const site = atSite(zendesk, sandbox);
    const before = await site.all("tickets");
    const ratings = await site.all("ratings");
    const [solved, deleted] = tickets(before.drafts)
      .filter(({ fields }) => fields.status.category === "open")
      .map(({ external }) => external.id);
    await sandbox.control({ do: "zendesk.solve", ticket: solved });
    await sandbox.control({ do: "zendesk.rate", ticket: solved, score: "bad", comment: "Too slow" });
    await sandbox.control({ do: "zendesk.delete", ticket: deleted });
    const atOnce = await site.all("tickets", before.cursor);
    expect(atOnce.drafts).toEqual([]);
    now += 120_000;
    const after = await site.all("tickets", atOnce.cursor);
    expect(tickets(after.drafts)).toHaveLength(1);
    expect(after.drafts[0]).toMatchObject({
      external: { id: solved },
      fields: {
        status: { category: "solved" },
        satisfaction: { category: "bad" },
        solvedAt: "2026-11-22T09:00:00.000Z",
      },
    });
    expect(after.pages.flatMap(({ gone = [] }) => gone)).toContainEqual({
      kind: "supportTicket",
      noun: "ticket",
      id: deleted,
    });
    const given = await site.all("ratings", ratings.cursor);
    expect(given.drafts).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({
          text: "Too slow",
          sentiment: expect.objectContaining({ category: "negative" }),
        }),
      }),
    );
    expect(await site.reread("tickets", [deleted ?? "", "no number"])).toEqual([]);
  });

  it("gives a ticket by id in the words of the export", async () => {
    const site = atSite(zendesk, sandbox);
    const { pages } = await site.all("tickets");
    const linked = pages.flatMap(({ records }) => records).find((one) => JSON.stringify(one).includes("issue_key"));
    expect(await site.reread("tickets", [String((linked as { id: number }).id)])).toEqual([linked]);
  });

  it("counts every ticket that is there", async () => {
    const site = atSite(zendesk, sandbox, { pageSize: 25 });
    const { census } = zendesk.streams["tickets"] ?? {};
    const counted = (await Array.fromAsync(census?.ids(site.open(), "") ?? [])).flat().map(({ id }) => id);
    expect(new Set(counted)).toEqual(
      new Set(tickets((await site.all("tickets")).drafts).map(({ external }) => external.id)),
    );
  });

  it("ends a run whose cursor comes twice, and waits as long as it is told", async () => {
    const site = atSite(zendesk, sandbox, { pageSize: 25 });
    const [first] = await site.poll("tickets");
    await sandbox.control({ do: "misbehave", vendor: "zendesk", how: "repeat_cursor", path: "tickets/cursor" });
    await expect(site.poll("tickets", first?.cursor)).rejects.toMatchObject({ code: "vendor_paging_broken" });
    await sandbox.control({ do: "misbehave", vendor: "zendesk", how: "repeat_cursor", times: 2, path: "groups" });
    await expect(site.poll("groups")).rejects.toMatchObject({ code: "vendor_paging_broken" });
    await sandbox.control({ do: "misbehave", vendor: "zendesk", how: "rate_limited", seconds: 7, path: "groups" });
    expect((await site.all("groups")).drafts).toHaveLength(2);
    expect(site.waits).toContain(7000);
  });

  it("names an ended credential and a right that is missing", async () => {
    const wrong = atSite(zendesk, sandbox, { oauth: undefined, accessToken: "wrong" });
    await expect(wrong.poll("groups")).rejects.toMatchObject({ code: "vendor_auth_expired" });
    const other = { clientId: "throughline", clientSecret: "not the secret" };
    await expect(atSite(zendesk, sandbox, { oauth: other }).poll("groups")).rejects.toMatchObject({
      code: "vendor_auth_expired",
    });
    await sandbox.control({ do: "misbehave", vendor: "zendesk", how: "forbidden", path: "incremental" });
    const site = atSite(zendesk, sandbox);
    await expect(site.poll("tickets")).rejects.toMatchObject({ code: "vendor_forbidden" });
    expect(zendesk.setup?.rights["tickets"]).toContain("administrator");
    expect((await site.all("groups")).drafts).toHaveLength(2);
  });
});

describe("a webhook of Zendesk", () => {
  const told = (body: unknown) =>
    zendesk.webhook?.records(body, new Headers(), zendesk.config.parse({ subdomain: "acme", accessToken: "t" }));

  it("asks for the ticket or organisation again, by event or by trigger, and for nothing else", () => {
    expect(told({ type: "zen:event-type:ticket.created", subject: "zen:ticket:7" })).toEqual([
      { stream: "tickets", reread: "7" },
    ]);
    expect(told({ ticket_id: "12" })).toEqual([{ stream: "tickets", reread: "12" }]);
    expect(told({ type: "zen:event-type:organization.created", subject: "zen:organization:9" })).toEqual([
      { stream: "organizations", reread: "9" },
    ]);
    expect(told({ type: "zen:event-type:user.created", subject: "zen:user:9" })).toEqual([]);
    expect(() => told({ hello: "world" })).toThrow();
  });

  it("is refused when it was sent more than five minutes ago", () => {
    const config = zendesk.config.parse({ subdomain: "acme", accessToken: "t", webhookSecret: "s" });
    const body = new TextEncoder().encode("{}");
    const signed = zendesk.webhook?.signature.sign(body, config, receivedAt);
    const late = new Date(receivedAt.getTime() + 301_000);
    const delivery = { headers: new Headers(signed), body };
    expect(() => zendesk.webhook?.signature.verify({ ...delivery, receivedAt }, config)).not.toThrow();
    expect(() => zendesk.webhook?.signature.verify({ ...delivery, receivedAt: late }, config)).toThrow();
  });
});
