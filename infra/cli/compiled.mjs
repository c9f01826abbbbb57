// Types are stripped and code is compiled once, not at every command: import it before anything else. Plain JavaScript,
// since the Node of the host may be too old, and `throughline.mjs` must come to say so.
import module from "node:module";
import { fileURLToPath } from "node:url";

const directory = fileURLToPath(new URL("../../node_modules/.cache/throughline/compiled", import.meta.url));
try {
  // By paths from the folder: checkouts that share their packages share what was compiled.
  module.enableCompileCache?.({ directory, portable: true });
} catch {
  // Before Node 24.12, by whole paths.
  module.enableCompileCache?.(directory);
}
