import { expect, it } from "vitest";
import { receipts } from "../../../infra/local/receipts.ts";
import type { Receipt } from "../../../shared/pipeline/receive.ts";
import { receiptKey } from "../../../shared/store/keys.ts";
import { bareTool, openPipeline } from "../../pipeline/open-pipeline.ts";

it("receipts of webhooks that come within a second are one row, the first at once and all of them at the end", async () => {
  using open = openPipeline({ connector: bareTool });
  let writes = 0;
  const { ports } = open.hub("one");
  const put: typeof ports.table.put = (row) => {
    writes += 1;
    return ports.table.put(row);
  };
  const { note, end } = receipts({ ...open.hub("one"), ports: { ...ports, table: { ...ports.table, put } } });
  const { pk, sk } = receiptKey("acme");
  note("acme", true);
  await new Promise((resolve) => setImmediate(resolve));
  expect((await ports.table.get<Receipt>(pk, sk))?.data).toEqual({
    lastReceivedAt: "2026-03-02T10:00:00.000Z",
    rejected: 0,
  });
  open.pass(60);
  for (let at = 0; at < 20; at++) note("acme", at % 4 === 0);
  note("acme", false);
  await end();
  expect((await ports.table.get<Receipt>(pk, sk))?.data).toEqual({
    lastReceivedAt: "2026-03-02T10:01:00.000Z",
    rejected: 16,
  });
  expect(writes).toBe(2);
});
