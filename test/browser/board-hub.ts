import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import { lists, viewKey } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { NOW, sampleApp, sampleFeature, sampleHub } from "../web/sample-hub.ts";

const RANK = { off_track: 0, at_risk: 1, unknown: 2, on_track: 3 } as const;

/** A hub over the embedded store with so many features, spread over all stages. */
export const boardHub = async (features: number) => {
  const table = sqliteTable(openDatabase(":memory:"));
  const { products, connections } = sampleHub(0);
  for (let n = 1; n <= features; n += 1) {
    const view = sampleFeature(n, STAGES[n % STAGES.length] ?? null);
    const { id, health, productIds, explanation } = view;
    const due = view.targetDate ?? "9999-12-31";
    await table.put({
      ...viewKey(id),
      version: 1,
      data: view,
      list: lists.ofStage(explanation.headline ?? "none", productIds[0] ?? "-", RANK[health.value], due, id),
    });
  }
  const views = tableViews(table, {
    products: products.map(({ id, slug, name, vision }) => ({ id, slug, name, vision })),
    connections: async () => connections,
    now: () => NOW,
    statusOf: async () => () => ({ category: "unknown", detail: "", mappedBy: "default" }),
  });
  return sampleApp(sampleHub(0), { views, table });
};
