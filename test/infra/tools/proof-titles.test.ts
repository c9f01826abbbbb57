import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepResults, latestRun, line, noteOf } from "../../../infra/tools/latest-run.ts";
import { numbered, outcomeOf, proofsOf, type RunResults } from "../../../infra/tools/proof-titles.ts";
import { FAULTS } from "../../../infra/tools/reliability-page.ts";
import { ROOT } from "../../source-files.ts";

const SOURCE = `describe("a door", () => {
  it("X07, X21 opens", () => {});
  it.each([1])(
    "X08 closes %i times",
    () => {},
  );
});
it("X071 is no number", () => {});
`;

const written = (): string => {
  const root = mkdtempSync(join(tmpdir(), "throughline-test-"));
  mkdirSync(join(root, "test"));
  writeFileSync(join(root, "test/door.test.ts"), SOURCE);
  return root;
};

const results = (...states: readonly (readonly [title: string, status: string])[]): RunResults => ({
  startTime: Date.parse("2026-03-02T10:00:00.000Z"),
  testResults: [
    {
      name: "/x/test/door.test.ts",
      assertionResults: states.map(([title, status]) => ({ ancestorTitles: ["a door"], title, status })),
    },
  ],
});

describe("titles that begin with numbers", () => {
  it("are found in the source with what they stand in", () => {
    expect(proofsOf(written(), "X")).toEqual([
      { ids: ["X07", "X21"], title: "opens", group: "a door", file: "test/door.test.ts", line: 2 },
      { ids: ["X08"], title: "closes %i times", group: "a door", file: "test/door.test.ts", line: 3 },
    ]);
  });

  it("tell how all of their tests ended, the worst first", () => {
    const [opens, closes] = proofsOf(written(), "X");
    if (opens === undefined || closes === undefined) throw new Error("not found");
    const run = results(
      ["X07, X21 opens", "skipped"],
      ["X08 closes 1 times", "failed"],
      ["X08 closes 2 times", "passed"],
    );
    expect([outcomeOf(opens, run), outcomeOf(closes, run)]).toEqual(["skipped", "failed"]);
    expect(outcomeOf(closes, results())).toBe("none");
  });

  it("are noted with the day of their run, for the page", () => {
    const root = written();
    const note = noteOf(root, results(["X08 closes 2 times", "passed"]), ["X"]);
    expect(note).toEqual({ on: "2026-03-02", outcomes: { "test/door.test.ts X08 closes %i times": "passed" } });
    expect(proofsOf(root, "X").map((proof) => line(proof, note))).toEqual([
      "- a door: opens ([door.test.ts](../test/door.test.ts)): not run since it was written",
      "- a door: closes %i times ([door.test.ts](../test/door.test.ts)): passed",
    ]);
    expect(latestRun(root)).toBeUndefined();
  });

  it("keep how they ended before where a run left them out, and have failed where their file cannot be loaded", () => {
    const root = written();
    const both = results(["X07, X21 opens", "passed"], ["X08 closes 2 times", "failed"]);
    const before = noteOf(root, both, ["X"]);
    const opened = results(["X07, X21 opens", "skipped"], ["X08 closes 2 times", "passed"]);
    expect(Object.values(noteOf(root, opened, ["X"], before).outcomes)).toEqual(["passed", "passed"]);
    expect(Object.values(noteOf(root, results(), ["X"], before).outcomes)).toEqual(["passed", "failed"]);
    const broken = {
      startTime: 0,
      testResults: [{ name: "/x/test/door.test.ts", status: "failed", assertionResults: [] }],
    };
    expect(Object.values(noteOf(root, broken, ["X"], before).outcomes)).toEqual(["failed", "failed"]);
    expect(() => keepResults(root, join(root, "none.json"))).toThrow("run npm test first");
  });

  it("cover every fault", () => {
    const proven = new Set(proofsOf(ROOT, "F").flatMap(({ ids }) => ids));
    expect(Object.keys(FAULTS)).toEqual(numbered("F", 42));
    expect(numbered("F", 42).filter((id) => !proven.has(id))).toEqual([]);
  });
});
