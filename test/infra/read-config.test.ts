import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const READER = new URL("../../infra/local/read-config.ts", import.meta.url).href;
/** Node itself reads them: what it says of a file that it cannot read is what is told. */
const SCRIPT = `
import { findConfig } from ${JSON.stringify(READER)};
const told = [];
for (const folder of process.argv.slice(1)) told.push(await findConfig(folder).then(() => "", (error) => error.message));
console.log(JSON.stringify(told));`;

it("a config that cannot be read is told by its place, the nearest name that can be imported, and where it belongs", () => {
  const folders: string[] = [];
  const config = (parent: string, text: string) => {
    const folder = mkdtempSync(join(parent, "config-"));
    writeFileSync(join(folder, "throughline.config.ts"), text);
    folders.push(folder);
  };
  try {
    config(tmpdir(), 'export default {\n  products: { web: { name: "Web" } connections: {} } };\n');
    config(import.meta.dirname, 'import { defineHub, githubb } from "throughline";\nexport default defineHub({});\n');
    config(tmpdir(), 'import { defineHub } from "throughline";\nexport default defineHub({});\n');
    const args = ["--input-type=module", "-e", SCRIPT, "--", ...folders];
    const [syntax, name, place] = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as string[];
    expect(syntax).toBe("throughline.config.ts:2:36 cannot be read: Expected ',', got 'ident'");
    expect(name).toMatch(/^throughline\.config\.ts:1:21 cannot be read: .*'githubb'\. Did you mean "github"\?$/);
    expect(place).toContain("move it there");
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
});
