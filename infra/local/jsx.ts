import { registerHooks } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { pageCode } from "./page-code.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEPT = join(ROOT, "node_modules", ".cache", "throughline", "jsx");

/** Lets Node load `.tsx`: it strips types from `.ts` by itself but refuses JSX. Import it before anything with pages. */
registerHooks({
  load(url, context, next) {
    if (!url.endsWith(".tsx")) return next(url, context);
    const file = fileURLToPath(url);
    return { format: "module", source: pageCode(file, relative(ROOT, file), KEPT), shortCircuit: true };
  },
});
