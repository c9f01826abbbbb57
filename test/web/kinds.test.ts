import { describe, expect, it } from "vitest";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const app = sampleApp(sampleHub(1));
type Json = Readonly<Record<string, unknown>>;
const get = async (path: string) => {
  const response = await app.request(path);
  return { status: response.status, body: (await response.json()) as Json & { readonly data: readonly Json[] } };
};

describe("things of the other kinds over the API", () => {
  it("have one envelope around what their kind holds, with where they live", async () => {
    const { body } = await get("/v1/campaigns");
    expect(body.data[0]).toMatchObject({
      kind: "campaign",
      key: "autumn",
      name: "Autumn launch",
      url: "https://mailchimp.example/campaign/1",
      source: { tool: "mailchimp", connection_id: "con_mailchimp", external_id: "1" },
      status: { category: "sent" },
      sent: 1200,
      opens: 400,
      version: 2,
    });
    expect(body.data[0]).not.toHaveProperty("clicks");
  });

  it("keep the tool's own version apart from the hub's", async () => {
    const { body } = await get("/v1/releases/v2.0.0");
    expect([body["version_name"], body["version"]]).toEqual(["2.0.0", 2]);
  });

  it("are filtered by tool, by product and by where they stand", async () => {
    const count = async (query: string) => (await get(query)).body.data.length;
    expect(await count("/v1/tickets?tool=zendesk&status=open&product=storefront")).toBe(1);
    expect(await count("/v1/tickets?status=solved")).toBe(0);
    expect(await count("/v1/tickets?tool=intercom")).toBe(0);
    expect(await count("/v1/tickets?product=back-office")).toBe(0);
    expect(await count("/v1/deployments?status=success")).toBe(1);
    expect(await count("/v1/tickets?updated_since=2026-11-21")).toBe(0);
  });

  it("refuse a standing that their kind does not have, and one where it has none", async () => {
    const wrong = await get("/v1/tickets?status=opne");
    expect([wrong.status, wrong.body["detail"]]).toEqual([
      400,
      "'opne' is not a value of 'status'; did you mean 'open'?",
    ]);
    expect((await get("/v1/customers?status=open")).body["code"]).toBe("unknown_parameter");
  });

  it("give a metric's points oldest first, page by page, within the days that are asked for", async () => {
    const first = await get("/v1/metrics/checkout_done/series?from=2026-11-02&limit=3");
    expect(first.body.data.map(({ at, value, segment }) => [at, value, segment])).toEqual([
      ["2026-11-02", 40, null],
      ["2026-11-02", 20, "eu"],
      ["2026-11-03", 60, null],
    ]);
    const next = `/v1/metrics/checkout_done/series?from=2026-11-02&limit=3&cursor=${String(first.body["next_cursor"])}`;
    expect((await get(next)).body.data.map(({ value }) => value)).toEqual([30]);
    expect((await get("/v1/metrics/checkout_done/series?segment=eu&to=2026-11-01")).body.data).toHaveLength(1);
    expect((await get("/v1/metrics/none/series")).status).toBe(404);
  });
});
