import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keepSecrets } from "../../infra/cli/write-env.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "throughline-env-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const keep = (before: string, environment: Record<string, string> = {}) => {
  let noted = "";
  writeFileSync(join(root, ".env"), before);
  const note = (text: string) => {
    noted += text;
  };
  const terminal = { root, environment, note, out: note, input: (async function* () {})() };
  keepSecrets(terminal, { KEY: "new" }, true);
  return { file: readFileSync(join(root, ".env"), "utf8"), noted };
};

it("a secret of many lines is replaced with all of them", () => {
  expect(keep('A=1\nKEY="begin\nold\nend" # mine\n# note\nB=2\n').file).toBe("A=1\n# note\nB=2\nKEY='new'\n");
});

it("a line inside another secret is not taken for a setting", () => {
  expect(keep("OTHER='x\nKEY=inside\ny'\nKEY=old\n").file).toBe("OTHER='x\nKEY=inside\ny'\nKEY='new'\n");
});

it("a secret that the environment sets otherwise is said to win", () => {
  expect(keep("", { KEY: "from-outside" }).noted).toContain("the environment sets KEY to another value");
  expect(keep("", { KEY: "new" }).noted).toBe("");
});
