import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Company, openCompany, type Vendor } from "./company.ts";
import type { HubUnderTest } from "./hub-under-test.ts";
import { censuses, changes, known, logged } from "./knowledge.ts";

const VENDORS = ["jira", "linear", "github"] as const satisfies readonly Vendor[];
/** Of each tool, a place and how keys of it begin. */
const PLACES: Readonly<Record<Vendor, readonly [scope: string, prefix: string]>> = {
  jira: ["ACME", "ACME-"],
  linear: ["INS", "INS-"],
  github: ["acme/devkit", "acme/devkit#"],
};

const COUNTED: ReadonlySet<string> = new Set(["workItem", "feature", "initiative", "pullRequest"]);

const keysOf = ({ sandbox }: Company, vendor: Vendor): string[] =>
  sandbox
    .truth()
    .filter(({ key, deleted }) => key.startsWith(PLACES[vendor][1]) && !deleted)
    .map(({ key }) => key);

const count = async (hub: HubUnderTest, vendor: Vendor): Promise<void> => {
  await hub.ask({ connection: vendor, stream: "issues", census: "now" });
  await hub.drain(true);
};

/** Of a tool's issues, by key: presence and version. */
const issuesOf = (hub: HubUnderTest, vendor: Vendor) =>
  new Map(
    [...hub.entities().values()].flatMap((entity) =>
      entity.source.key?.startsWith(PLACES[vendor][1]) && COUNTED.has(entity.kind)
        ? [
            [
              entity.source.key,
              { state: entity.presence.state, version: entity.version, fields: entity.fields },
            ] as const,
          ]
        : [],
    ),
  );

describe.each(VENDORS)("6: a census of %s that would drop more than the threshold", (vendor) => {
  let company: Company;
  beforeAll(async () => {
    company = await openCompany(vendor, {
      size: 250,
      ...(vendor !== "linear" && { settings: { pageSize: 25, ...(vendor === "github" && { timeline: false }) } }),
    });
  });
  afterAll(() => company.close());

  it.each([
    [0.09, false],
    [0.11, true],
    [1, true],
  ])("drops %f of all: trips the fuse is %j; then there is an event and nothing is deleted", async (share, trips) => {
    const hub = await company.begin();
    await company.sandbox.control({ do: "webhooks", mode: "off" });
    const keys = keysOf(company, vendor);
    expect(keys.length).toBeGreaterThan(40);
    const dropped = keys.slice(0, trips ? Math.ceil(keys.length * share) : Math.floor(keys.length * share));
    for (const key of dropped) await company.sandbox.control({ do: "delete", key });
    await count(hub, vendor);
    const deleted = [...issuesOf(hub, vendor).values()].filter(({ state }) => state === "deleted");
    const fuses = changes(hub).filter(({ name }) => name === "deletion.fuse.tripped");
    expect(deleted).toHaveLength(trips ? 0 : dropped.length);
    expect(fuses).toHaveLength(trips ? 1 : 0);
    expect(censuses(hub).flatMap(({ result }) => result?.fuse ?? [])).toEqual(
      trips ? [{ name: PLACES[vendor][0], missing: dropped.length, of: keys.length }] : [],
    );
    hub.close();
  });

  it("drops nothing when any one of its requests failed", async () => {
    const first = await company.begin();
    const before = first.requests;
    await count(first, vendor);
    const asked = first.requests - before;
    first.close();
    for (let k = 0; k < asked; k++) {
      const hub = await company.begin();
      await company.sandbox.control({ do: "webhooks", mode: "off" });
      for (const key of keysOf(company, vendor).slice(0, 3)) await company.sandbox.control({ do: "delete", key });
      await company.sandbox.control({ do: "misbehave", vendor, how: "unauthorized", times: 1, after: k });
      await count(hub, vendor);
      // Each scope is counted on its own: those without a failure still tell what is gone.
      const failed = censuses(hub).filter(({ state }) => state === "failed");
      expect(failed, `request ${k}`).toHaveLength(1);
      const gone = [...issuesOf(hub, vendor).values()].filter(({ state }) => state === "deleted").length;
      expect([0, 3], `request ${k}`).toContain(gone);
      if (censuses(hub).length === 1) expect(gone, `request ${k}`).toBe(0);
      hub.close();
    }
  });
});

describe.each(VENDORS)("with %s", (vendor) => {
  let company: Company;
  beforeAll(async () => {
    company = await openCompany(vendor, { size: 20 });
  });
  afterAll(() => company.close());

  const settle = async (hub: HubUnderTest): Promise<void> => {
    company.time.now += 60_000;
    for (const more of [{}, { census: "now" as const }]) {
      await hub.ask({ connection: vendor, ...more });
      // What is refused is asked for again for a week: nobody waits for that here.
      while ((await hub.step("inbox")) || (await hub.step("jobs")));
    }
  };

  it("7: a place that is refused hides its items, deletes none, and gives them back: the same content, one version each", async () => {
    const hub = await company.begin();
    const [scope] = PLACES[vendor];
    const before = issuesOf(hub, vendor);
    expect(before.size).toBeGreaterThan(5);
    await company.sandbox.control({ do: "revoke", vendor, scope, mode: "forbidden" });
    await settle(hub);
    await settle(hub);
    const hidden = issuesOf(hub, vendor);
    await company.sandbox.control({ do: "grant", vendor, scope });
    await settle(hub);
    await settle(hub);
    const after = issuesOf(hub, vendor);
    for (const [key, { state, version, fields }] of before) {
      expect(hidden.get(key)).toEqual({ state: "lost_access", version: version + 1, fields });
      expect(after.get(key)).toEqual({ state, version: version + 2, fields });
    }
    hub.close();
  });

  it("F01, F02, F03 a duplicate, late or out-of-order webhook leaves the state unchanged, whatever the order", async () => {
    const first = await company.begin();
    first.close();
    const { sandbox, time } = company;
    const key = keysOf(company, vendor).at(-1) ?? "";
    const edits = [
      { do: "rename", title: "First" },
      { do: "assign", to: "jweber" },
      { do: "close" },
      { do: "reopen" },
      { do: "rename", title: "Last" },
    ];
    for (const [n, edit] of edits.entries()) {
      // Two of them at one time: a tie that only the tool can settle.
      if (n !== 3) time.now += 60_000;
      await sandbox.control({ ...edit, key });
    }
    time.now += 60_000;
    const ids = sandbox.held().map(({ id }) => id);
    expect(ids).toHaveLength(edits.length);
    const deliver = async (hub: HubUnderTest, order: readonly string[]) => {
      for (const id of order) {
        await sandbox.control({ do: "deliver", id });
        await sandbox.control({ do: "redeliver", id });
        await hub.drain();
      }
    };
    let fields: unknown;
    let expected: unknown;
    const orders = vendor === "github" ? permutations(ids) : fc.sample(fc.shuffledSubarray(ids, { minLength: 5 }), 12);
    for (const order of orders) {
      const hub = await company.open(company.file("before.db"));
      await deliver(hub, order);
      const told = [...hub.entities().values()].find(({ source }) => source.key === key);
      fields ??= told?.fields;
      expect(told?.fields).toEqual(fields);
      // Not every webhook tells the past: the next poll does.
      await hub.ask({ connection: vendor, stream: "issues" });
      await hub.drain();
      const all = known(hub);
      expected ??= all;
      expect(all).toEqual(expected);
      if (order === orders.at(-1)) {
        await hub.drain(true);
        const [versions, log] = [[...hub.entities().values()].map(({ version }) => version), logged(hub)];
        for (const again of fc.sample(fc.shuffledSubarray(ids, { minLength: 5 }), 5)) await deliver(hub, again);
        await hub.drain(true);
        expect(known(hub)).toEqual(expected);
        expect([...hub.entities().values()].map(({ version }) => version)).toEqual(versions);
        expect(logged(hub)).toEqual(log);
      }
      hub.close();
    }
    expect(fields).toMatchObject({ title: "Last" });
    expect(orders.length).toBe(vendor === "github" ? 120 : 12);
  });
});

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
