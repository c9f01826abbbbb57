import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { nameProblem } from "../../../infra/tools/connector-name.ts";
import { ROOT, textOf } from "../../source-files.ts";

/** What a connector and its tests need of the checkout. */
const PARTS = [
  ..."connectors docs functions infra shared README.md package.json tsconfig.json biome.json vitest.config.ts .gitignore".split(
    " ",
  ),
  ..."test/connector test/contract test/fixtures test/recorded test/lifecycle/golden test/pipeline/open-pipeline.ts".split(
    " ",
  ),
];

const copy = mkdtempSync(join(tmpdir(), "throughline-guide-"));
for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
symlinkSync(realpathSync(join(ROOT, "node_modules")), join(copy, "node_modules"));
afterAll(() => rmSync(copy, { recursive: true }));

/** The guide's blocks in their order, each with the file that it is, if a name stands above it. */
const BLOCKS = [
  ...textOf("docs/add-a-connector.md").matchAll(/(?:^`([\w/.-]+)`\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm),
].map(([, file, language = "", code = ""]) => ({ file, language, code }));
const COMMANDS = BLOCKS.filter(({ language }) => language === "sh").map(({ code }) => code);

const run = async (command: string): Promise<{ readonly code: number | null; readonly out: string }> => {
  const PATH = [dirname(process.execPath), join(copy, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  const local = command.replaceAll("npx throughline", "node infra/cli/throughline.mjs");
  const child = spawn("bash", ["-euo", "pipefail", "-c", local], {
    cwd: copy,
    env: { ...process.env, PATH, CI: "true", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out: stripVTControlCharacters(out + err) };
};

/** Whether the parts between the ellipses stand in the output, in their order. */
const shows = (out: string, told: string): boolean => {
  let from = 0;
  return told
    .split(/\s*…\s*/)
    .filter((part) => part.trim() !== "")
    .every((part) => {
      const at = out.indexOf(part.trim(), from);
      from = at + part.trim().length;
      return at >= 0;
    });
};

/** Whole checks of a checkout are the business of whoever runs this test. */
const isOfTheCheckout = (command: string): boolean => command.includes("npm run check");

describe("the guide to a new connector", () => {
  it("leads, command by command and file by file, to a connector that passes its tests and types; so does the template alone", async () => {
    const plain = await run("node infra/tools/new-connector.ts second-tool");
    expect(plain).toMatchObject({ code: 0 });
    const tests: string[] = [];
    for (const [at, { file, language, code }] of BLOCKS.entries()) {
      if (file !== undefined) writeFileSync(join(copy, file), code);
      if (language !== "sh" || isOfTheCheckout(code) || code.startsWith("export PATH")) continue;
      // Once, at the end, and together with the template that nobody changed.
      if (code.startsWith("vitest run")) tests.push(code);
      else {
        const { code: exit, out } = await run(code);
        expect({ code, exit, out }).toMatchObject({ code, exit: 0 });
        const next = BLOCKS[at + 1];
        if (next?.language === "text")
          expect({ code, out, shown: shows(out, next.code) }).toMatchObject({ shown: true });
      }
    }
    const files = ["acorn", "second-tool"];
    const include = files.flatMap((id) => [`connectors/${id}`, `infra/sandbox/${id}`, `test/connectors/${id}.test.ts`]);
    writeFileSync(
      join(copy, "tsconfig.guide.json"),
      JSON.stringify({ extends: "./tsconfig.json", compilerOptions: { incremental: false }, include }),
    );
    const [tested, typed] = await Promise.all([
      run(`${tests.at(-1)?.trim()} test/connectors/second-tool.test.ts --no-isolate --maxWorkers=1`),
      run("tsc -p tsconfig.guide.json --singleThreaded"),
    ]);
    expect(typed).toEqual({ code: 0, out: "" });
    expect(tested).toMatchObject({ code: 0, out: expect.stringMatching(/Test Files\s+2 passed/) });
    const counted = (id: string) => Number(new RegExp(`${id}\\.test\\.ts \\((\\d+) tests\\)`).exec(tested.out)?.[1]);
    // The guide's own fixture adds the contract's tests of it.
    expect(counted("acorn")).toBeGreaterThan(counted("second-tool"));
    const read = (path: string) => readFileSync(join(copy, path), "utf8");
    expect(read("connectors/index.ts")).toMatch(/ {2}acorn: [\s\S]* {2}"second-tool": /);
    expect(read("README.md")).toContain(
      "| [Second Tool](docs/connectors/second-tool.md) | work item | poll, webhooks |",
    );
    expect(read("shared/platform/define-hub.ts")).toContain('export const secondTool = connection("second-tool");');

    const again = await run("node infra/tools/new-connector.ts acorn");
    expect(again).toMatchObject({ code: 2, out: expect.stringContaining("connectors/acorn and ") });
    expect(read("connectors/acorn/schema.ts")).toContain("priority");
  });

  it("names no command that was left out by mistake", () => {
    expect(COMMANDS.filter(isOfTheCheckout)).toHaveLength(1);
    expect(COMMANDS.length).toBeGreaterThanOrEqual(6);
  });
});

describe("the id of a new connector", () => {
  it.each(["acorn", "one-tool", "s3", "gitlab2"])("may be %s", (id) => {
    expect(nameProblem(id)).toBeUndefined();
  });

  it.each([
    "",
    "a",
    "Acorn",
    "no_tool",
    "-tool",
    "tool-",
    "2tool",
    "../tool",
    "a".repeat(32),
    "default",
    "class",
    "index",
    "site",
    "utils",
    "vendor-helpers",
  ])("may not be %j", (id) => {
    expect(nameProblem(id)).toMatch(/^".*" (?:is|means) /);
    expect(existsSync(join(copy, "connectors", id || "nothing", "schema.ts"))).toBe(false);
  });
});
