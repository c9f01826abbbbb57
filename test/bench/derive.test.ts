import { expect, it } from "vitest";
import { measureChange } from "./derive.ts";

it("a renamed work item costs three reads of the table and six writes outside ingest, however many features there are", async () => {
  const [few, many] = [await measureChange(3, 10), await measureChange(30, 10)];
  expect([few.reads, few.writes]).toEqual([3, 6.1]);
  expect([many.reads, many.writes, many.featurePage, many.column]).toEqual([3, 6.1, 1, 2]);
});
