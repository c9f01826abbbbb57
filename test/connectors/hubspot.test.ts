import { afterAll, beforeEach, describe, expect, it } from "vitest";
import hubspot from "../../connectors/hubspot/index.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { capabilitiesOf } from "../../shared/pipeline/capabilities.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { testConnector } from "../contract/connector.ts";
import { SchemaCheck } from "../infra/sandbox/schema-check.ts";
import { hasSpec, specText } from "../infra/sandbox/vendor-spec.ts";
import { idsOf, openSite } from "./site.ts";

const RECEIVED = new Date("2026-03-02T10:00:00.000Z");

testConnector(hubspot, {
  settings: { accessToken: "unused", webhookSecret: "whsec-fixture", companies: true },
  webhook: {
    body: [
      {
        eventId: 1,
        subscriptionId: 12,
        occurredAt: RECEIVED.getTime(),
        subscriptionType: "company.creation",
        objectId: 7,
      },
      {
        eventId: 2,
        subscriptionId: 13,
        occurredAt: RECEIVED.getTime(),
        subscriptionType: "company.deletion",
        objectId: 8,
      },
    ],
    url: "https://hub.example/hooks/hubspot?a=1",
    receivedAt: RECEIVED,
  },
});

const site = await openSite(hubspot as never);
afterAll(() => site.stop());
beforeEach(() => {
  site.sandbox.reset();
  site.waits.length = 0;
});

type Campaign = Draft<"campaign">;
const read = async (
  name: string,
  cursor?: Readonly<Record<string, unknown>>,
  more?: Readonly<Record<string, unknown>>,
) => site.draftsOf(name, await site.read(name, cursor, more)) as Campaign[];
const sentIn = (drafts: readonly Campaign[]) => drafts.filter(({ fields }) => fields.status.category === "sent");

describe("the sandbox's HubSpot", () => {
  it.each(["campaigns", "emails", "companies"])(
    "gives %s whole, whatever the page size, and resumes anywhere",
    async (name) => {
      const whole = await read(name);
      expect(whole.length).toBeGreaterThan(4);
      const pages = await site.read(name, undefined, { pageSize: 9 });
      expect(idsOf(site.draftsOf(name, pages))).toEqual(idsOf(whole));
      for (const [index, { cursor }] of pages.entries()) {
        await site.sandbox.control({ do: "limit", budget: "hubspot", to: 1000 });
        const rest = await read(name, cursor, { pageSize: 9 });
        expect(idsOf([...site.draftsOf(name, pages.slice(0, index + 1)), ...rest])).toEqual(idsOf(whole));
      }
    },
  );

  it("tells archived e-mails and companies as archived", async () => {
    const archived = [...(await read("emails")), ...(await read("companies"))].filter(
      (one) => one.archivedAt !== undefined,
    );
    expect(archived.map(({ external }) => external.noun)).toEqual(["email", "company"]);
  });

  it("gives statistics of what was sent and none of a draft, and each e-mail its campaign", async () => {
    const [campaigns, emails] = [await read("campaigns"), await read("emails")];
    const ids = new Set(campaigns.map(({ external }) => external.id));
    const parents = emails.flatMap(({ fields }) => (fields.parentId === undefined ? [] : [fields.parentId.id]));
    expect(parents.length).toBeGreaterThan(4);
    expect(parents.filter((id) => !ids.has(id))).toEqual([]);
    for (const { fields } of sentIn(emails)) {
      expect(fields.delivered).toBe((fields.sent ?? 0) - (fields.bounces ?? 0));
      expect(fields.sentAt).toBeDefined();
    }
    for (const { fields } of emails.filter(({ fields: { status } }) => status.category === "draft"))
      expect([fields.sent, fields.opens, fields.sentAt, fields.scheduledAt]).toEqual(Array(4).fill(undefined));
  });

  it("tells next time what changed, and the statistics that moved without a change", async () => {
    const [campaigns, emails] = [await site.read("campaigns"), await site.read("emails")];
    const before = site.draftsOf("emails", emails) as Campaign[];
    const draft = before.find(({ fields }) => fields.status.category === "draft");
    const moved = sentIn(before).toSorted((a, b) => ((a.fields.sentAt ?? "") < (b.fields.sentAt ?? "") ? 1 : -1))[0];
    const campaign = (site.draftsOf("campaigns", campaigns) as Campaign[])[0]?.external.id ?? "";
    await site.sandbox.control({ do: "hubspot.send", email: draft?.external.id });
    await site.sandbox.control({ do: "hubspot.count", email: moved?.external.id, sent: 77 });
    await site.sandbox.control({ do: "hubspot.campaign", campaign, status: "paused", utm: "spring" });
    const next = await read("emails", emails.at(-1)?.cursor);
    const fieldsOf = (id: string | undefined) => next.find(({ external }) => external.id === id)?.fields;
    expect(fieldsOf(draft?.external.id)).toMatchObject({ status: { category: "sent" }, sent: expect.any(Number) });
    expect(fieldsOf(moved?.external.id)).toMatchObject({ sent: 77 });
    expect(next.length).toBeLessThan(before.length);
    const changed = await read("campaigns", campaigns.at(-1)?.cursor);
    expect(changed.find(({ external }) => external.id === campaign)).toMatchObject({
      fields: { status: { category: "paused" }, utm: { campaign: "spring" } },
      references: expect.arrayContaining([{ alias: "utm:spring", place: "declared" }]),
    });
    expect(changed.length).toBeLessThan(campaigns.flatMap(({ records }) => records).length);
  });

  it("keeps the later of two readings of one change, and asks nobody", async () => {
    const pages = await site.read("emails");
    const [sent] = sentIn(site.draftsOf("emails", pages) as Campaign[]);
    await site.take("emails", pages);
    expect((await site.ingested()).jobs).toEqual([]);
    await site.sandbox.control({ do: "hubspot.count", email: sent?.external.id, sent: 78 });
    await site.take("emails", await site.read("emails"));
    expect(await site.ingested()).toEqual({ written: 1, jobs: [] });
  });

  it("finds changed companies by search, and what was archived since", async () => {
    const pages = await site.read("companies");
    await site.sandbox.control({ do: "webhooks", mode: "off" });
    await site.sandbox.control({ do: "hubspot.company", company: "9100000002", name: "Blue Lighthouse" });
    await site.sandbox.control({ do: "hubspot.company", company: "9100000003", deleted: true });
    const next = (await read("companies", pages.at(-1)?.cursor)) as unknown as Draft<"customer">[];
    expect(next.find(({ external }) => external.id === "9100000002")?.fields.name).toBe("Blue Lighthouse");
    expect(next.find(({ external }) => external.id === "9100000003")?.archivedAt).toBeDefined();
  });

  it("announces feature 4 before it is there, and calls feature keys where people know them", async () => {
    const campaigns = await read("campaigns");
    const title = site.sandbox.company.products[0]?.features[4] ?? "";
    const early = (await read("emails")).find(({ fields }) => fields.subject === `New: ${title}`);
    expect(early?.fields.status.category).toBe("sent");
    const declared = campaigns.flatMap(({ references = [] }) =>
      references.filter(({ alias }) => /^ACME-\d+$/.test(alias)),
    );
    expect(declared.some(({ place }) => place === "declared")).toBe(true);
  });

  const spec = "hubspot/marketing-campaigns.json";
  it.skipIf(!hasSpec(spec))("answers as HubSpot describes its campaigns", async () => {
    const check = new SchemaCheck(specText(spec));
    const path = "/marketing/campaigns/2026-09-beta";
    const { http } = site.context();
    const ask = async (at: string) => (await http.fetch(at)).json();
    const list = (await ask(`${path.slice(1)}?limit=2&properties=hs_name`)) as { results: { id: string }[] };
    expect(list.results).toHaveLength(2);
    expect(check.answer("get", path, 200, list)).toEqual([]);
    const one = await ask(`${path.slice(1)}/${list.results[0]?.id}?properties=hs_name`);
    expect(check.answer("get", `${path}/{campaignGuid}`, 200, one)).toEqual([]);
  });
});

describe("HubSpot in trouble", () => {
  it("is waited for until its window or its day is over", async () => {
    await site.sandbox.control({ do: "limit", budget: "hubspot", to: 0 });
    await expect(site.read("campaigns")).rejects.toMatchObject({ code: "vendor_rate_limited" });
    expect(Math.max(...site.waits)).toBeGreaterThan(8000);
    expect(Math.max(...site.waits)).toBeLessThanOrEqual(10_000);
    await site.sandbox.control({ do: "limit", budget: "hubspot", to: 100 });
    await site.sandbox.control({ do: "limit", budget: "hubspot.daily", to: 0 });
    site.waits.length = 0;
    await expect(site.read("campaigns")).rejects.toMatchObject({ code: "vendor_rate_limited" });
    expect(site.waits.filter((wait) => wait > 0)).toEqual([]);
  });

  it("is not followed in a circle", async () => {
    await site.sandbox.control({ do: "misbehave", vendor: "hubspot", how: "repeat_cursor", times: 9, after: 1 });
    const again = site.read("emails", undefined, { pageSize: 2 });
    await expect(again).rejects.toMatchObject({ code: "vendor_paging_broken" });
  });

  it("goes on after an empty page that names a next one", async () => {
    const whole = idsOf(await read("campaigns"));
    await site.sandbox.control({ do: "misbehave", vendor: "hubspot", how: "empty_page", times: 1 });
    expect(idsOf(await read("campaigns"))).toEqual(whole);
  });

  it("names the scope that is missing, and a key that is no good", async () => {
    await site.sandbox.control({ do: "misbehave", vendor: "hubspot", how: "forbidden", path: "/marketing/emails" });
    const { config } = site.context();
    const connection = { connector: site.connector, config, http: () => site.context().http } as unknown as Connection;
    expect((await capabilitiesOf(connection)).filter(({ works }) => !works)).toMatchObject([
      { stream: "emails", code: "vendor_forbidden", right: expect.stringContaining("marketing-email") },
    ]);
    const refused = site.read("campaigns", undefined, { accessToken: "another" });
    await expect(refused).rejects.toMatchObject({ code: "vendor_auth_expired" });
  });
});

describe("a webhook of HubSpot", () => {
  it("is taken as signed over method, address, body and time, and asks for the company again", async () => {
    const { webhooks } = await site.sandbox.control({
      do: "hubspot.company",
      company: "9100000004",
      name: "Old Harbour",
    });
    expect(webhooks).toMatchObject([{ event: "company.propertyChange", status: 202 }]);
    expect((await site.ingested()).jobs).toMatchObject([{ stream: "companies", ids: ["9100000004"] }]);
    const [again] = await site.reread("companies", ["9100000004", "1"]);
    expect(again?.fields).toMatchObject({ name: "Old Harbour" });
  });

  it("covers the address: the same body under another one is refused", () => {
    const { signature } = hubspot.webhook ?? {};
    const config = hubspot.config.parse({ accessToken: "t", webhookSecret: "s" });
    const body = new TextEncoder().encode("[]");
    const headers = new Headers(signature?.sign(body, config, RECEIVED, "https://hub.example/hooks/hubspot"));
    const verify = (url: string) => () => signature?.verify({ headers, body, url, receivedAt: RECEIVED }, config);
    expect(verify("https://hub.example/hooks/hubspot")).not.toThrow();
    expect(verify("https://hub.example/hooks/other")).toThrow("digest differs");
    expect(verify("http://hub.example/hooks/hubspot")).toThrow("digest differs");
  });

  it("reads an address with encoded characters as HubSpot signs it", () => {
    const { signature } = hubspot.webhook ?? {};
    const config = hubspot.config.parse({ accessToken: "t", webhookSecret: "s" });
    const body = new TextEncoder().encode("[]");
    const headers = new Headers(signature?.sign(body, config, RECEIVED, "https://hub.example/hooks/a:b@c,d;e%20f"));
    const url = "https://hub.example/hooks/a%3Ab%40c%2cd%3Be%20f";
    expect(() => signature?.verify({ headers, body, url, receivedAt: RECEIVED }, config)).not.toThrow();
  });

  it("tells nothing of companies that are not read, and has one id however its events are ordered", () => {
    const event = {
      eventId: 5,
      subscriptionId: 1,
      subscriptionType: "object.creation",
      objectTypeId: "0-2",
      objectId: 7,
    };
    const told = (companies: boolean) => hubspot.webhook?.records([event], new Headers(), { companies } as never);
    expect(told(true)).toEqual([{ stream: "companies", reread: "7" }]);
    expect(told(false)).toEqual([]);
    const idOf = (events: unknown) =>
      hubspot.webhook?.deliveryId({
        headers: new Headers(),
        body: new TextEncoder().encode(JSON.stringify(events)),
        receivedAt: RECEIVED,
      });
    const other = { ...event, eventId: 6 };
    expect(idOf([event, other])).toBe(idOf([other, { ...event, attemptNumber: 2 }]));
    expect(idOf([event])).not.toBe(idOf([other]));
  });
});
