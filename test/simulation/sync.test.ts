import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { companyConfig, SECRET, secretsOf, WIDE } from "../e2e/company-config.ts";
import { histories, play, type Step, type Vendor } from "./history.ts";
import { HubUnderTest, scratch, type Time, webhookDoor } from "./hub-under-test.ts";
import { held, truly } from "./oracle.ts";

const RUNS = Number(process.env["SOAK_RUNS"] ?? 300);
const BEGIN = Date.parse("2026-03-02T10:00:00.000Z");

/** Runs of one vendor begin with the same first sync. */
const opened = async (vendor: Vendor) => {
  const time: Time = { now: BEGIN };
  const door = await webhookDoor();
  const hook = { url: `${door.url}/hooks/${vendor}`, secret: SECRET };
  const sandbox: Sandbox = await startSandbox({
    size: 20,
    seed: 11,
    clock: () => time.now,
    limits: WIDE,
    webhooks: { [vendor]: hook },
  });
  const all = companyConfig(sandbox, { github: { timeline: true } });
  const connections = { [vendor]: { ...all.connections[vendor], deletionFuse: 1 } };
  const config = { connections } as HubConfig;
  const room = scratch();
  const open = (before?: string) => HubUnderTest.open(config, secretsOf(sandbox), time, room.folder, before);
  const first = await open();
  await first.ask({ connection: vendor });
  await first.drain(true);
  const before = `${room.folder}/before.db`;
  first.keep(before);
  first.close();
  return {
    sandbox,
    time,
    /** A new hub that knows the company as it was at first. */
    async begin() {
      sandbox.reset();
      await sandbox.control({ do: "webhooks", mode: "hold" });
      time.now = BEGIN + 60_000;
      return open(before);
    },
    async close() {
      await sandbox.stop();
      await door.close();
      room.remove();
    },
  };
};

type Opened = Awaited<ReturnType<typeof opened>>;

/** Plays a history, lets everything come to rest, and compares. @returns how often the process died */
const check = async ({ sandbox, time, begin }: Opened, vendor: Vendor, steps: readonly Step[]): Promise<number> => {
  const hub = await begin();
  try {
    await play({ vendor, sandbox, hub, time, sent: [] }, steps);
    await hub.drain();
    time.now += 1000;
    await hub.ask({ connection: vendor });
    await hub.drain();
    await hub.ask({ connection: vendor, census: "now" });
    await hub.drain();
    const truth = truly(sandbox.truth().filter(({ tracker }) => tracker === vendor));
    const entities = hub.entities();
    const found = held(entities.values());
    for (const [key, said] of truth) {
      // What was made and deleted between two looks nobody could see.
      if (said.presence === "deleted" && !found.has(key)) continue;
      expect(found.get(key)).toEqual(said);
    }
    expect([...found.keys()].filter((key) => !truth.has(key))).toEqual([]);
    await hub.ask({ connection: vendor, full: true });
    await hub.drain();
    const versions = (of: typeof entities) => Object.fromEntries([...of].map(([id, { version }]) => [id, version]));
    expect(versions(hub.entities())).toEqual(versions(entities));
    return hub.deaths;
  } finally {
    hub.close();
  }
};

describe.each<Vendor>(["jira", "linear", "github"])("a hub that syncs from %s", (vendor) => {
  let company: Opened;
  beforeAll(async () => {
    company = await opened(vendor);
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
        { numRuns: Math.ceil(RUNS / 3), endOnFailure: false },
      );
      process.stdout.write(`${vendor}: ${runs} histories, ${deaths} deaths\n`);
      if (runs >= 50) expect(deaths).toBeGreaterThan(0);
    },
    30 * 60_000,
  );
});
