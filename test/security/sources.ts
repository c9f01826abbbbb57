import { globSync } from "node:fs";

/** Every file that runs in production: tests, tools and the sandbox are not among them. */
export const SOURCES: readonly string[] = globSync([
  "shared/**/*.{ts,tsx}",
  "connectors/**/*.ts",
  "functions/*.ts",
  "infra/**/*.ts",
])
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/^infra\/(?:sandbox|tools)\//.test(path))
  .sort();
