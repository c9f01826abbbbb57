import { deepStrictEqual } from "node:assert/strict";
import { ALL_WORK, type Company, openCompany, type Vendor } from "./company.ts";
import { calm, play, type Step } from "./history.ts";
import { agreeing, held, isUnsettled, LIVES, truly } from "./oracle.ts";

/** A company for histories of one of its tools: lists have several pages, so that things happen between them. */
export const companyOfHistories = (vendor: Vendor): Promise<Company> =>
  openCompany(vendor, {
    connection: { deletionFuse: 1 },
    settings: vendor === "linear" ? { pageSize: 4 } : { pageSize: 8 },
  });

/**
 * Plays a history, lets everything come to rest, and compares.
 *
 * @returns how often the process died
 * @throws AssertionError where the hub holds another thing than is true
 */
export const checkHistory = async (company: Company, vendor: Vendor, steps: readonly Step[]): Promise<number> => {
  const { sandbox, time, config } = company;
  const hub = await company.begin();
  hub.fetch = sandbox.fetch;
  try {
    const poison: string[] = [];
    const stage = { vendor, sandbox, hub, time, config, sent: [], poison };
    await play(stage, steps);
    await calm(stage);
    // Longer than any list lagged, shorter than any overlap.
    time.now += 100_000;
    await hub.drain();
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream });
    await hub.drain();
    time.now += 1000;
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, census: "now" });
    await hub.drain();
    // What nobody can read is set aside, and stops nothing.
    deepStrictEqual(hub.setAside(), [...new Set(poison)].sort());
    const truth = truly(sandbox.truth(vendor), vendor);
    const entities = hub.entities();
    // What words mean today is a part of what is derived.
    while (await hub.step("project"));
    const found = await held(hub);
    for (const [id, said] of truth) {
      // What was made and went between two looks nobody could see.
      if (!found.has(id) && !LIVES.has(said.presence)) continue;
      deepStrictEqual(agreeing(found.get(id), said), said);
    }
    deepStrictEqual(
      [...found].filter(([id]) => !truth.has(id)),
      [],
    );
    // Reading everything once more costs a third of a history and so is done after one in four.
    if ([...truth.values()].some(isUnsettled)) return hub.deaths;
    if (steps.reduce((sum, { a, b }) => sum + a + b, 0) % 4 > 0) return hub.deaths;
    for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, full: true });
    await hub.drain();
    const versions = (of: typeof entities) => Object.fromEntries([...of].map(([id, { version }]) => [id, version]));
    deepStrictEqual(versions(hub.entities()), versions(entities));
    return hub.deaths;
  } finally {
    hub.close();
  }
};
