#!/usr/bin/env node
// Plain JavaScript: the Node of the host may be too old to read anything else, and must be able to say so.
import "./compiled.mjs";

const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(
    `✗ Throughline needs Node 24 or later, this is ${process.version}.   node_version_unsupported\n` +
      "  Fix: npm ci   (without --ignore-scripts: it brings the right Node), then npm start, or npx throughline inside the checkout\n",
  );
  process.exit(1);
}
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
