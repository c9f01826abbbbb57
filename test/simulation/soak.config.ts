import { defineConfig } from "vitest/config";

/** 5,000 histories by a seed of the day's own; `SOAK_RUNS` and `SOAK_SEED` say others. */
export default defineConfig({
  test: {
    include: ["test/simulation/sync.test.ts"],
    testTimeout: 12 * 3_600_000,
    hookTimeout: 60_000,
    env: {
      SOAK_RUNS: process.env["SOAK_RUNS"] ?? "5000",
      SOAK_SEED: process.env["SOAK_SEED"] ?? String(Date.now() % 2 ** 31),
    },
  },
});
