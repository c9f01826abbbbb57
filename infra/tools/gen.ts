import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connectorIds, connectorIndex } from "./connector-index.ts";

/**
 * Writes every generated file, or with `--check` names those that are not current and exits 1. `--results [file]` notes
 * how the tests of a run ended: by default of the last one, which left its results behind.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "boolean", default: false }, results: { type: "boolean", default: false } },
});
const isCheck = values.check;

// Everything else is generated from the connectors, so their list must be right before it is loaded.
const list = join(root, "connectors/index.ts");
const connectors = connectorIndex(connectorIds(root));
if (!isCheck && readFileSync(list, "utf8") !== connectors) {
  writeFileSync(list, connectors);
  console.log("wrote connectors/index.ts");
}

// How the tests of a run ended is noted before the pages that tell it are made.
if (values.results) {
  const { keepResults, RESULTS } = await import("./latest-run.ts");
  keepResults(root, positionals[0] ?? join(root, RESULTS));
}

await import("../local/jsx.ts");
const { generatedFiles, leftOver, staleFiles } = await import("./generated-files.ts");
const files = await generatedFiles(root);
const stale = staleFiles(root, files);

if (isCheck && stale.length > 0) {
  console.error(`not current, run npm run gen:\n${stale.map((path) => `  ${path}`).join("\n")}`);
  process.exitCode = 1;
} else if (isCheck) {
  console.log(`${files.size} generated files are current`);
} else {
  for (const path of leftOver(root, files)) rmSync(join(root, path));
  for (const path of stale) {
    const text = files.get(path);
    if (text === undefined) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(stale.length === 0 ? "all else is current" : stale.map((path) => `wrote ${path}`).join("\n"));
}
