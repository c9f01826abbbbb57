import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { companyConfig, secretsOf, WIDE } from "./company-config.ts";
import { Checkout, knowledge, openStoreAt, settled, until } from "./local-hub.ts";

/** Rows written by then; spread over polling, ingesting and projecting. */
const KILL_POINTS = [150, 700, 1_600];

describe("a hub that is killed in the middle of its first sync", { timeout: 240_000 }, () => {
  let sandbox: Sandbox;
  const made: Checkout[] = [];
  const checkout = async () => {
    const one = await Checkout.make(companyConfig(sandbox), secretsOf(sandbox));
    made.push(one);
    return one;
  };
  beforeAll(async () => {
    sandbox = await startSandbox({ size: 120, seed: 11, until: new Date("2026-03-01T00:00:00.000Z"), limits: WIDE });
  });
  afterAll(async () => {
    await sandbox.stop();
    await Promise.all(made.map((one) => one.remove()));
  });

  it("goes on where it was and ends with what an undisturbed run knows, entity by entity", async () => {
    const calm = await checkout();
    const undisturbed = await calm.start("--poll-every", "30");
    await settled(undisturbed, join(calm.data, "hub"));
    await undisturbed.stop();

    const rough = await checkout();
    const folder = join(rough.data, "hub");
    const killedAt: number[] = [];
    for (const point of KILL_POINTS) {
      const hub = await rough.start("--poll-every", "30");
      const store = openStoreAt(folder);
      const written = () => Number(store.db.prepare("SELECT coalesce(max(seq), 0) AS n FROM feed").get()?.["n"]);
      await until(
        async () => written(),
        (rows) => rows >= point,
      );
      await hub.kill();
      killedAt.push(written());
      store.close();
    }
    const last = await rough.start("--poll-every", "30");
    await settled(last, folder);
    await last.stop();

    const [expected, found] = [await knowledge(join(calm.data, "hub")), await knowledge(folder)];
    process.stdout.write(
      `killed at ${killedAt.join(", ")} written rows; ${found.entities.size} entities, ${found.views.size} features compared\n`,
    );
    expect(found.entities.size).toBeGreaterThan(300);
    expect([...found.entities.keys()].sort()).toEqual([...expected.entities.keys()].sort());
    for (const [id, entity] of expected.entities) expect(found.entities.get(id)).toEqual(entity);
    for (const [id, view] of expected.views) expect(found.views.get(id)).toEqual(view);
  });
});
