import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { STAGES } from "../../shared/domain/stage.ts";
import { aliasKey, entityKey, lists, viewKey } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { FeatureView, HealthValue, Views } from "../../shared/store/views.ts";
import { table, times } from "./report.ts";

const RANKS: readonly HealthValue[] = ["off_track", "at_risk", "unknown", "on_track"];
const ROUNDS = 15;
const PRODUCTS = [
  { id: "prd_1", slug: "storefront", name: "Storefront" },
  { id: "prd_2", slug: "billing", name: "Billing" },
];

/** Features, spread over the stages, in an embedded store of memory. */
const storeOf = async (size: number, featureOf: (n: number) => FeatureView) => {
  const rows = sqliteTable(openDatabase(":memory:"));
  for (let n = 0; n < size; n++) {
    const view = featureOf(n);
    const { id, key = "", productIds, explanation, health, targetDate = "9999-12-31" } = view;
    const stage = explanation.headline ?? "none";
    const list = lists.ofStage(stage, productIds[0] ?? "-", RANKS.indexOf(health.value), targetDate, id);
    await rows.put({ ...viewKey(id), version: 1, data: view, list });
    await rows.put({ ...entityKey(id), version: 1, data: { id, kind: "feature" }, list: lists.ofKind("feature", id) });
    await rows.put({ ...aliasKey(key, id), version: 1, data: { id, gone: false } });
  }
  // As in a hub, where what was written is committed before the next request comes in.
  await setImmediate();
  return rows;
};

/** The same answers from memory: what is left is the page alone. */
const remembered = (views: Views): Views => {
  const answers = new Map<string, unknown>();
  return new Proxy(views, {
    get: (held, name) => {
      const read = Reflect.get(held, name) as ((...asked: unknown[]) => unknown) | undefined;
      if (typeof read !== "function") return read;
      return (...asked: unknown[]) => {
        const key = `${String(name)} ${JSON.stringify(asked)}`;
        if (!answers.has(key)) answers.set(key, read.apply(held, asked));
        return answers.get(key);
      };
    },
  });
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Milliseconds of one page over so many features, medians. */
export interface PageTime {
  readonly page: string;
  readonly features: number;
  readonly bytes: number;
  readonly ms: number;
  /** The same page from answers in memory. */
  readonly bareMs: number;
}

/** Server time of board, table and a feature's page, and their bare render from answers in memory. */
export const measurePages = async (sizes: readonly number[]): Promise<PageTime[]> => {
  await import("../../infra/local/jsx.ts");
  const { sampleApp, sampleFeature, sampleHub, NOW } = await import("../web/sample-hub.ts");
  const featureOf = (n: number) => ({
    ...sampleFeature(n, STAGES[n % STAGES.length] ?? null),
    id: `ftr_${((n * 2_654_435_761) >>> 0).toString(16).padStart(8, "0")}${String(n).padStart(18, "0")}`,
  });
  const found: PageTime[] = [];
  for (const size of sizes) {
    const views = tableViews(await storeOf(size, featureOf), {
      products: PRODUCTS,
      connections: async () => sampleHub(1).connections,
      now: () => NOW,
      statusOf:
        async () =>
        ({ name = "" }) => ({ category: "unknown", detail: name, mappedBy: "default" }),
    });
    const [full, bare] = [views, remembered(views)].map((read) => sampleApp(sampleHub(1), { views: read }));
    for (const path of ["/", "/features", `/features/ACME-${size >> 1}`]) {
      const took = { full: [] as number[], bare: [] as number[] };
      let bytes = 0;
      for (let round = -3; round < ROUNDS; round++) {
        for (const [name, app] of [
          ["full", full],
          ["bare", bare],
        ] as const) {
          const start = performance.now();
          const response = await app?.request(path);
          const html = (await response?.text()) ?? "";
          if (response?.status !== 200) throw new Error(`${path} answered ${response?.status}`);
          if (round >= 0) took[name].push(performance.now() - start);
          bytes = Buffer.byteLength(html);
        }
      }
      const page = path.startsWith("/features/") ? "/features/…" : path;
      found.push({ page, features: size, bytes, ms: median(took.full), bareMs: median(took.bare) });
    }
  }
  return found;
};

/** `npm run bench -- pages [--full]` */
export const pages = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { full: { type: "boolean", default: false } } });
  const sizes = [1000, 10_000, ...(values.full ? [100_000] : [])];
  const all = await measurePages(sizes);
  const rows = all.map(({ page, features, bytes, ms, bareMs }) => [
    page,
    `${features}`,
    `${Math.round(bytes / 1000)} KB`,
    times(ms, bareMs),
    times(ms, all.find((one) => one.page === page)?.ms ?? ms),
  ]);
  process.stdout.write(
    `${table(["page", "features", "HTML", "to its bare render", `to ${sizes[0]} features`], rows)}\n`,
  );
};
