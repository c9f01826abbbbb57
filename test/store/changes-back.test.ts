import fc from "fast-check";
import { expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { eventKey, lists } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";

const NOW = new Date("2026-03-10T12:00:00.000Z");
const NAMES = ["feature.created", "feature.stage.changed"] as const;

it("the change log backwards is the log turned round, page by page, whatever its days, order and types", async () => {
  const events = fc.array(fc.record({ minutes: fc.nat(7 * 1440), name: fc.constantFrom(...NAMES) }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(events, fc.nat(8), fc.constantFrom(undefined, [NAMES[1]]), async (logged, days, names) => {
      const table = sqliteTable(openDatabase(":memory:"));
      for (const [n, { minutes, name }] of logged.entries()) {
        const at = new Date(NOW.getTime() - minutes * 60_000).toISOString();
        const data = { id: `evt_${n}`, name, recordedAt: at } as HubEvent;
        await table.put({ ...eventKey(data.id), version: 1, data, list: lists.ofChange(at, n, data.id) });
      }
      const views = tableViews(table, {
        products: [],
        connections: async () => [],
        now: () => NOW,
        statusOf: async () => () => ({ category: "unknown", detail: "", mappedBy: "default" }),
      });
      const since = new Date(NOW.getTime() - days * 86_400_000).toISOString();
      const forwards = (await views.changes(since, undefined, 100, names)).items.map(({ id }) => id);
      const back: string[] = [];
      for (let after: string | undefined; ; ) {
        const { items, next } = await views.changesBack(since, after, 3, names);
        back.push(...items.map(({ id }) => id));
        if (next === undefined) break;
        after = next;
      }
      expect(back).toEqual(forwards.toReversed());
    }),
    { numRuns: 40 },
  );
});
