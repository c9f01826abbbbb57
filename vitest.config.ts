import { defineConfig } from "vitest/config";

/** Of these each file has modules of its own: they replace modules, or load what keeps state for a whole process. */
const APART = ["bench", "e2e", "faults", "infra", "security", "simulation"].map((part) => `test/${part}/**/*.test.ts`);

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "hono/jsx" } },
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the two cores that it is meant for: whole hubs wait for each other much of their time.
    maxWorkers: 3,
    // For `npm run gen -- --results`: how the proofs of docs/reliability.md and docs/security.md ended.
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    projects: [
      { extends: true, test: { name: "apart", include: APART } },
      {
        extends: true,
        // Modules are loaded once for all files of a worker, which saves a tenth of the whole.
        test: { name: "together", include: ["test/**/*.test.{ts,tsx}"], exclude: APART, isolate: false },
      },
    ],
  },
});
