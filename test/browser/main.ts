import "../../infra/local/jsx.ts";
import { CHROMIUM } from "./chromium.ts";

// Pages are .tsx, which Node loads only after the import above has run.
if (CHROMIUM === undefined) process.stdout.write("test:browser: skipped, no chromium is installed\n");
else {
  const { run } = await import("./run.ts");
  process.exitCode = await run();
}
