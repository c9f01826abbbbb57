import type { DatabaseSync } from "node:sqlite";
import { entityId } from "../../shared/domain/kind.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import type { Place } from "../../shared/ports/table.ts";
import { aliasKey, dues, entityKey, eventKey, lists, viewKey } from "../../shared/store/keys.ts";
import { sampleFeature, sampleHub } from "../web/sample-hub.ts";

/** Work items for each feature. */
const ITEMS = 16;
const PRODUCTS = ["prd_storefront", "prd_insights", "prd_devkit"];
const HOUR_MS = 3_600_000;

/** How many features there are beside so many work items. */
export const featuresFor = (items: number): number => Math.ceil(items / ITEMS);

interface Filled {
  readonly pk: string;
  readonly sk: string;
  readonly data: unknown;
  readonly list?: Place;
  readonly due?: Place;
}

/** Rows as the pipeline leaves them: features with their views and keys, work items, and a week's changes of stage. */
function* rowsOf(items: number, now: Date): Generator<Filled> {
  const [base] = sampleHub(1).workItems;
  if (base === undefined) throw new Error("the sample has no work item");
  for (let n = 0; n < featuresFor(items); n++) {
    const id = entityId("con_jira", { kind: "feature", noun: "epic", id: String(n) });
    const key = `ACME-${n}`;
    const product = PRODUCTS[n % PRODUCTS.length] ?? "-";
    const stage = STAGES[n % STAGES.length] ?? "testing";
    const view = sampleFeature(n, stage, { id, key, productIds: [product] });
    const at = new Date(now.getTime() - (n % 160) * HOUR_MS).toISOString();
    yield { ...entityKey(id), data: { ...base, id, kind: "feature" }, list: lists.ofKind("feature", id) };
    yield {
      ...viewKey(id),
      data: view,
      list: lists.ofStage(stage, product, n % 4, view.targetDate ?? "9999-12-31", id),
    };
    yield { ...aliasKey(key, id), data: { id, gone: false } };
    const changed = { id: `evt_${n}`, name: "feature.stage.changed", subject: id, data: { productIds: [product] } };
    yield { ...eventKey(`evt_${n}`), data: changed, due: dues.stageChange(at, n, `evt_${n}`) };
  }
  for (let n = 0; n < items; n++) {
    const id = entityId("con_jira", { kind: "workItem", noun: "issue", id: String(n) });
    const category = n % 10 === 0 ? ("in_review" as const) : ("done" as const);
    const fields = { ...base.fields, status: { ...base.fields.status, category } };
    yield { ...entityKey(id), data: { ...base, id, fields }, list: lists.ofKind("workItem", id) };
  }
}

/** Fills a table with a company of so many work items, in one commit. */
export const fillStore = (db: DatabaseSync, items: number, now: Date): void => {
  const insert = db.prepare(
    "INSERT INTO item (pk, sk, version, data, list_pk, list_sk, due_pk, due_sk) VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
  );
  db.exec("BEGIN");
  for (const { pk, sk, data, list, due } of rowsOf(items, now)) {
    const places = [list?.pk, list?.sk, due?.pk, due?.sk].map((part) => part ?? null);
    insert.run(pk, sk, JSON.stringify(data), ...places);
  }
  db.exec("COMMIT");
};
