import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHistory, companyOfHistories } from "./check-history.ts";
import type { Company, Vendor } from "./company.ts";
import { histories } from "./history.ts";
import { REGRESSIONS } from "./regressions.ts";

/** `npm run soak` plays more, and others each time. */
const RUNS = 30;
const SEED = 20_261_123;

describe.each<Vendor>(["jira", "linear", "github"])("a hub that syncs from %s", (vendor) => {
  let company: Company;
  beforeAll(async () => {
    company = await companyOfHistories(vendor);
  });
  afterAll(() => company.close());

  it("ends with what is true, whatever happened in whatever order", { timeout: 240_000 }, async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        deaths += await checkHistory(company, vendor, steps);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    expect(deaths).toBeGreaterThan(0);
  });

  it.each(Object.entries(REGRESSIONS[vendor]))("ends right where once it did not: %s", async (_, steps) => {
    await checkHistory(company, vendor, steps);
  });
});
