import { expect, it } from "vitest";
import { readRun, recordedTable } from "../../../infra/tools/recorded-table.ts";

const DIFFERING = [
  "stdout | test/recorded/tool.test.ts",
  "tool: 12 values compared, 2 disagreements",
  '  a.json title: "A" / "B": we keep the tool\'s own',
  '  b.json state: "x" / "y": ?',
  " ✓ test/recorded/tool.test.ts (4 tests) 12ms",
].join("\n");

it("counts what each comparison printed, and repeats each disagreement", () => {
  const run = readRun("tool.test.ts", DIFFERING, 0);
  expect(run).toMatchObject({ state: "passed", compared: 12, disagreements: 2 });
  const twice = readRun("two.test.ts", "5 values compared, 0 disagreements\n7 values compared, 0 disagreements\n", 0);
  const lines = recordedTable([run, twice]).split("\n");
  expect(lines.slice(0, 4).map((line) => line.split(/ {2,}/))).toEqual([
    ["comparison", "result", "values compared", "disagreements"],
    ["tool", "passed", "12", "2"],
    ["two", "passed", "12", "0"],
    ["all", "2 of 2 passed", "24", "2"],
  ]);
  expect(lines.slice(4)).toEqual([
    "",
    "tool.test.ts",
    '  a.json title: "A" / "B": we keep the tool\'s own',
    '  b.json state: "x" / "y": ?',
  ]);
});

it("tells a comparison that did not run from one that found nothing", () => {
  const skipped = readRun("a.test.ts", "skipped: the recorded payloads are not beside this checkout\n", 0);
  const failed = readRun("b.test.ts", " × agrees with the other tools' readings\nAssertionError: expected 1\n", 1);
  expect([skipped.state, failed.state]).toEqual(["skipped", "failed"]);
  const text = recordedTable([skipped, failed]);
  expect(text).toMatch(/^a +skipped +- +-$/m);
  expect(text).toMatch(/^all +0 of 2 passed +0 +0$/m);
  expect(text).toContain("  × agrees with the other tools' readings");
});
