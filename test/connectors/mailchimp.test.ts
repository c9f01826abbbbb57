import { afterAll, beforeEach, describe, expect, it } from "vitest";
import mailchimp from "../../connectors/mailchimp/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { capabilitiesOf } from "../../shared/pipeline/capabilities.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { testConnector } from "../contract/connector.ts";
import { idsOf, openSite } from "./site.ts";

const ADDRESS = "https://hub.example/hooks/mailchimp";
const BODY = { type: "campaign", fired_at: "2026-03-02 10:00:00", "data[id]": "5d1c7a90be", "data[list_id]": "1a2b3c" };

testConnector(mailchimp, {
  settings: { apiKey: "unused-us21", webhookSecret: "whsec-fixture" },
  webhook: {
    body: BODY,
    text: new URLSearchParams(BODY).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    url: `${ADDRESS}?secret=whsec-fixture`,
    unsigned: { url: ADDRESS },
    receivedAt: new Date("2026-03-02T10:00:00.000Z"),
  },
});

const site = await openSite(mailchimp as never);
afterAll(() => site.stop());
beforeEach(() => {
  site.sandbox.reset();
  site.waits.length = 0;
});

type Campaign = Draft<"campaign">;
const campaignsIn = (drafts: readonly Draft[]): Campaign[] =>
  drafts.filter(({ kind }) => kind === "campaign") as Campaign[];
const named = (drafts: readonly Draft[], name: string): Campaign | undefined =>
  campaignsIn(drafts).find(({ fields }) => fields.name.startsWith(name));

describe("the sandbox's Mailchimp", () => {
  it("gives every campaign with its report, whatever the page size", async () => {
    const whole = site.draftsOf("campaigns", await site.read("campaigns"));
    const small = site.draftsOf("campaigns", await site.read("campaigns", undefined, { pageSize: 6 }));
    expect(idsOf(whole).length).toBeGreaterThan(15);
    expect(small).toEqual(whole);
    for (const { fields } of campaignsIn(whole).filter(({ fields: { status } }) => status.category === "sent")) {
      expect(fields.unsubscribes).toBeDefined();
      expect(fields.opens).toBeGreaterThan(fields.clicks ?? Number.NaN);
      expect(fields.revenue?.currency).toBe("EUR");
    }
    const drafts = campaignsIn(whole).filter(({ fields: { status } }) => status.category !== "sent");
    expect(drafts.map(({ fields }) => fields.sent)).toEqual(drafts.map(() => undefined));
  });

  it("loses no campaign when it resumes at any page's cursor", async () => {
    const pages = await site.read("campaigns", undefined, { pageSize: 7 });
    const whole = idsOf(site.draftsOf("campaigns", pages));
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, { cursor }] of pages.entries()) {
      const rest = site.draftsOf("campaigns", await site.read("campaigns", cursor, { pageSize: 7 }));
      expect(idsOf([...site.draftsOf("campaigns", pages.slice(0, index + 1)), ...rest])).toEqual(whole);
    }
  });

  it("tells at the next read what was sent, and what became of what no list names any more", async () => {
    const pages = await site.read("campaigns");
    const [draft, scheduled] = ["draft", "scheduled"].map((status) =>
      campaignsIn(site.draftsOf("campaigns", pages)).find(({ fields }) => fields.status.category === status),
    );
    if (draft === undefined || scheduled === undefined)
      throw new Error("the company has no draft or nothing scheduled");
    await site.sandbox.control({ do: "webhooks", mode: "off" });
    await site.sandbox.control({ do: "mailchimp.send", campaign: draft.external.id });
    await site.sandbox.control({ do: "mailchimp.cancel", campaign: scheduled.external.id });
    const next = campaignsIn(site.draftsOf("campaigns", await site.read("campaigns", pages.at(-1)?.cursor)));
    const statusOf = (id: string) => next.findLast(({ external }) => external.id === id)?.fields.status.category;
    expect(statusOf(draft.external.id)).toBe("sent");
    expect(statusOf(scheduled.external.id)).toBe("cancelled");
    expect(next.length).toBeLessThan(campaignsIn(site.draftsOf("campaigns", pages)).length);
  });

  it("counts the campaigns for a census, without the deleted", async () => {
    const census = site.streamOf("campaigns").census;
    const ids = async () => (await Array.fromAsync(census?.ids(site.context(), "") ?? [])).flat().map(({ id }) => id);
    const before = await ids();
    await site.sandbox.control({ do: "mailchimp.delete", campaign: before[0] });
    expect(await ids()).toEqual(before.slice(1));
    expect(await site.reread("campaigns", before.slice(0, 2))).toHaveLength(1);
    expect(await census?.reaches(site.context(), "0000000000")).toBe(false);
  });

  it("reads the audiences that are named and no other", async () => {
    const [audience] = site.draftsOf("audiences", await site.read("audiences"));
    const id = audience?.external.id ?? "";
    const selected = { audiences: [id] };
    expect(idsOf(site.draftsOf("audiences", await site.read("audiences", undefined, selected)))).toEqual([
      `audience ${id}`,
    ]);
    const scopes = site
      .draftsOf("campaigns", await site.read("campaigns", undefined, selected))
      .map((one) => one.scopes);
    expect(new Set(scopes.flat())).toEqual(new Set([id]));
  });

  it("tells the size of an audience by month, and nobody in it", async () => {
    const before = site.draftsOf("audiences", await site.read("audiences")) as Draft<"metric">[];
    const [{ external, fields } = { external: { id: "" }, fields: { points: [] } }] = before;
    await site.sandbox.control({ do: "mailchimp.subscribe", audience: external.id, people: 40 });
    const [after] = (await site.reread("audiences", [external.id])) as Draft<"metric">[];
    expect(after?.fields.points?.map(({ at }) => at.slice(8))).toEqual(Array.from({ length: 7 }, () => "01"));
    expect(after?.fields.points?.at(-1)?.value).toBe((fields.points?.at(-1)?.value ?? 0) + 40);
    expect(JSON.stringify(await site.read("audiences"))).not.toContain("@");
    expect(JSON.stringify(await site.read("campaigns"))).not.toContain("@");
  });

  it("has the feature that was announced before it was there", async () => {
    const title = site.sandbox.company.products[0]?.features[4] ?? "";
    const campaign = named(site.draftsOf("campaigns", await site.read("campaigns")), title);
    expect(campaign?.fields).toMatchObject({ status: { category: "sent" }, sentAt: expect.stringMatching(/^2026-02/) });
  });
});

describe("Mailchimp under load", () => {
  it("is asked later and later while it answers 403 without JSON, and not forever", async () => {
    await site.sandbox.control({ do: "limit", budget: "mailchimp", to: 0 });
    await expect(site.read("audiences")).rejects.toMatchObject({ code: "vendor_rate_limited", retry: "later" });
    const waits = site.waits.filter((wait) => wait > 0);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });

  it("names a missing right where the 403 is JSON", async () => {
    await site.sandbox.control({ do: "misbehave", vendor: "mailchimp", how: "forbidden", path: "/automations" });
    const { config } = site.context();
    const connection = { connector: site.connector, config, http: () => site.context().http } as unknown as Connection;
    const found = await capabilitiesOf(connection);
    expect(found.filter(({ works }) => !works)).toMatchObject([
      { stream: "automations", code: "vendor_forbidden", right: expect.stringContaining("API key") },
    ]);
  });

  it("says so when its key is refused or a list does not go on", async () => {
    const refused = site.read("campaigns", undefined, { apiKey: "other-us21" });
    await expect(refused).rejects.toMatchObject({ code: "vendor_auth_expired" });
    await site.sandbox.control({ do: "misbehave", vendor: "mailchimp", how: "repeat_cursor", times: 9, after: 1 });
    const again = site.read("campaigns", undefined, { pageSize: 2 });
    await expect(again).rejects.toMatchObject({ code: "vendor_paging_broken" });
  });
});

describe("a webhook of Mailchimp", () => {
  it("is taken with the secret in its address, and only asks for the campaign again", async () => {
    const scheduled = campaignsIn(site.draftsOf("campaigns", await site.read("campaigns"))).find(
      ({ fields }) => fields.status.category === "scheduled",
    );
    const id = scheduled?.external.id ?? "";
    const { webhooks } = await site.sandbox.control({ do: "mailchimp.send", campaign: id });
    expect(webhooks).toMatchObject([{ vendor: "mailchimp", event: "campaign", status: 202 }]);
    expect(await site.ingested()).toMatchObject({ written: 0, jobs: [{ stream: "campaigns", ids: [id] }] });
    expect((await site.reread("campaigns", [id]))[0]?.fields).toMatchObject({ status: { category: "sent" } });
  });

  it("is refused with another secret, without one, and as JSON", async () => {
    const send = (query: string, body: string) => fetch(`${site.hubUrl}/hooks/acme${query}`, { method: "POST", body });
    const body = new URLSearchParams(BODY).toString();
    expect((await send("?secret=wrong", body)).status).toBe(401);
    expect((await send("", body)).status).toBe(401);
    expect((await send(`?secret=${encodeURIComponent("the secret of this test")}`, "{}")).status).toBe(400);
    expect((await site.ingested()).jobs).toEqual([]);
  });

  it("tells nothing about people", () => {
    const told = mailchimp.webhook?.records({ type: "subscribe", "data[id]": "1" }, new Headers(), {} as never);
    expect(told).toEqual([]);
    const form = new TextEncoder().encode("type=unsubscribe&data%5Bemail%5D=sam%40customer.example&data%5Bid%5D=7");
    expect(mailchimp.webhook?.parse?.(form)).toEqual({ type: "unsubscribe", "data[id]": "7" });
  });

  it("keeps not even the bytes of what is about people", async () => {
    const body = "type=unsubscribe&data%5Bemail%5D=sam%40customer.example&data%5Bid%5D=7";
    const address = `${site.hubUrl}/hooks/acme?secret=${encodeURIComponent("the secret of this test")}`;
    expect((await fetch(address, { method: "POST", body })).status).toBe(202);
    expect(await site.queued()).toBe(0);
  });

  it("has somebody there when Mailchimp looks", async () => {
    expect((await fetch(`${site.hubUrl}/hooks/acme`)).status).toBe(200);
  });

  it("is set up once for each audience, its secret in the address and out of what is told", async () => {
    const { setup } = mailchimp.webhook ?? {};
    const [audience] = site.draftsOf("audiences", await site.read("audiences"));
    const id = audience?.external.id ?? "";
    const hook = { url: `${site.hubUrl}/hooks/acme`, secret: "first" };
    const context = site.context() as never;
    const made = await setup?.create(context, id, hook);
    await setup?.update?.(context, id, made?.id ?? "", { ...hook, secret: "second" });
    expect(await setup?.list(context, id)).toEqual([{ id: made?.id, url: hook.url }]);
    expect(() => setup?.scopes?.(site.context().config as never)).toThrow(/name audiences/);
  });
});
