import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { companyDomains, oneCustomer } from "../../shared/domain/customer-domains.ts";
import type { Draft, Entity } from "../../shared/domain/entity.ts";
import type { FactsRow } from "../../shared/pipeline/contribute.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { FeatureCustomers } from "../../shared/web/dashboard/feature-customers.tsx";
import { arriving, draftOf, idIn, refTo, word } from "./arriving.ts";

const TOOLS = { jira: "planning", zendesk: "support", hubspot: "marketing", intercom: "support" } as const;
type Told = readonly [tool: keyof typeof TOOLS, draft: Draft];

const epic: Told = [
  "jira",
  draftOf("feature", "ACME-1", { fields: { title: "Checkout", type: "Epic", declaredStatus: word("active") } }),
];
const customer = (tool: keyof typeof TOOLS, id: string, domains: string[], more: object = {}): Told => [
  tool,
  draftOf("customer", id, { fields: { name: "Acme", domains }, ...more }),
];
const wish = (tool: keyof typeof TOOLS, id: string, of: string): Told => [
  tool,
  draftOf("feedback", id, {
    fields: { title: "Please", at: "2026-03-01T10:00:00.000Z", customerId: refTo("customer", of) },
    references: [{ alias: "ACME-1", place: "tag" }],
  }),
];
const EPIC = idIn("jira", "feature", "ACME-1");

/** How many customers asked, and how that is explained. */
const asked = async (hub: ReturnType<typeof arriving>) => {
  const rows = await hub.table.query<FactsRow>({ pk: `E#${EPIC}`, prefix: "F#fbk_" });
  const needs = rows.flatMap(({ data }) => data.facts.filter(({ signal }) => signal === "need"));
  return {
    customers: new Set(needs.map(({ recordId }) => recordId)).size,
    via: [...new Set(rows.map(({ data }) => data.line.via))].sort(),
  };
};

const ALL: readonly Told[] = [
  epic,
  wish("zendesk", "t1", "z"),
  wish("intercom", "t2", "i"),
  wish("hubspot", "t3", "h"),
  customer("zendesk", "z", ["acme.example"]),
  customer("hubspot", "h", ["www.acme.example", "acme-shop.example"]),
  customer("intercom", "i", ["acme-shop.example", "gmail.com"]),
];
const ONCE = "tag; counted once: Acme in HubSpot, Intercom and Zendesk, by domain acme-shop.example, acme.example";

describe("a customer whom several tools know", () => {
  it("counts once among those who ask for a feature, whatever order the records come in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...ALL], { minLength: ALL.length }), async (order) => {
        using hub = arriving(TOOLS);
        await hub.arrive(...order);
        expect(await asked(hub)).toEqual({ customers: 1, via: [ONCE] });
      }),
      { numRuns: 1, examples: [[[...ALL]], [[...ALL].reverse()]] },
    );
  });

  it("is two again when the domain that joined them goes", async () => {
    using hub = arriving(TOOLS);
    await hub.arriveTogether(...ALL);
    const updatedAt = "2026-03-02T09:00:00.000Z";
    await hub.arrive(customer("hubspot", "h", ["acme-shop.example"], { updatedAt }));
    expect(await asked(hub)).toEqual({
      customers: 2,
      via: ["tag", "tag; counted once: Acme in HubSpot and Intercom, by domain acme-shop.example"],
    });
    await hub.arrive(customer("hubspot", "h", [], { updatedAt: "2026-03-02T09:30:00.000Z" }));
    expect((await asked(hub)).customers).toBe(3);
  });
});

describe("customers", () => {
  const at = (id: string, connectionId: string, ...domains: string[]) => ({ id, connectionId, domains });
  const joins = (...all: ReturnType<typeof at>[]) => Object.fromEntries(oneCustomer(all));

  it("are not joined by a domain of free mail, nor by one that is none", () => {
    expect(companyDomains(["Gmail.com", "yahoo.co.uk", "localhost", "www.Acme.example."])).toEqual(["acme.example"]);
    expect(joins(at("a", "x", "gmail.com"), at("b", "y", "gmail.com"))).toEqual({ a: "a", b: "b" });
  });

  it("stay apart where one tool has two of a domain, and are joined over several domains else", () => {
    expect(joins(at("a", "x", "d.eu"), at("b", "x", "d.eu"), at("c", "y", "d.eu"))).toEqual({ a: "a", b: "b", c: "c" });
    expect(joins(at("c", "x", "d.eu"), at("b", "y", "d.eu", "e.eu"), at("a", "z", "e.eu"))).toEqual({
      a: "a",
      b: "a",
      c: "a",
    });
  });
});

describe("the accounts on a feature's page", () => {
  it("name a customer of two tools once, with all that it wrote", () => {
    const record = <K extends "customer" | "feedback">(tool: string, kind: K, id: string, fields: object) => {
      const draft = draftOf(kind, id, { fields: fields as never });
      const made = entityOf(draft, {
        connectionId: `con_${tool}`,
        tool,
        productsOf: () => ["prd_web"],
        mappingVersion: 1,
        rawRef: `${tool}/raw`,
        now: "2026-03-02T10:00:00.000Z",
        receivedAt: "2026-03-02T10:00:00.000Z",
        how: "read",
      });
      return made as unknown as Entity<K>;
    };
    const known = [
      record("zendesk", "customer", "z", { name: "Acme", domains: ["acme.example"] }),
      record("hubspot", "customer", "h", { name: "Acme Inc", domains: ["acme.example"] }),
    ];
    const said = (["z", "h"] as const).map((of) =>
      record(of === "z" ? "zendesk" : "hubspot", "feedback", `f-${of}`, {
        title: "Please",
        at: "2026-03-01T10:00:00.000Z",
        customerId: refTo("customer", of),
      }),
    );
    const customers = new Map(known.map((one) => [one.id, one] as const));
    const now = new Date("2026-03-02T10:00:00.000Z");
    const html = String(
      FeatureCustomers({
        themes: [],
        tickets: [],
        feedback: said,
        answers: [],
        customers,
        connections: [],
        now,
        isCut: false,
      }),
    );
    expect(html.match(/tool\.example\/customer/g)).toHaveLength(1);
    expect(html.replace(/\s+/g, " ")).toMatch(
      />\s?2 requests, one customer in (?:Zendesk and HubSpot|HubSpot and Zendesk), by domain/,
    );
  });
});
