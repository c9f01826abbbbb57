import { describe, expect, it } from "vitest";
import { sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const hub = sampleHub(3);
const app = sampleApp(hub);
type Json = Readonly<Record<string, unknown>>;
const get = async (path: string) => {
  const response = await app.request(path);
  return { response, body: (await response.json()) as { data: Json[]; meta: Json; next_cursor: string | null } & Json };
};

describe("features over the API", () => {
  it("come newest change first where that is asked for, and a cursor of one order fits no other", async () => {
    const { body } = await get("/v1/features?sort=-updated_at&limit=5");
    const times = body.data.map((one) => String(one["updated_at"]));
    expect(times).toEqual(times.toSorted().toReversed());
    const other = await get(`/v1/features?limit=5&cursor=${body.next_cursor}`);
    expect(other.body["code"]).toBe("cursor_filter_mismatch");
    expect((await get("/v1/features?sort=name")).body["code"]).toBe("invalid_parameter");
  });

  it("are found by their owner, and by what they are due before", async () => {
    const owners = async (query: string) =>
      new Set((await get(`/v1/features?${query}`)).body.data.map((one) => (one["owner"] as Json | null)?.["name"]));
    expect(await owners("owner=ana%20ruiz")).toEqual(new Set(["Ana Ruiz"]));
    expect(await owners("owner=acc_1")).toEqual(new Set(["Ana Ruiz", "Mei Tanaka", "Eli Okafor"]));
    expect(await owners("owner=nobody")).toEqual(new Set());
    const due = (await get("/v1/features?due_before=2027-04-01")).body.data.map((one) => String(one["target_date"]));
    expect(due.length).toBeGreaterThan(3);
    expect(due.filter((day) => day >= "2027-04-01")).toEqual([]);
    expect((await get("/v1/features?due_before=soon")).body["code"]).toBe("invalid_parameter");
  });

  it("bring along what is asked for, and nothing else", async () => {
    const plain = (await get("/v1/features/ACME-1")).body;
    expect([plain["owner_account"], plain["evidence"]]).toEqual([undefined, undefined]);
    const { body, response } = await get("/v1/features/ACME-1?expand=owner,evidence");
    expect(body["owner_account"]).toBeNull();
    expect((body["evidence"] as Json[]).map((one) => one["key"])).toEqual(["PAY-12", "acme/web#418"]);
    expect(response.headers.get("etag")).toMatch(/^W\//);
    const [first] = (await get("/v1/features?limit=1&expand=evidence")).body.data;
    expect(first).toHaveProperty("evidence");
    expect(first).not.toHaveProperty("owner_account");
  });

  it("bring along the owner's account with the person behind it", async () => {
    const mine = sampleFeature(1, "testing", { owner: { id: "acc_jira_ana", name: "Ana Ruiz" } });
    const response = await sampleApp({ ...hub, features: [mine] }).request("/v1/features/ACME-1?expand=owner");
    expect(((await response.json()) as Json)["owner_account"]).toEqual({
      id: "acc_jira_ana",
      name: "Ana Ruiz",
      tool: "jira",
      handle: "ana",
      url: "https://jira.example/ana",
      person: { id: "per_4", name: "Ana Ruiz" },
    });
  });

  it("are counted where an index can, and not where only a walk could", async () => {
    const total = async (query: string) =>
      (await get(`/v1/features?include=total_estimate&limit=1${query}`)).body.meta["total_estimate"];
    expect(await total("")).toBe(24);
    expect(await total("&stage=testing,design")).toBe(6);
    expect(await total("&product=storefront")).toBe(16);
    expect(await total("&q=checkout")).toBeNull();
    expect((await get("/v1/features?limit=1")).body.meta).not.toHaveProperty("total_estimate");
    expect((await get("/v1/work-items?include=total_estimate")).body["code"]).toBe("unknown_parameter");
  });
});

describe("the badge of a feature", () => {
  it("says its key, stage and health, as a picture and for who cannot see it", async () => {
    const response = await app.request("/v1/features/acme-1/badge.svg");
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(text).toContain('aria-label="ACME-1: Vision ●, On track"');
    const etag = response.headers.get("etag") ?? "";
    expect((await app.request("/v1/features/acme-1/badge.svg", { headers: { "If-None-Match": etag } })).status).toBe(
      304,
    );
    expect((await app.request("/v1/features/none-1/badge.svg")).status).toBe(404);
  });

  it("runs nothing that somebody wrote", async () => {
    const key = '"><script>alert(1)</script>';
    const hostile = sampleFeature(1, "testing", { key, id: "ftr_1" });
    const text = await (
      await sampleApp({ ...hub, features: [hostile] }).request("/v1/features/ftr_1/badge.svg")
    ).text();
    expect(text).not.toContain("<script");
    expect(text.match(/<(?!\/?(?:svg|title|rect|path|text)\b)/g)).toBeNull();
  });
});
