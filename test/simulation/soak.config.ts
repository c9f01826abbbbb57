import { defineConfig } from "vitest/config";

/** What `npm run soak` runs; how often is said by soak.ts. */
export default defineConfig({
  test: {
    include: ["test/simulation/sync.test.ts", "test/faults/kill.test.ts"],
    testTimeout: 12 * 3_600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
