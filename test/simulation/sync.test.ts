import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_WORK, type Company, openCompany, type Vendor } from "./company.ts";
import { calm, histories, play, type Step } from "./history.ts";
import { agreeing, held, LIVES, truly } from "./oracle.ts";
import { REGRESSIONS } from "./regressions.ts";

/** `npm run soak` sets both: more histories, and others each time. */
const RUNS = Number(process.env["SOAK_RUNS"] ?? 60);
const SEED = Number(process.env["SOAK_SEED"] ?? 20_261_123);
/** Plays a history, lets everything come to rest, and compares. @returns how often the process died */
const check = async (company: Company, vendor: Vendor, steps: readonly Step[]): Promise<number> => {
  const { sandbox, time } = company;
  const hub = await company.begin();
  hub.fetch = sandbox.fetch;
  try {
    const poison: string[] = [];
    await play({ vendor, sandbox, hub, time, sent: [], poison }, steps);
    await calm({ vendor, sandbox });
    // Longer than any list lagged, shorter than any overlap.
    time.now += 100_000;
    await hub.drain();
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream });
    await hub.drain();
    time.now += 1000;
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, census: "now" });
    await hub.drain();
    // What nobody can read is set aside, and stops nothing.
    expect(hub.setAside()).toEqual([...new Set(poison)].sort());
    const truth = truly(sandbox.truth(), vendor);
    const entities = hub.entities();
    // What words mean today is a part of what is derived.
    while (await hub.step("project"));
    const found = await held(hub);
    for (const [id, said] of truth) {
      // What was made and went between two looks nobody could see.
      if (!found.has(id) && !LIVES.has(said.presence)) continue;
      expect(agreeing(found.get(id), said)).toEqual(said);
    }
    expect([...found].filter(([id]) => !truth.has(id))).toEqual([]);
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, full: true });
    await hub.drain();
    const versions = (of: typeof entities) => Object.fromEntries([...of].map(([id, { version }]) => [id, version]));
    expect(versions(hub.entities())).toEqual(versions(entities));
    return hub.deaths;
  } finally {
    hub.close();
  }
};

describe.each<Vendor>(["jira", "linear", "github"])("a hub that syncs from %s", (vendor) => {
  let company: Company;
  beforeAll(async () => {
    company = await openCompany(vendor, {
      connection: { deletionFuse: 1 },
      // Several pages, so that things happen between them.
      settings: vendor === "linear" ? { pageSize: 4 } : { pageSize: 8 },
    });
  });
  afterAll(() => company.close());

  it(
    "ends with what is true, whatever happened in whatever order",
    async () => {
      let runs = 0;
      let deaths = 0;
      await fc.assert(
        fc.asyncProperty(histories, async (steps) => {
          runs += 1;
          deaths += await check(company, vendor, steps);
        }),
        { seed: SEED, numRuns: Math.ceil(RUNS / 3), examples: REGRESSIONS[vendor].map((steps) => [steps]) },
      );
      process.stdout.write(`${vendor}: ${runs} histories by seed ${SEED}, ${deaths} deaths\n`);
      if (runs >= 20) expect(deaths).toBeGreaterThan(0);
    },
    60_000 + RUNS * 3_000,
  );
});
