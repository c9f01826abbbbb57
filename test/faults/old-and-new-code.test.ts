import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { declarations } from "../../shared/domain/identity.ts";
import type { Evidence } from "../../shared/domain/link.ts";
import { noteCensus } from "../../shared/pipeline/census.ts";
import { applyDecision } from "../../shared/pipeline/decide.ts";
import { declare } from "../../shared/pipeline/declare.ts";
import { declarePlan } from "../../shared/pipeline/declare-plan.ts";
import { declareProducts } from "../../shared/pipeline/declare-products.ts";
import { deliver } from "../../shared/pipeline/deliver.ts";
import { ensureHooks } from "../../shared/pipeline/hooks.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { tellLate } from "../../shared/pipeline/late.ts";
import { lostByFeed, remember } from "../../shared/pipeline/lost.ts";
import { Job } from "../../shared/pipeline/messages.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { project, projectSights } from "../../shared/pipeline/project.ts";
import { setAside } from "../../shared/pipeline/quarantine.ts";
import { noteReceipt } from "../../shared/pipeline/receive.ts";
import { noteMapping } from "../../shared/pipeline/rederive.ts";
import { setProjected } from "../../shared/pipeline/relink.ts";
import { reviewRules } from "../../shared/pipeline/review-rules.ts";
import { sendReports } from "../../shared/pipeline/send-reports.ts";
import { sharedBudget } from "../../shared/pipeline/shared-budget.ts";
import { setSuggestion } from "../../shared/pipeline/suggest.ts";
import { tally } from "../../shared/pipeline/tally.ts";
import { tokenStore } from "../../shared/pipeline/token-store.ts";
import { putWords } from "../../shared/pipeline/vocabulary.ts";
import { againFrom, changeDelivery, queueDelivery } from "../../shared/pipeline/webhooks/deliveries.ts";
import { amendEndpoint, changeProgress, createEndpoint } from "../../shared/pipeline/webhooks/endpoints.ts";
import { handOut } from "../../shared/pipeline/webhooks/hand-out.ts";
import { hubEmailHash } from "../../shared/platform/identity-key.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { reportingOf } from "../../shared/platform/reporting.ts";
import type { Place, Row } from "../../shared/ports/table.ts";
import { credentialOf, makeCredential, type NewCredential, noteUse } from "../../shared/store/access.ts";
import { allEndpoints } from "../../shared/store/all-endpoints.ts";
import { endWait } from "../../shared/store/dead-letters.ts";
import { type StoredEntity, say } from "../../shared/store/entities.ts";
import { mappingKey } from "../../shared/store/keys.ts";
import { putMember } from "../../shared/store/members.ts";
import { keepRun, setDelivery, takeRun } from "../../shared/store/report-store.ts";
import { sayings } from "../../shared/store/said.ts";
import { savedViews } from "../../shared/store/saved-views.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";
import { NOT_KEPT, ROW_KINDS, rowKind } from "./row-kinds.ts";

const T = (day: number) => `2026-03-0${day}T09:00:00.000Z`;
const Person = z.object({ id: z.string(), name: z.string(), at: z.string() });
/** What the tool tells at this turn. */
let told = 1;
const tool = defineConnector<unknown>({
  ...bareTool,
  streams: {
    people: stream({
      record: Person,
      kinds: ["account"],
      normalise: ({ id, name, at }) => [
        {
          kind: "account",
          external: { noun: "user", id, url: "https://tool.example" },
          scopes: [],
          updatedAt: at,
          fields: { tool: "tool", name, isBot: false, emailHash: `hash of ${name}` },
        },
      ],
      poll: {
        cursor: z.object({ page: z.number() }),
        start: { page: 0 },
        read: async function* () {
          yield { records: [{ id: "1", name: `Ana ${told}`, at: T(told) }], cursor: { page: told } };
        },
      },
    }),
  },
});

const LATER = "told by newer code";
/** The row as a newer version writes it: with more fields of its own, and of its kind's. */
const marked = <Data>({ data, ...row }: Row<Data>): Row<unknown> => {
  const { fields, ...rest } = data as { readonly fields?: object };
  return {
    ...row,
    version: row.version + 1,
    data: { ...rest, ...(fields && { fields: { ...fields, later: LATER } }), later: LATER },
  };
};
const isKept = ({ data }: Row<unknown>): boolean => {
  const { later, fields } = data as { later?: string; fields?: { later?: string } };
  return later === LATER && (fields === undefined || fields.later === LATER);
};

const ANA = { id: "mem_ana", name: "Ana" };
const ENDS = { from: "wrk_1", to: "ftr_1", type: "implements" } as const;
const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {} };
const KEY = new Uint8Array(32).fill(7);

/** A hub of this version, with everything that writes a row which is not made of others, once for each turn. */
const world = () => {
  const places = new Map<string, Place>();
  let puts = 0;
  const open = openPipeline({
    connector: tool as Connector,
    around: (ports) => ({
      ...ports,
      table: {
        ...ports.table,
        put: (row) => {
          puts += 1;
          places.set(`${row.pk} ${row.sk}`, { pk: row.pk, sk: row.sk });
          return ports.table.put(row);
        },
      },
    }),
  });
  const one = open.hub("one");
  const { ports } = one;
  const { table } = ports;
  let ids = { endpoint: "", delivery: "", letter: "", token: "" };
  let seq = 0;
  const hubAt = (turn: number): Hub => ({
    ...one,
    products: [
      { id: "prd_web", slug: "web", name: `Web ${turn}`, objectives: [{ id: "grow", title: `Grow ${turn}` }] },
      ...(turn > 1 ? [{ id: "prd_app", slug: "app", name: "App" }] : []),
    ],
    rules: { ...one.rules, version: `rules ${turn}` },
    connection: async (name) => {
      const connection = await one.connection(name);
      return { ...connection, credential: { kind: "none", expiresAt: () => T(turn) } };
    },
    mapping: async () => ({
      ...(await one.mapping()),
      version: turn,
      people: declarations([{ slug: "ana", name: `Ana ${turn}`, accounts: [], notAccounts: [] }]),
    }),
  });
  const readTool = async (hub: Hub) => {
    // On elastic ports, where each first read becomes a job of its own.
    await poll({ ...hub, elastic: true }, { connection: "acme", full: true }, never);
    for (const { id, body } of await open.consumers.jobs.receive(10, 60)) {
      await poll(hub, Job.parse(JSON.parse(body)), never);
      await open.consumers.jobs.delete([id]);
    }
    for (const { message } of await open.queued()) await ingest(hub, message);
    const came = open.feed.read(seq, 1000);
    seq = came.at(-1)?.seq ?? seq;
    const records = came.map(({ record }) => record);
    await project(hub, records);
    await remember(ports, records);
    return records;
  };
  const saidByPeople = async (turn: number) => {
    const say = sayings(table, ports.clock.now);
    await say.assert("ftr_1", turn, ANA, [{ about: "stage" }]);
    await say.decide(ENDS, turn === 1 ? "confirmed" : "rejected", ANA);
    await applyDecision(table, ENDS, T(turn));
    const member = {
      address: "ana@example.com",
      name: `Ana ${turn}`,
      role: "admin",
      products: "all",
      createdBy: ANA,
    } as const;
    await putMember(table, member, new Date(T(turn)));
    await savedViews(table).save({ name: "mine", address: `/board?q=${turn}`, by: ANA, at: T(turn) });
  };
  const declared = async (hub: Hub, turn: number) => {
    await declareProducts(hub);
    await declarePlan(hub);
    await declare(hub);
    await reviewRules(hub);
    await projectSights(hub);
    await noteMapping(hub, "acme");
    await hubEmailHash(table, `a key of this test that is long enough ${turn}`, log, false);
    const config = { connections: {}, products: { web: { name: `Web ${turn}`, sources: [] } } };
    await (await openHub({ config, ports, log, url: "http://hub", alone: false })).mapping();
  };
  const ofConnection = async (hub: Hub, turn: number) => {
    const setup = {
      right: "hooks",
      list: async () => [{ id: "1", url: "https://hub/hooks", expiresAt: T(8).replace("03-0", "05-0") }],
      create: async () => ({ id: "1", url: "https://hub/hooks" }),
    };
    const connection = await hub.connection("acme");
    const hooked = {
      ...connection,
      connector: { ...connection.connector, webhook: { setup } },
    } as unknown as typeof connection;
    await ensureHooks(hub, hooked, { url: "https://hub/hooks", secret: "" }, never);
    await noteReceipt(hub, "acme", turn === 1 ? { lastReceivedAt: T(turn), rejected: 0 } : { rejected: 1 });
    await noteCensus(hub, "acme", "people", "", { state: "counting", startedAt: T(turn) });
    await sharedBudget(ports, "acme", 600).waitMs();
    const store = tokenStore(ports, "acme", "r0");
    await store.renewed(
      () => true,
      async () => ({ accessToken: `a${turn}`, grantedAt: 0, refreshToken: `r${turn}` }),
    );
    const word = {
      id: "voc_1",
      source: { connectionId: "con_acme", externalId: "1" },
      fields: { name: `Doing ${turn}`, type: "x" },
    };
    await putWords(table, [word as StoredEntity<"vocabulary">]);
    await tally(hub, "met_1", { day: "2026-03-02", id: `${turn}`, by: `${turn}` });
    const what = { connectionId: "acme", stream: "people", rawRef: "acme/2026-03-02/raw", index: 0 };
    if (turn === 1) ids = { ...ids, letter: await setAside(hub, what, new Error("no")) };
    else {
      await endWait(table, { ...what, id: ids.letter }, { at: T(turn) });
      await setAside(hub, what, new Error("no"));
    }
  };
  const goingOut = async (hub: Hub, turn: number) => {
    if (turn === 1) {
      const { id } = await createEndpoint(hub, KEY, { url: "https://example.com", events: ["*"] }, "ana");
      const event = { id: "evt_1", name: "feature.created", subject: "ftr_1", sequence: 1 } as unknown as HubEvent;
      const delivery = await queueDelivery(table, id, event, { at: T(1), order: "1" });
      const wanted = {
        kind: "key",
        name: "k",
        scopes: [],
        products: "all",
        createdBy: ANA,
      } as unknown as NewCredential;
      const { token } = await makeCredential(table, wanted, new Date(T(1)));
      ids = { ...ids, endpoint: id, delivery: delivery.id, token };
      await changeProgress(table, id, () => ({ failingSince: T(1) }));
    } else {
      await amendEndpoint(hub, ids.endpoint, { description: "theirs", isPaused: true });
      await amendEndpoint(hub, ids.endpoint, { isPaused: false });
      await changeDelivery(table, { endpointId: ids.endpoint, id: ids.delivery }, againFrom(T(2)));
      const held = await credentialOf(table, ids.token);
      if (held !== undefined) await noteUse(table, ids.token, held, ports.clock.now());
    }
    await handOut(hub, async () => undefined, await allEndpoints(table));
    await deliver(
      hub,
      [{ name: "slack", wants: () => true, open: async () => ({ atOnce: 1, deliver: async () => [] }) }],
      never,
    );
    const reports = { weekly: { kind: "product" as const, schedule: "0 9 * * 1", to: ["archive"] } };
    await sendReports(hub, reportingOf(hub, { config: { connections: {}, reports } }), never);
    await takeRun(table, "own", "2026-W10", "one", T(turn), T(turn));
    if (turn > 1) await keepRun(table, "own", "2026-W10", {}, T(turn));
    const delivery = {
      report: "own",
      run: "2026-W10",
      recipient: "archive",
      tries: turn,
      state: "waiting",
      since: T(1),
      at: T(turn),
    } as const;
    await setDelivery(table, delivery, (held) => ({ ...held, ...delivery }));
  };
  return {
    ...open,
    ports,
    hubAt,
    places,
    puts: () => puts,
    readTool,
    async turn(turn: number) {
      told = turn;
      const hub = hubAt(turn);
      const records = await readTool(hub);
      const hint = { by: "mention", text: `${turn}`, url: "https://tool.example", confidence: 0.5 } as const;
      await setSuggestion(table, ENDS, { hints: { by: "mention", now: [hint] } });
      await say(
        table,
        ENDS,
        "wrk_1",
        [{ ...hint, place: "title", saidBy: "wrk_1" } as unknown as Evidence],
        T(turn),
        T(turn),
      );
      await setProjected(table, "wrk_1", { aliases: [`${turn}`] });
      await saidByPeople(turn);
      await declared(hub, turn);
      await ofConnection(hub, turn);
      await goingOut(hub, turn);
      if (turn === 1) open.pass(3 * 3600);
      await tellLate(hub);
      open.pass(86_400);
      await (await lostByFeed(ports)).done();
      return records;
    },
    /** Newer code writes every row that there is. */
    async newer() {
      const written = new Map<string, Row>();
      for (const [name, { pk, sk }] of places) {
        const row = await open.real.table.get(pk, sk);
        if (row === undefined || Array.isArray(row.data)) continue;
        const next = marked(row);
        expect(await open.real.table.put(next)).toBe(true);
        written.set(name, next);
      }
      return written;
    },
  };
};

describe("old and new code on one store", () => {
  it("F38 by turns lose no field that only the newer one knows, in any kind of row that does not follow from others", async () => {
    using open = world();
    await open.turn(1);
    const before = await open.newer();
    await open.turn(2);
    const rewritten = new Set<string>();
    const lost = new Set<string>();
    for (const [name, { pk, sk, version }] of before) {
      const row = await open.real.table.get(pk, sk);
      if (row === undefined || row.version === version) continue;
      rewritten.add(rowKind(row));
      if (!isKept(row)) lost.add(`${rowKind(row)} (${name})`);
    }
    expect([...lost].filter((one) => !NOT_KEPT.has(one.replace(/ \(.*/, "")))).toEqual([]);
    expect(ROW_KINDS.filter((what) => !NOT_KEPT.has(what) && !rewritten.has(what))).toEqual([]);
    // A list that names what there is no more would hide it.
    expect([...NOT_KEPT].filter((what) => !ROW_KINDS.includes(what))).toEqual([]);
  });

  it("F38 write nothing for news that is none, though the newer one told more", async () => {
    using open = world();
    const records = await open.turn(1);
    const seen = [
      () => project(open.hubAt(1), records),
      () => declareProducts(open.hubAt(1)),
      () => declarePlan(open.hubAt(1)),
      () => declare(open.hubAt(1)),
    ];
    await open.newer();
    const before = open.puts();
    for (const again of seen) await again();
    expect(open.puts()).toBe(before);
  });

  it("F38 stop where the newer one wrote what the older one would spoil, and say which version is needed", async () => {
    using open = world();
    await open.turn(1);
    const held = await open.ports.table.get<object>(mappingKey.pk, mappingKey.sk);
    await open.ports.table.put({
      ...mappingKey,
      version: (held?.version ?? 0) + 1,
      data: { ...held?.data, format: 2 },
    });
    for (const beside of [true, false]) {
      const opened = openHub({
        config: { connections: {} },
        ports: open.ports,
        log,
        url: "http://hub",
        alone: false,
        beside,
      });
      await expect(opened.then((hub) => hub.mapping())).rejects.toMatchObject({ code: "store_newer", retry: "later" });
    }
    expect((await open.ports.table.get<object>(mappingKey.pk, mappingKey.sk))?.data).toMatchObject({ format: 2 });
  });
});
