import { existsSync, readdirSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { connectorIds, connectorIndex } from "../infra/tools/connector-index.ts";
import { LAYERS, type Layer, VENDOR_PACKAGES } from "../infra/tools/import-table.ts";
import { type Import, importsIn, importsOf, packageOf, ROOT, SOURCES, TESTS, textOf } from "./source-files.ts";

/** The folder that a row of the table means for a file: `connectors/*` is one vendor's. */
const homeOf = ({ at }: Layer, path: string): string | undefined => {
  const parts = path.split("/").slice(0, at.split("/").length);
  const home = at
    .split("/")
    .map((part, index) => (part === "*" ? parts[index] : part))
    .join("/");
  return path === home || path.startsWith(`${home}/`) ? home : undefined;
};

const rowOf = (path: string): { layer: Layer; home: string } | undefined => {
  for (const layer of LAYERS) {
    const home = homeOf(layer, path);
    if (home !== undefined) return { layer, home };
  }
  return undefined;
};

const covers = (prefix: string, path: string): boolean =>
  posix.matchesGlob(path, prefix) || path.startsWith(`${prefix}/`);

/** Why an import is not allowed, or undefined. */
const refusal = ({ from, to, isOurs }: Import): string | undefined => {
  const row = rowOf(from);
  if (row === undefined) return `${from} is in no row of the table`;
  const { imports, packages = [], node = [] } = row.layer;
  if (isOurs) {
    const allowed = covers(row.home, to) || imports.some((prefix) => covers(prefix, to));
    return allowed ? undefined : `${from} imports ${to}`;
  }
  if (to.startsWith("node:")) {
    const name = to.slice("node:".length).split("/", 1)[0] ?? "";
    return node.includes("*") || node.includes(name) ? undefined : `${from} imports ${to}`;
  }
  const name = packageOf(to);
  const own = packages.includes("its own") ? (VENDOR_PACKAGES[row.home] ?? []) : [];
  const allowed = [...packages, ...own].some((one) => one === name || name.startsWith(`${one}/`));
  return allowed ? undefined : `${from} imports ${to}`;
};

const IMPORTS = SOURCES.flatMap(importsOf);
/** This file's own examples are no imports. */
const TEST_IMPORTS = TESTS.filter((path) => path !== "test/architecture.test.ts").flatMap(importsOf);
const refused = (path: string, line: string): boolean =>
  importsIn(path, line).some((one) => refusal(one) !== undefined);

describe("who may import whom", () => {
  it("is as the table says, type imports included", () => {
    expect(IMPORTS.map(refusal).filter((why) => why !== undefined)).toEqual([]);
  });

  it("is read from every form of import, and not from comments or strings", () => {
    const source = [
      'import a from "./a.ts";',
      'import type { B } from "../b.ts";',
      'import {\n  c,\n  type D,\n} from "zod";',
      'import "./effect.ts";',
      'export { e } from "./e.ts";',
      'const f = await import("./f.ts");',
      'let g: import("./g.ts").G;',
      '// import h from "./h.ts";',
      ' * import i from "./i.ts";',
      "  'import { j } from \"throughline\";',",
    ].join("\n");
    expect(importsIn("shared/x/y.ts", source).map(({ to }) => to)).toEqual([
      "shared/x/a.ts",
      "shared/b.ts",
      "zod",
      "shared/x/effect.ts",
      "shared/x/e.ts",
      "shared/x/f.ts",
      "shared/x/g.ts",
    ]);
  });

  it.each([
    ["shared/domain/entity.ts", 'import type { Table } from "../ports/table.ts";'],
    ["shared/lifecycle/derive.ts", 'import { entityById } from "../store/entities.ts";'],
    ["shared/lifecycle/derive.ts", 'import { readFileSync } from "node:fs";'],
    ["shared/pipeline/poll.ts", 'import { openEmbedded } from "../adapters/sqlite/index.ts";'],
    ["shared/pipeline/poll.ts", 'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";'],
    ["shared/web/api/api.ts", 'import { ingest } from "../../pipeline/ingest.ts";'],
    ["connectors/jira/index.ts", 'import { scopes } from "../linear/read.ts";'],
    ["connectors/jira/index.ts", 'import type { Octokit } from "@octokit/rest";'],
    ["connectors/jira/index.ts", 'const { Hub } = await import("../../shared/pipeline/hub.ts");'],
    ["functions/sweep.ts", 'import { entityById } from "../shared/store/entities.ts";'],
    ["infra/sandbox/jira/server.ts", 'import { Config } from "../../../connectors/jira/config.ts";'],
    ["infra/local/runner.ts", 'import { main } from "../cli/main.ts";'],
    ["shared/platform/config.ts", 'import { sampleHub } from "../../test/web/sample-hub.ts";'],
    ["shared/rubbish/new.ts", 'import * as z from "zod";'],
  ])("refuses %s with %s", (path, line) => {
    expect(refused(path, line)).toBe(true);
  });

  it("keeps tests out of everything but tests", () => {
    expect(IMPORTS.filter(({ to }) => to.startsWith("test/"))).toEqual([]);
  });

  it("names files that exist, with their endings", () => {
    const missing = [...IMPORTS, ...TEST_IMPORTS]
      .filter(({ isOurs }) => isOurs)
      .filter(({ to }) => !existsSync(`${ROOT}/${to}`));
    expect(missing.map(({ from, to }) => `${from}: ${to}`)).toEqual([]);
  });

  it("takes all of zod by its namespace", () => {
    const wrong = [...IMPORTS, ...TEST_IMPORTS].filter(
      ({ to, words, isDynamic }) => packageOf(to) === "zod" && !isDynamic && !/^(?:type )?\* as z from$/.test(words),
    );
    expect(wrong.map(({ from, words }) => `${from}: ${words}`)).toEqual([]);
  });

  it("loads a vendor's package only when the vendor is asked", () => {
    const atOnce = (path: string, seen = new Set<string>()): string[] => {
      if (seen.has(path)) return [];
      seen.add(path);
      return importsOf(path)
        .filter(({ isType, isDynamic }) => !isType && !isDynamic)
        .flatMap(({ to, isOurs }) => (isOurs ? atOnce(to, seen) : [to]));
    };
    for (const id of connectorIds(ROOT)) {
      const packages = new Set(atOnce(`connectors/${id}/index.ts`).filter((name) => !name.startsWith("node:")));
      expect([...packages], id).toEqual(["zod"]);
    }
  });
});

describe("what a file may do", () => {
  const linesWith = (paths: readonly string[], pattern: RegExp): string[] =>
    paths.flatMap((path) =>
      textOf(path)
        .split("\n")
        .flatMap((line, index) =>
          pattern.test(line) && !/^\s*(?:\/\/|\/?\*)/.test(line) ? [`${path}:${index + 1}`] : [],
        ),
    );

  it("reads the environment only in infra and the platform", () => {
    const others = SOURCES.filter((path) => !/^(?:infra|shared\/platform)\//.test(path));
    expect(linesWith(others, /\bprocess\s*(?:\.|\[["'])\s*env\b|["']node:process["']/)).toEqual([]);
  });

  it("writes to the console only in infra", () => {
    const others = SOURCES.filter((path) => !path.startsWith("infra/"));
    expect(linesWith(others, /\bconsole\s*\./)).toEqual([]);
  });

  it("asks the clock or chance nowhere in what must be pure", () => {
    const pure = SOURCES.filter((path) => /^shared\/(?:domain|lifecycle)\/|\/normalise[^/]*\.ts$/.test(path)).filter(
      (path) =>
        path.startsWith("shared/domain") || path.startsWith("shared/lifecycle") || path.startsWith("connectors/"),
    );
    expect(linesWith(pure, /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(/)).toEqual([]);
  });
});

describe("files", () => {
  const lengthOf = (path: string): number => textOf(path).trimEnd().split("\n").length;

  it("are short: none over 400 lines, half of them under 120", () => {
    const lengths = SOURCES.map((path) => [path, lengthOf(path)] as const).sort((a, b) => a[1] - b[1]);
    expect(lengths.filter(([, lines]) => lines > 400)).toEqual([]);
    expect(lengths[Math.floor(lengths.length / 2)]?.[1]).toBeLessThan(120);
  });

  it("of functions have at most 30 lines, declarations of connectors 120", () => {
    const long = SOURCES.filter(
      (path) =>
        (path.startsWith("functions/") && lengthOf(path) > 30) ||
        (/^connectors\/[^/]+\/index\.ts$/.test(path) && lengthOf(path) > 120),
    );
    expect(long).toEqual([]);
  });

  it("are named in kebab case for what they export, never for being left over", () => {
    const names = [...SOURCES, ...TESTS].flatMap((path) => path.split("/").map((part) => part.split(".")[0] ?? ""));
    const catchAll = /(?:^|-)(?:utils?|helpers?|types?|common|managers?|misc|stuff)$/;
    expect(
      [...new Set(names)].filter((name) => catchAll.test(name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)),
    ).toEqual([]);
  });

  it("of every function are parts of the topology, and the other way round", async () => {
    const { topology } = await import("../infra/topology.ts");
    const files = SOURCES.filter((path) => path.startsWith("functions/")).map((path) => basename(path, ".ts"));
    expect(files.sort()).toEqual(Object.keys(topology).sort());
  });
});

describe("connectors", () => {
  const folders = readdirSync(`${ROOT}/connectors`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  it.each(folders)("%s has a declaration, a schema, normalisers, a README and tests", (vendor) => {
    const files = readdirSync(`${ROOT}/connectors/${vendor}`);
    expect(files).toEqual(expect.arrayContaining(["index.ts", "schema.ts", "README.md"]));
    expect(files.some((name) => /^normalise[\w-]*\.ts$/.test(name))).toBe(true);
    expect(TESTS).toContain(`test/connectors/${vendor}.test.ts`);
  });

  it("are listed exactly as their folders", () => {
    expect(textOf("connectors/index.ts")).toBe(connectorIndex(connectorIds(ROOT)));
    expect(connectorIds(ROOT)).toEqual(folders.sort());
  });
});

it("runs on Node 24 or later", () => {
  expect(Number(process.versions.node.split(".")[0])).toBeGreaterThanOrEqual(24);
});
