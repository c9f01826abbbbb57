import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { update } from "../../shared/store/entities.ts";
import { entityKey, lists, recencyKey, viewKey } from "../../shared/store/keys.ts";
import { putRecency } from "../../shared/store/recent-features.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { NOW, sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const FEATURES = 10_000;
const shown = sampleHub(1);

/** A hub over the embedded store, with rows put as projection puts them. */
const openStore = () => {
  const db = openDatabase(":memory:");
  const table = sqliteTable(db);
  const rowsOf = (feature: FeatureView) => {
    const { id, presence, url } = feature;
    const source = { tool: "jira", connectionId: "con_jira", externalId: id, keyHistory: [], url };
    const entity = { id, kind: "feature", productIds: [], source, presence, fields: {} };
    return [
      { ...entityKey(id), data: entity, list: lists.ofKind("feature", id) },
      { ...viewKey(id), data: feature },
    ];
  };
  const put = async (feature: FeatureView) => {
    for (const { pk, sk, ...row } of rowsOf(feature)) await update<unknown>(table, { pk, sk }, () => row);
  };
  /** Many at once, in one commit. */
  const fill = (features: readonly FeatureView[]) => {
    const insert = db.prepare("INSERT INTO item (pk, sk, version, data, list_pk, list_sk) VALUES (?, ?, 1, ?, ?, ?)");
    db.exec("BEGIN");
    for (const { pk, sk, data, ...row } of features.flatMap(rowsOf)) {
      const list = "list" in row ? row.list : undefined;
      insert.run(pk, sk, JSON.stringify(data), list?.pk ?? null, list?.sk ?? null);
    }
    db.exec("COMMIT");
  };
  const views = tableViews(table, {
    products: shown.products,
    connections: async () => shown.connections,
    now: () => NOW,
    statusOf: async () => () => ({ category: "unknown", detail: "", mappedBy: "default" }),
  });
  return { table, put, fill, app: sampleApp(shown, { views }) };
};

const feature = (n: number, name = `Feature ${n}`): FeatureView =>
  sampleFeature(n, "testing", {
    id: entityId("con_jira", { kind: "feature", noun: "epic", id: String(n) }),
    key: `ACME-${n}`,
    name,
  });

describe("a walk over all pages of a list", () => {
  it(`meets each of ${FEATURES} features once, while others are written, renamed and taken away`, async () => {
    const { put, fill, app } = openStore();
    const features = Array.from({ length: FEATURES }, (_, n) => feature(n));
    fill(features);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const response = await app.request(`/v1/features?limit=200&fields=id${cursor ? `&cursor=${cursor}` : ""}`);
      const body = (await response.json()) as { data: { id: string }[]; next_cursor: string | null };
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.next_cursor ?? undefined;
      pages += 1;
      // New ones before and behind the place, and changes of what was seen and what was not.
      for (let n = 0; n < 10; n++) {
        await put(feature(FEATURES + pages * 10 + n));
        await put(feature((pages * 97 + n) % FEATURES, "Renamed"));
      }
    } while (cursor !== undefined);
    const met = new Set(seen);
    process.stdout.write(`${seen.length} features met on ${pages} pages\n`);
    expect(met.size).toBe(seen.length);
    expect(features.filter(({ id }) => !met.has(id))).toEqual([]);
    expect(seen).toEqual(seen.toSorted());
  });

  it("gives a short page and the place to go on, where little fits", async () => {
    const { fill, app } = openStore();
    fill(Array.from({ length: 5000 }, (_, n) => feature(n, n === 4999 ? "The needle" : "Hay")));
    const found: string[] = [];
    let pages = 0;
    for (let address: string | undefined = "/v1/features?q=needle"; address !== undefined; pages++) {
      const response: Response = await app.request(address);
      const body = (await response.json()) as { data: { name: string }[]; next_cursor: string | null };
      found.push(...body.data.map(({ name }) => name));
      address = body.next_cursor === null ? undefined : `/v1/features?q=needle&cursor=${body.next_cursor}`;
    }
    expect([found, pages]).toEqual([["The needle"], 3]);
  });

  it("by last change meets what stayed as it was once, newest first", async () => {
    const { table, put, app } = openStore();
    for (let n = 0; n < 300; n++) {
      const one = { ...feature(n), updatedAt: new Date(NOW.getTime() - n * 1000).toISOString() };
      await put(one);
      await putRecency(table, one, undefined);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const response = await app.request(`/v1/features?sort=-updated_at&limit=90${cursor ? `&cursor=${cursor}` : ""}`);
      const body = (await response.json()) as { data: { name: string }[]; next_cursor: string | null };
      seen.push(...body.data.map(({ name }) => name));
      cursor = body.next_cursor ?? undefined;
      const last = { ...feature(299), updatedAt: new Date(NOW.getTime() + seen.length).toISOString() };
      await put(last);
      await putRecency(table, last, await table.get(recencyKey(last.id).pk, recencyKey(last.id).sk));
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 299 }, (_, n) => `Feature ${n}`));
  });
});
