import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailHasher } from "../../shared/domain/email-hash.ts";
import type { Draft, Fields } from "../../shared/domain/entity.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import {
  accountName,
  type DeclaredPerson,
  declarations,
  identify,
  identityOf,
  personIdOf,
} from "../../shared/domain/identity.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { declare } from "../../shared/pipeline/declare.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { project } from "../../shared/pipeline/project.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import { sweep } from "../../shared/pipeline/sweep.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { FeedRecord } from "../../shared/ports/table.ts";
import { everyOf, type StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { everyPerson, peopleViews } from "../../shared/store/people.ts";
import { bareTool, Crash, crashing, openPipeline } from "./open-pipeline.ts";

const hashOf = emailHasher(Buffer.from("a key of this test"));
const person = (slug: string, accounts: readonly string[], notAccounts: readonly string[] = []): DeclaredPerson => ({
  slug,
  name: slug,
  accounts: accounts.map((text) => accountName(text, hashOf)),
  notAccounts: notAccounts.map((text) => accountName(text, hashOf)),
});

interface Told extends Partial<Fields<"account">> {
  readonly gone?: boolean;
}
/** `jira:1` as the id of its account. */
const idOf = (at: string): string => {
  const [connection = "", id = ""] = at.split(":");
  return entityId(`con_${connection}`, { kind: "account", noun: "user", id });
};

/** A hub whose accounts are written as ingest writes them, and whose change feed is handed to projection. */
const company = (declared: readonly DeclaredPerson[] = [], around?: (ports: Ports) => Ports) => {
  const open = openPipeline({ connector: bareTool, people: declarations(declared), ...(around && { around }) });
  const hub = open.hub("one");
  const put = async (at: string, { gone = false, ...fields }: Told): Promise<FeedRecord> => {
    const [connection = "", id = ""] = at.split(":");
    const draft: Draft<"account"> = {
      kind: "account",
      external: { noun: "user", id, url: `https://${connection}.example/${id}` },
      scopes: [],
      updatedAt: "2026-03-01T10:00:00.000Z",
      fields: { tool: connection, isBot: false, ...fields },
    };
    const entity = entityOf(draft, {
      connectionId: `con_${connection}`,
      tool: connection,
      productsOf: () => [],
      mappingVersion: 1,
      rawRef: "acme/2026-03-02/raw",
      now: "2026-03-02T10:00:00.000Z",
      receivedAt: "2026-03-02T10:00:00.000Z",
      how: "read",
      ...(gone && { presence: "deleted" as const }),
    });
    const key = entityKey(entity.id);
    const before = await open.real.table.get<StoredEntity>(key.pk, key.sk);
    const data = { ...entity, version: (before?.data.version ?? 0) + 1 };
    const after = { ...key, version: (before?.version ?? 0) + 1, data, list: lists.ofKind("account", entity.id) };
    expect(await open.real.table.put(after)).toBe(true);
    return { ...key, before, after };
  };
  const arrive = async (...told: readonly (readonly [string, Told])[]) => {
    const records: FeedRecord[] = [];
    for (const [at, fields] of told) records.push(await put(at, fields));
    await project(hub, records);
  };
  let place = 0;
  return {
    ...open,
    hub,
    put,
    arrive,
    views: peopleViews(open.real.table),
    /** The persons as stored, without versions and times. */
    async graph() {
      const found = [];
      for await (const { version: _, recordedAt: __, from: ___, to: ____, gone, ...rest } of everyPerson(
        open.real.table,
      )) {
        expect(gone).toBe(false);
        found.push(rest);
      }
      return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    /** The persons that follow from all accounts at once. */
    async whole(names = declared) {
      const accounts = [];
      for await (const account of everyOf(open.real.table, "account")) accounts.push(identityOf(account) ?? []);
      return identify(accounts.flat(), declarations(names)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    /** What publication logs of the changes since it was last asked, oldest first. */
    async events() {
      for (let records = open.feed.read(place, 1000); records.length > 0; records = open.feed.read(place, 1000)) {
        place = records.at(-1)?.seq ?? place;
        await publish(
          { ...hub, ports: open.real },
          records.map(({ record }) => record),
        );
      }
      const rows = await open.real.table.query<HubEvent>({
        pk: lists.changesOf("2026-03-02"),
        by: "list",
        limit: 1000,
      });
      return rows.map(({ data }) => data).filter(({ name }) => name.startsWith("identity."));
    },
  };
};

const ANA = hashOf("ana@acme.example") ?? "";
const words = (...options: readonly string[]) => fc.option(fc.constantFrom(...options), { nil: undefined });
const told: fc.Arbitrary<Told> = fc
  .record({
    handle: words("ana", "bo"),
    name: words("Ana", "Bo"),
    emailHash: words("m1", "m2"),
    gone: fc.boolean(),
    isBot: fc.boolean(),
  })
  .map(({ gone, isBot, handle, name, emailHash }) => ({
    ...(handle !== undefined && { handle }),
    ...(name !== undefined && { name }),
    ...(emailHash !== undefined && { emailHash }),
    gone: gone && handle === "bo",
    isBot: isBot && handle === "ana",
  }));
const PLACES = ["jira:1", "jira:2", "linear:1", "linear:2", "github:1"] as const;
const history = fc.array(fc.tuple(fc.constantFrom(...PLACES), told), { minLength: 1, maxLength: 12 });

describe("persons of the hub", () => {
  it("are the ones that all accounts together give, after any history in any batches, and once more", {
    timeout: 60_000,
  }, async () => {
    const declared = [person("ana", ["jira:1", "github:1"], ["linear:2"]), person("bo", ["linear:bo"])];
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (changes, size) => {
        using hub = company(declared);
        for (let at = 0; at < changes.length; at += size) await hub.arrive(...changes.slice(at, at + size));
        const graph = await hub.graph();
        expect(graph).toEqual(await hub.whole());
        const before = hub.feed.read(0, 100_000).length;
        for (const place of new Set(changes.map(([at]) => at))) {
          const key = entityKey(idOf(place));
          const after = await hub.real.table.get(key.pk, key.sk);
          if (after !== undefined) await project(hub.hub, [{ ...key, before: undefined, after }]);
        }
        expect(hub.feed.read(0, 100_000).length).toBe(before);
      }),
      { numRuns: 40 },
    );
  });

  it("are the same when several projections are at work at once", { timeout: 60_000 }, async () => {
    const sharing = fc.array(fc.tuple(fc.constantFrom(...PLACES), fc.constantFrom("m1", "m2")), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(sharing, sharing, fc.infiniteStream(fc.nat(3)), async (before, changes, waits) => {
        const slow =
          <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
          async (...args: Args): Promise<Result> => {
            for (let left = waits.next().value; left > 0; left--) await setImmediate();
            return call(...args);
          };
        using hub = company([], ({ table, ...rest }) => ({
          ...rest,
          table: {
            get: slow(table.get) as typeof table.get,
            getMany: slow(table.getMany) as typeof table.getMany,
            query: slow(table.query) as typeof table.query,
            sortKeys: table.sortKeys,
            counted: table.counted,
            count: table.count,
            put: slow(table.put),
          },
        }));
        for (const [at, emailHash] of before)
          await project({ ...hub.hub, ports: hub.real }, [await hub.put(at, { emailHash })]);
        const work: Promise<void>[] = [];
        for (const [at, emailHash] of changes) work.push(project(hub.hub, [await hub.put(at, { emailHash })]));
        await Promise.all(work);
        expect(await hub.graph()).toEqual(await hub.whole());
      }),
      { numRuns: 150 },
    );
  });

  it("F36 join in both orders to one graph, and part again when the address changes", async () => {
    const [a, b] = [
      ["jira:1", { name: "Ana Diaz", emailHash: ANA }],
      ["linear:1", { name: "Ana", emailHash: ANA }],
    ] as const;
    using one = company();
    using other = company();
    await one.arrive(a);
    const alone = await one.graph();
    await one.arrive(b);
    await other.arrive(b);
    await other.arrive(a);
    const joined = await one.graph();
    expect(joined).toEqual(await other.graph());
    expect(joined).toMatchObject([{ state: "confirmed", accounts: [{ rule: "email" }, { rule: "email" }] }]);
    const ids = [idOf("jira:1"), idOf("linear:1")];
    for (const id of ids) expect((await one.views.person(personIdOf(id)))?.id).toBe(joined[0]?.id);
    await one.arrive(["linear:1", { name: "Ana", emailHash: "another" }]);
    expect((await one.graph()).map(({ state }) => state)).toEqual(["unmatched", "unmatched"]);
    await one.arrive(["linear:1", { name: "Ana", emailHash: "another", gone: true }]);
    expect(await one.graph()).toEqual(alone);
    expect(await one.views.person(personIdOf(idOf("linear:1")))).toBeUndefined();
    await one.arrive(b);
    expect(await one.graph()).toEqual(joined);
  });

  it.each<[string, Told]>([
    ["deactivated", { isActive: false }],
    ["deleted", { gone: true }],
    ["marked as a bot", { isBot: true }],
  ])("lose an account that is %s", async (_, fields) => {
    using hub = company();
    await hub.arrive(["jira:1", { emailHash: ANA }], ["linear:1", { emailHash: ANA }]);
    await hub.arrive(["jira:1", { emailHash: ANA, ...fields }]);
    expect((await hub.graph()).map(({ accounts }) => accounts)).toEqual([[{ id: idOf("linear:1"), rule: null }]]);
    expect((await hub.views.accounts([idOf("jira:1"), idOf("linear:1")])).get(idOf("jira:1"))?.person).toBeUndefined();
  });

  it("let go of the rest when one of those whom only the config joined is gone", async () => {
    for (const [gone, left] of [
      ["jira:1", "github:1"],
      ["github:1", "jira:1"],
    ] as const) {
      using hub = company([person("ana", ["jira:1", "github:1"])]);
      await hub.arrive(["jira:1", {}], ["github:1", {}]);
      expect((await hub.graph()).length).toBe(1);
      await hub.arrive([gone, { gone: true }]);
      expect(await hub.graph()).toMatchObject([{ id: personIdOf(idOf(left)), slug: "ana" }]);
    }
  });

  it("are announced once when they join and once when they part, with the rule", async () => {
    using hub = company();
    await hub.arrive(["jira:1", { emailHash: ANA }]);
    expect(await hub.events()).toEqual([]);
    await hub.arrive(["linear:1", { emailHash: ANA }]);
    await hub.arrive(["linear:1", { emailHash: ANA, name: "Ana" }]);
    const accounts = [idOf("jira:1"), idOf("linear:1")].sort();
    const persons = accounts.map(personIdOf);
    const cause = "sync";
    expect(await hub.events()).toMatchObject([
      { name: "identity.merged", subject: persons[0], data: { persons, accounts, rule: "email", cause } },
    ]);
    await hub.arrive(["linear:1", { name: "Ana" }]);
    const events = await hub.events();
    expect(events.map(({ name }) => name)).toEqual(["identity.merged", "identity.split"]);
    expect(events[1]).toMatchObject({ subject: persons[0], data: { persons, accounts, rule: "email", cause } });
  });

  it("F11, F12 come out the same, and are announced once, after a crash at any point", {
    timeout: 60_000,
  }, async () => {
    let nth = 0;
    for (let isReached = true; isReached; ) {
      nth += 1;
      for (const when of ["before", "after"] as const) {
        const fault = crashing(nth, when);
        using hub = company();
        await hub.arrive(["jira:1", { emailHash: ANA }], ["github:1", { emailHash: "m1" }]);
        const record = await hub.put("github:1", { emailHash: ANA });
        await project({ ...hub.hub, ports: fault.around(hub.real) }, [record]).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        isReached = fault.reached();
        await project(hub.hub, [record]);
        expect(await hub.graph()).toEqual(await hub.whole());
        expect(
          (await hub.events()).map(({ name }) => name),
          `crash ${when} call ${nth}`,
        ).toEqual(["identity.merged"]);
      }
    }
    expect(nth).toBeGreaterThan(10);
  });

  it("are found by what an account shares, however many strangers there are", async () => {
    const count = async (strangers: number) => {
      let calls = 0;
      using hub = company([], (ports) => {
        const counted =
          <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
          (...args: Args) => {
            calls += 1;
            return call(...args);
          };
        const { table } = ports;
        const guarded = {
          get: counted(table.get),
          getMany: counted(table.getMany),
          query: counted(table.query),
          put: counted(table.put),
        };
        return { ...ports, table: { ...table, ...(guarded as Partial<typeof table>) } };
      });
      for (let n = 0; n < strangers; n++) await hub.arrive([`jira:s${n}`, { handle: `s${n}`, emailHash: `s${n}` }]);
      await hub.arrive(["jira:1", { emailHash: ANA }]);
      calls = 0;
      await hub.arrive(["linear:1", { emailHash: ANA }]);
      return calls;
    };
    expect(await count(30)).toBe(await count(2));
  });
});

describe("reads of people", () => {
  it("come in pages: who waits for a decision, then the unmatched, then the confirmed, each by name", async () => {
    using hub = company();
    await hub.arrive(
      ["jira:1", { name: "Zoe", emailHash: ANA }],
      ["linear:1", { name: "Zoe", emailHash: ANA }],
      ["jira:2", { name: "Bo", handle: "bo" }],
      ["github:2", { name: "bo", handle: "BO" }],
      ["github:3", { name: "Adam" }],
      ["github:4", { name: "ada" }],
    );
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await hub.views.people(undefined, after, 2);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ name, state }) => `${state} ${name}`));
      after = page.next;
    } while (after !== undefined);
    expect(seen.slice(0, 2).map((line) => line.toLowerCase())).toEqual(["probable bo", "probable bo"]);
    expect(seen.slice(2)).toEqual(["unmatched ada", "unmatched Adam", "confirmed Zoe"]);
    const [ada, ...more] = (await hub.views.people(["unmatched"], undefined, 50)).items;
    expect([ada?.name, more.map(({ name }) => name)]).toEqual(["ada", ["Adam"]]);
    expect(await hub.views.peopleCounts()).toEqual({ probable: 2, unmatched: 2, confirmed: 1 });
    const [bo] = (await hub.views.people(["probable"], undefined, 1)).items;
    const labels = [bo?.accounts[0]?.label, bo?.mayBe[0]?.accounts[0]?.label];
    expect(labels.map((label) => label?.toLowerCase()).sort()).toEqual(["github:bo", "jira:bo"]);
    const accounts = await hub.views.accounts([idOf("jira:1"), idOf("linear:1"), "acc_nobody"]);
    const [zoe] = (await hub.views.people(["confirmed"], undefined, 1)).items;
    expect([...accounts.values()].map(({ person: held }) => held)).toEqual(
      Array.from({ length: 2 }, () => ({ id: zoe?.id, name: "Zoe" })),
    );
  });
});

/** The same hub under a config that declares these. */
const declaring = (hub: Hub, names: readonly DeclaredPerson[]): Hub => ({
  ...hub,
  mapping: async () => ({ ...(await hub.mapping()), people: declarations(names) }),
});

describe("people of the config", () => {
  const all = [
    ["jira:1", { name: "Ana" }],
    ["github:1", { handle: "ana-d" }],
    ["linear:1", {}],
  ] as const;
  const ana = person("ana", ["jira:1", "github:Ana-D"]);

  it("are joined at the next start, and parted again at the start after their line is gone", async () => {
    using hub = company();
    const under = (...names: readonly DeclaredPerson[]) => declaring(hub.hub, names);
    await hub.arrive(...all);
    const before = await hub.graph();
    await sweep(under(ana));
    expect(await hub.graph()).toEqual(await hub.whole([ana]));
    expect((await hub.graph()).map(({ accounts }) => accounts.length).sort()).toEqual([1, 2]);
    expect(await declare(under(ana))).toBe(0);
    await sweep(under());
    expect(await hub.graph()).toEqual(before);
    expect((await hub.events()).map(({ name }) => name)).toEqual(["identity.merged", "identity.split"]);
  });

  it("are joined when their accounts come after the config, and parted when an account is refused", async () => {
    using hub = company([ana]);
    await declare(hub.hub);
    await hub.arrive(...all);
    expect((await hub.graph()).find(({ slug }) => slug === "ana")).toMatchObject({ name: "ana", state: "confirmed" });
    const [mail] = [{ emailHash: ANA }];
    await hub.arrive(["linear:1", mail], ["jira:1", mail]);
    expect((await hub.graph()).map(({ accounts }) => accounts.length)).toEqual([3]);
    const refusing = [person("ana", ["jira:1", "github:ana-d"], ["linear:1"])];
    expect(await declare(declaring(hub.hub, refusing))).toBe(1);
    expect(await hub.graph()).toEqual(await hub.whole(refusing));
    expect((await hub.graph()).map(({ state, conflicts }) => [state, conflicts[0]?.rule])).toEqual([
      ["probable", "email"],
      ["probable", "email"],
    ]);
  });

  it("are applied to the end by the next start when one broke off", async () => {
    const bo = person("bo", ["linear:1", "linear:2"]);
    for (let nth = 1, isReached = true; isReached; nth += 3) {
      const fault = crashing(nth, "after");
      using hub = company();
      await hub.arrive(...all, ["linear:2", {}]);
      const wanted = declaring(hub.hub, [ana, bo]);
      await declare({ ...wanted, ports: fault.around(hub.real) }).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      isReached = fault.reached();
      await declare(wanted);
      expect(await hub.graph(), `crash at call ${nth}`).toEqual(await hub.whole([ana, bo]));
    }
  });
});
