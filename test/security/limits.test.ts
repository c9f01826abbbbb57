import { describe, expect, it } from "vitest";
import { makeCredential, revoke } from "../../shared/store/access.ts";
import { endpointKey, lists } from "../../shared/store/keys.ts";
import { NOW } from "../web/sample-hub.ts";
import { IDS, twoProducts } from "./two-products.ts";

const by = { id: "test", name: "test" };
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const open = async () => {
  const hub = await twoProducts();
  const post = async (path: string, body: object) => {
    const response = await hub.app.request(path, {
      method: "POST",
      headers: { Authorization: `Bearer ${hub.tokens.engineer}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { code?: string; detail?: string } };
  };
  return { ...hub, post };
};

describe("a hub", () => {
  it.each([
    ["key", "1,000 keys"],
    ["share", "1,000 links to pages"],
  ] as const)("has 1,000 of a kind at the most, of those that hold: %s", async (kind, words) => {
    const { table } = await twoProducts();
    const make = (now: Date, over: object = {}) =>
      makeCredential(table, { kind, name: "one", products: "all", createdBy: by, role: "viewer", ...over }, now);
    const held = (await table.query({ pk: lists.credentials(kind), by: "list", limit: 100 })).length;
    const first = await make(NOW, { expiresAt: later(5).toISOString() });
    const second = await make(NOW);
    const ids: string[] = [];
    const full = async () => {
      for (;;) {
        const made = await make(NOW).catch((error: unknown) => error as Error & { code?: string });
        if (made instanceof Error) return made;
        ids.push(made.credential.id);
      }
    };
    expect(await full()).toMatchObject({
      code: "limit_reached",
      message: `this hub has ${words} that hold, and may have no more: revoke one first`,
    });
    // Some of the fixture ran out or were revoked.
    expect(ids.length).toBeGreaterThanOrEqual(998 - held);
    expect(ids.length).toBeLessThanOrEqual(998);
    await revoke(table, kind, second.credential.id, NOW);
    await make(NOW);
    await expect(make(NOW)).rejects.toMatchObject({ code: "limit_reached" });
    expect(first.credential.expiresAt).toBe(later(5).toISOString());
    await make(later(6));
  });

  it("has 100 webhook endpoints at the most, and says how to make room", async () => {
    const { table, post } = await open();
    const { pk, sk } = endpointKey(IDS.endpointA);
    const row = await table.get<object>(pk, sk);
    for (let n = 2; n < 99; n += 1) {
      const id = `whe_${String(n).padStart(26, "0")}`;
      await table.put({ ...endpointKey(id), version: 1, data: { ...row?.data, id }, list: lists.ofEndpoint(id) });
    }
    const url = "https://8.8.8.8/hooks";
    expect((await post("/v1/webhook-endpoints", { url })).status).toBe(201);
    const { status, body } = await post("/v1/webhook-endpoints", { url });
    expect([status, body.code]).toEqual([409, "limit_reached"]);
    expect(body.detail).toBe("This hub has 100 webhook endpoints, and may have no more: remove one first.");
  });
});
