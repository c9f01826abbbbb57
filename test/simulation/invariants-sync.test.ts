import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL_WORK, type Company, openCompany, type Vendor } from "./company.ts";
import type { HubUnderTest } from "./hub-under-test.ts";
import { checkpoints, type Known, known, logged, streams } from "./knowledge.ts";

const VENDORS = ["jira", "linear", "github"] as const satisfies readonly Vendor[];
const ZONES = ["Pacific/Midway", "Etc/UTC", "Pacific/Kiritimati"];
const GONE = new Set(["deleted", "moved", "out_of_scope"]);

/** Keys of a tool's work, the youngest first: plans are left alone. */
const workOf = ({ sandbox }: Company, vendor: Vendor): string[] =>
  sandbox
    .truth()
    .filter(({ tracker, type, deleted }) => tracker === vendor && !deleted && !["epic", "idea"].includes(type))
    .map(({ key }) => key)
    .toReversed();

interface Day {
  readonly at: string;
  readonly tells: readonly Readonly<Record<string, unknown>>[];
}

const ELSEWHERE = {
  jira: { do: "move", project: "IDEA" },
  linear: { do: "move", team: "LAB" },
  github: { do: "transfer", repo: "acme/storefront" },
} as const;

/** A year of a tool's work, both changes of the clocks in Berlin among it. Edits of one day have one time. */
const yearOf = (vendor: Vendor, work: readonly string[]): readonly Day[] => {
  const key = (n: number) => ({ key: work[n] });
  const own: Readonly<Record<Vendor, readonly [shelve: Day["tells"], unshelve: Day["tells"]]>> = {
    jira: [
      [
        { do: "archive", version: "Storefront 1.12" },
        { do: "remove_field", field: "customfield_10016" },
      ],
      [],
    ],
    linear: [
      [
        { do: "archive", ...key(6) },
        { do: "trash", ...key(7) },
        { do: "archive", ...key(8) },
      ],
      [{ do: "unarchive", ...key(6) }],
    ],
    github: [[], []],
  };
  const rename = { do: "rename_status", vendor, from: "In Progress", to: "Doing" };
  return [
    {
      at: "2026-03-10T09:00:00Z",
      tells: [
        { do: "assign", ...key(0), to: "priyar" },
        { do: "close", ...key(1) },
      ],
    },
    { at: "2026-03-29T00:59:30Z", tells: work.map((one) => ({ do: "rename", key: one, title: `Bulk ${one}` })) },
    { at: "2026-03-29T01:00:10Z", tells: [{ do: "rename", ...key(2), title: "After the hour that never was" }] },
    {
      at: "2026-04-15T12:00:00Z",
      tells: [
        { do: "skew", vendor, seconds: -90 },
        { do: "reopen", ...key(1) },
      ],
    },
    { at: "2026-04-15T12:02:00Z", tells: [{ do: "rename", ...key(0), title: "By a slow clock" }] },
    {
      at: "2026-04-15T12:05:00Z",
      tells: [
        { do: "skew", vendor, seconds: 0 },
        { do: "close", ...key(2) },
      ],
    },
    {
      at: "2026-05-20T08:00:00Z",
      tells: [
        { do: "delete", ...key(3) },
        { do: "close", ...key(4), as: "cancelled" },
      ],
    },
    { at: "2026-06-11T08:00:00Z", tells: [1, 2, 3].map((n) => ({ do: "create", tracker: vendor, title: `New ${n}` })) },
    { at: "2026-07-08T08:00:00Z", tells: [{ do: "add_team" }, { ...ELSEWHERE[vendor], ...key(5) }] },
    { at: "2026-08-17T08:00:00Z", tells: own[vendor][0] },
    { at: "2026-09-22T08:00:00Z", tells: vendor === "github" ? [] : [rename] },
    { at: "2026-10-25T00:30:00Z", tells: [{ do: "rename", ...key(0), title: "In the hour that comes twice" }] },
    { at: "2026-10-25T01:30:00Z", tells: [{ do: "rename", ...key(1), title: "In it again" }] },
    { at: "2026-11-18T08:00:00Z", tells: own[vendor][1] },
    {
      at: "2027-02-20T08:00:00Z",
      tells: [
        { do: "reopen", ...key(4) },
        { do: "delete", ...key(9) },
      ],
    },
  ];
};

/** Lives through some days, each with a look of the hub at the tool some seconds later; no webhook comes. */
const live = async (company: Company, zone: string, days: readonly Day[], look: () => Promise<void>): Promise<void> => {
  await company.sandbox.control({ do: "webhooks", mode: "off" });
  await company.sandbox.control({ do: "account_zone", zone });
  for (const { at, tells } of days) {
    company.time.now = Math.max(company.time.now, Date.parse(at));
    for (const told of tells) await company.sandbox.control(told as never);
    company.time.now += 20_000;
    await look();
  }
};

/** Reads all streams of work and counts what the tool lists, as a hub does by and by. */
const look = async (hub: HubUnderTest, vendor: Vendor, more: object = {}): Promise<void> => {
  for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, ...more });
  await hub.drain();
  for (const stream of ALL_WORK[vendor]) await hub.ask({ connection: vendor, stream, census: "now" });
  await hub.drain();
};

/** What a new hub knows that reads everything at once. */
const atOnce = async (company: Company, vendor: Vendor): Promise<Map<string, Known>> => {
  const fresh = await company.open();
  await fresh.ask({ connection: vendor });
  await fresh.drain();
  const found = known(fresh);
  fresh.close();
  return found;
};

/** What is true now, without what has gone and without people whom nothing names any more. */
const agree = (grown: ReadonlyMap<string, Known>, now: ReadonlyMap<string, Known>): void => {
  expect(now.size).toBeGreaterThan(20);
  for (const [id, entity] of now) expect(grown.get(id)).toEqual(entity);
  const more = [...grown.values()].filter(({ id, kind }) => !now.has(id) && kind !== "account");
  expect(more.filter(({ presence }) => !GONE.has(presence.state))).toEqual([]);
};

describe.each(VENDORS)("with %s", (vendor) => {
  let company: Company;
  beforeAll(async () => {
    company = await openCompany(vendor, {
      size: 40,
      connection: { deletionFuse: 0.5 },
      settings: { pageSize: 5, ...(vendor === "jira" && { jqlTime: "formatted" }) },
    });
  });
  afterAll(() => company.close());

  it("F33, F34 the union of incremental runs equals one full refresh, with archive, move, delete, bulk edit, clock skew and a DST change in between", async () => {
    const hub = await company.begin();
    const work = workOf(company, vendor);
    await live(company, "Europe/Berlin", yearOf(vendor, work), () => look(hub, vendor));
    const grown = known(hub);
    agree(grown, await atOnce(company, vendor));
    const gone = [...grown.values()].flatMap(({ kind, presence }) =>
      kind === "workItem" && GONE.has(presence.state) ? [presence.state] : [],
    );
    expect(gone.sort()).toEqual(["deleted", "deleted", "moved"]);
    hub.close();
  });

  it("2: the result is the same for accounts in UTC-11, UTC and UTC+14, in processes of such zones", async () => {
    const accounts = vendor === "jira" ? ZONES : ZONES.slice(0, 1);
    const own = process.env["TZ"];
    const found: unknown[] = [];
    const offsets = new Set<number>();
    try {
      for (const [zone, account] of ZONES.flatMap((one) => accounts.map((other) => [one, other] as const))) {
        process.env["TZ"] = zone;
        offsets.add(new Date(company.time.now).getTimezoneOffset());
        const hub = await company.begin();
        const days = yearOf(vendor, workOf(company, vendor)).slice(0, 5);
        await live(company, account, days, () => look(hub, vendor));
        found.push(known(hub));
        hub.close();
      }
    } finally {
      if (own === undefined) delete process.env["TZ"];
      else process.env["TZ"] = own;
    }
    expect([...offsets]).toEqual([660, 0, -840]);
    for (const one of found) expect(one).toEqual(found[0]);
  });

  it("3: a failure on page k never advances the cursor, and resuming loses nothing and emits no event twice", async () => {
    const busy = async (): Promise<HubUnderTest> => {
      const hub = await company.begin();
      await company.sandbox.control({ do: "webhooks", mode: "off" });
      for (const key of workOf(company, vendor).slice(0, 7)) {
        company.time.now += 1000;
        await company.sandbox.control({ do: "rename", key, title: `Busy ${key}` });
      }
      return hub;
    };
    const calm = await busy();
    const before = calm.requests;
    const [from, first] = [streams(calm), logged(calm).length];
    await calm.ask({ connection: vendor, stream: "issues" });
    await calm.step("jobs");
    const passed = checkpoints(calm);
    const asked = calm.requests - before;
    await calm.drain(true);
    expect(asked).toBeGreaterThan(2);
    const [expected, events] = [known(calm), logged(calm)];
    expect(events.length).toBeGreaterThan(first);
    calm.close();
    for (let k = 0; k < asked; k++) {
      const hub = await busy();
      const spoilt = { do: "misbehave", vendor, how: "unauthorized", times: 1000, after: k } as const;
      await company.sandbox.control(spoilt);
      await hub.ask({ connection: vendor, stream: "issues" });
      await hub.step("jobs");
      const failed = [...streams(hub)].filter(([, { run }]) => run.state === "failed");
      expect(failed.length, `request ${k}`).toBeGreaterThan(0);
      for (const [name, { cursor, run }] of failed) {
        const reached = run.pages === 0 ? from.get(name)?.cursor : passed.get(`${name} ${run.pages}`);
        expect(cursor, `request ${k}`).toEqual(reached);
      }
      await company.sandbox.control({ do: "behave", vendor });
      await hub.ask({ connection: vendor, stream: "issues" });
      await hub.drain(true);
      expect(known(hub), `request ${k}`).toEqual(expected);
      expect(new Set(logged(hub)).size, `request ${k}`).toBe(logged(hub).length);
      expect(new Set(logged(hub)), `request ${k}`).toEqual(new Set(events));
      hub.close();
    }
  });

  it("3: a crash before or after any checkpoint loses nothing and emits no event twice", async () => {
    const run = async (doom?: number, when?: "before" | "after") => {
      const hub = await company.begin();
      await company.sandbox.control({ do: "webhooks", mode: "off" });
      for (const [n, key] of workOf(company, vendor).slice(0, 6).entries())
        await company.sandbox.control({ do: "rename", key, title: `Crash ${n}` });
      await hub.ask({ connection: vendor, stream: "issues" });
      await hub.live(() => hub.step("jobs"), doom, when);
      await hub.drain(true);
      const found = { known: known(hub), events: logged(hub).toSorted() };
      const { deaths } = hub;
      hub.close();
      return { found, deaths };
    };
    const { found: calm } = await run();
    expect((await run(1, "before")).found).toEqual(calm);
    // After one call is before the next one.
    let died = 0;
    for (let call = 1; ; call++) {
      const { found, deaths } = await run(call, "after");
      expect(found, `call ${call}`).toEqual(calm);
      if (deaths === 0) break;
      died += deaths;
    }
    expect(died).toBeGreaterThan(8);
  });

  it("4: a record that is updated all the time is collected on the first run", async () => {
    company.sandbox.reset();
    await company.sandbox.control({ do: "webhooks", mode: "off" });
    await company.sandbox.control({ do: "shuffle", vendor });
    const [restless = ""] = workOf(company, vendor);
    const hub = await company.open();
    let told = 0;
    hub.beforeRequest = async () => {
      company.time.now += 60_000;
      told += 1;
      await company.sandbox.control({ do: "rename", key: restless, title: `Minute ${told}` });
    };
    await hub.ask({ connection: vendor, stream: "issues" });
    await hub.drain();
    expect([...streams(hub).values()].map(({ run }) => run.state)).not.toContain("failed");
    expect(told).toBeGreaterThan(3);
    expect(told).toBeLessThan(200);
    const keys = new Set([...hub.entities().values()].map(({ source }) => source.key));
    for (const key of workOf(company, vendor)) expect(keys).toContain(key);
    const titles = [...hub.entities().values()].flatMap(({ source, fields }) =>
      source.key === restless && "title" in fields ? [fields.title] : [],
    );
    expect(titles).toEqual([expect.stringMatching(/^Minute /)]);
    hub.close();
  });
});
