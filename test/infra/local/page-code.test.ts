import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pageCode } from "../../../infra/local/page-code.ts";

const home = mkdtempSync(join(tmpdir(), "throughline-pages-"));
afterAll(() => rmSync(home, { recursive: true }));
const file = join(home, "one-page.tsx");
const folder = join(home, "kept");
const write = (word: string) =>
  writeFileSync(file, `export const One = () => <p lang="en">{"${word}" as string}</p>;\n`);

describe("the code of a page", () => {
  it("has neither types nor elements left, and is kept", () => {
    write("first");
    const code = pageCode(file, "web/one-page.tsx", folder);
    expect(code).toContain('"first"');
    expect(code).not.toMatch(/<p|as string/);
    const [kept = ""] = readdirSync(folder);
    writeFileSync(join(folder, kept), "export const One = 1;");
    expect(pageCode(file, "web/one-page.tsx", folder)).toBe("export const One = 1;");
  });

  it("is made again of a changed file, and takes the place of what was kept", () => {
    write("second");
    expect(pageCode(file, "web/one-page.tsx", folder)).toContain('"second"');
    pageCode(file, "web/two-page.tsx", folder);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it("is made each time where nothing can be kept", () => {
    const closed = join(home, "a-file");
    writeFileSync(closed, "");
    expect(pageCode(file, "web/one-page.tsx", closed)).toContain('"second"');
  });
});
