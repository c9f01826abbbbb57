import { webhookSender } from "../../shared/adapters/channels/webhook.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { cycleParts } from "../../shared/domain/cycle-scope.ts";
import { type Entity, type FieldedKind, isKind } from "../../shared/domain/entity.ts";
import type { HubEvent } from "../../shared/domain/event.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import type { HistoryEntry } from "../../shared/domain/history.ts";
import { entityId, KINDS } from "../../shared/domain/kind.ts";
import { OPEN } from "../../shared/flow/buckets.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { webhookDesk } from "../../shared/pipeline/webhooks/desk.ts";
import type { Place, Table } from "../../shared/ports/table.ts";
import { type Grant, makeCredential, type NewCredential, revoke } from "../../shared/store/access.ts";
import type { ConnectionDetail } from "../../shared/store/connection-detail.ts";
import {
  aliasKey,
  boardPageKey,
  cyclePartKey,
  dues,
  endpointKey,
  entityKey,
  eventKey,
  factsKey,
  flowKey,
  historyKey,
  keptBoardKey,
  lists,
  pastViewKey,
  personKey,
  quarantineKey,
  timelineKey,
  viewKey,
  webhookDeliveryKey,
} from "../../shared/store/keys.ts";
import { putReleaseDay } from "../../shared/store/newest-releases.ts";
import { sayings } from "../../shared/store/said.ts";
import { putSearchWords } from "../../shared/store/search.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { ConnectionView, EvidenceLine, TimelineLine } from "../../shared/store/views.ts";
import type { StoredDelivery, StoredEndpoint } from "../../shared/store/webhook-rows.ts";
import { identifier } from "../../shared/web/access/identify.ts";
import { LOCAL, NOBODY } from "../../shared/web/access/identity.ts";
import { tellable } from "../../shared/web/access/tellable.ts";
import { webApp } from "../../shared/web/app.ts";
import type { WebDeps } from "../../shared/web/web-deps.ts";
import { SAMPLE_ENTITIES } from "../web/sample-entities.ts";
import { HUB, NOW, sampleFeature } from "../web/sample-hub.ts";

/** Stands in every text that belongs to product B alone. */
export const CANARY = "canb";
export const [A, B] = ["prd_alpha", "prd_canb"];

const at = (daysAgo: number): string => new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString();

/** Ids begin with another digit for each product, so that both stand in one shard and in others. */
const idOf = (
  kind: "feature" | "workItem" | "cycle" | "pullRequest" | "account" | "objective" | "initiative",
  letter: string,
  n = 0,
): string => entityId("con_jira", { kind, noun: letter, id: String(n) });

export const IDS = {
  endpointA: "whe_aaaaaaaaaaaaaaaaaaaaaaaaaa",
  endpointB: "whe_bbbbbbbbbbbbbbbbbbbbbbbbbb",
  deliveryA: "whd_aaaaaaaaaaaaaaaaaaaaaaaaaa",
  deliveryB: "whd_bbbbbbbbbbbbbbbbbbbbbbbbbb",
  featureA: idOf("feature", "a"),
  featureB: idOf("feature", "b"),
  itemA: idOf("workItem", "a"),
  itemB: idOf("workItem", "b"),
  pullB: idOf("pullRequest", "b"),
  objectiveA: idOf("objective", "a"),
  objectiveB: idOf("objective", "b"),
  initiativeA: idOf("initiative", "a"),
  initiativeB: idOf("initiative", "b"),
  cycle: idOf("cycle", "shared"),
  cycleB: idOf("cycle", "b"),
  person: idOf("account", "b").replace("acc_", "per_"),
};

/** The id of the thing of a kind that A has, or B. */
export const idOfKind = (kind: FieldedKind, letter: "a" | "b"): string => `${KINDS[kind]}_${letter.repeat(26)}`;

/** Fields that people write. */
const WRITTEN: ReadonlySet<string> = new Set(["name", "title", "subject", "repository", "key", "file"]);

/** One thing of each other kind of A, and one of B. */
const ofEveryKind = (["a", "b"] as const).flatMap((letter) => {
  const word = letter === "a" ? "alpha" : CANARY;
  return SAMPLE_ENTITIES.map((one) => ({
    ...one,
    id: idOfKind(one.kind, letter),
    productIds: letter === "a" ? [A, B] : [B],
    source: { ...one.source, key: `${word}-${one.kind}`, url: `https://tools.example/${word}/${one.kind}` },
    fields: Object.fromEntries(
      Object.entries(one.fields).map(([name, value]) => [
        name,
        WRITTEN.has(name) && typeof value === "string" ? `${word} ${value}` : value,
      ]),
    ),
  })) as unknown as Entity[];
});

const COUNTED = { design: { off_track: 1 } };

const status = { category: "in_progress", detail: "Doing", mappedBy: "tool" } as const;

const entity = <K extends FieldedKind>(
  kind: K,
  id: string,
  productIds: readonly string[],
  key: string,
  fields: object,
): Entity<K> =>
  ({
    id,
    kind,
    productIds,
    source: {
      tool: "jira",
      connectionId: "con_jira",
      externalId: key,
      key,
      keyHistory: [],
      url: `https://tools.example/${key}`,
    },
    scopes: [],
    presence: { state: "present", since: at(30), how: "read" },
    sourceUpdatedAt: at(1),
    firstSeenAt: at(30),
    recordedAt: at(1),
    version: 1,
    contentHash: "0",
    mappingVersion: 1,
    rawRef: "raw/0",
    fields,
    aliases: [],
    references: [],
    relations: [],
    customFields: [],
  }) as unknown as Entity<K>;

const item = (id: string, productIds: readonly string[], key: string, more: object = {}) =>
  entity("workItem", id, productIds, key, {
    title: `${key} is to be done`,
    type: { category: "task", detail: "Task", mappedBy: "tool" },
    status,
    ...more,
  });

const cycle = (id: string, productIds: readonly string[], name: string) =>
  entity("cycle", id, productIds, name, {
    name,
    state: { category: "active", detail: "active", mappedBy: "tool" },
    startsAt: at(10),
    endsAt: at(-4),
  });

const line = (one: Entity, name: string, via: string): EvidenceLine => ({
  id: one.id,
  kind: one.kind,
  ...(one.source.key !== undefined && { key: one.source.key }),
  name,
  tool: "jira",
  url: one.source.url,
  confidence: 1,
  via,
  at: at(2),
});

/** What figures count of an item, in progress for three weeks. */
const counted = (one: Entity, place: string) => ({
  kind: "item",
  id: one.id,
  name: one.source.key,
  url: one.source.url,
  place,
  type: "task",
  createdAt: at(30),
  joinedAt: at(30),
  startedAt: at(21),
  isStarted: true,
  blocked: [],
  closedAt: [],
  reopenedAt: [],
});

const told = (one: Entity, text: string): TimelineLine => ({
  at: at(2),
  tool: "jira",
  kind: one.kind,
  recordId: one.id,
  text,
  url: one.source.url,
});

const CONNECTIONS: readonly ConnectionView[] = [
  { name: "jira", productIds: [A, B], scope: "CANB" },
  { name: "alpha-code", productIds: [A], scope: "alpha/web" },
  { name: "canb-code", productIds: [B], scope: "canb/web" },
].map(({ name, productIds, scope }) => ({
  id: `con_${name}`,
  name,
  tool: "jira",
  title: name,
  state: "degraded",
  reason: `the stream issues of ${scope} failed`,
  productIds,
  dataAsOf: at(0),
  streams: [
    {
      stream: "issues",
      scope,
      state: "failed",
      firstCompletedAt: at(20),
      pages: 1,
      records: 1,
      quarantined: 1,
      census: { at: at(1), theirs: 1, ours: 1, gaps: 0, gone: 0, lost: 0, fuse: [{ name: scope, missing: 1, of: 2 }] },
      error: { code: "vendor_forbidden", message: `${scope} is closed`, fix: "Open it.", at: at(1) },
    },
  ],
  quarantined: 1,
  webhooks: { configured: true, rejected: 0 },
}));

/** What the parts of a connection's page tell beside how it is. */
const detailOf = (word: string): ConnectionDetail => ({
  access: [
    {
      stream: `${word} issues`,
      kinds: ["workItem"],
      stages: ["development"],
      right: `read ${word}`,
      isSent: false,
      works: 0,
      untried: 0,
      broken: [{ scope: word, code: "vendor_forbidden", reason: `${word} is closed`, at: at(1) }],
    },
  ],
  settings: [{ name: `${word}Projects`, value: word, isSecret: false, isDefault: false, line: 3 }],
  file: "throughline.config.json",
  environments: [{ name: word, means: "production" }],
  stages: [],
});

const write = (table: Table, place: Place, data: unknown, list?: Place, due?: Place) =>
  table.put({ pk: place.pk, sk: place.sk, version: 1, data, ...(list && { list }), ...(due && { due }) });

const writeEntity = async (table: Table, one: Entity) => {
  await write(table, entityKey(one.id), one, lists.ofKind(one.kind, one.id));
  if (one.source.key !== undefined) {
    const { id, source } = one;
    await write(table, aliasKey(source.key ?? "", id), { id, gone: false });
  }
  await putSearchWords(table, one);
  if (isKind(one, "release")) await putReleaseDay(table, one);
};

const writeEvents = async (table: Table) => {
  const named = (letter: "a" | "b") => ({
    id: letter === "a" ? IDS.featureA : IDS.featureB,
    key: letter === "a" ? "ALPHA-1" : "CANB-1",
    name: letter === "a" ? "Alpha feature" : "canb feature",
    url: HUB,
  });
  const change = (letter: "a" | "b", because: readonly string[]) => ({
    name: "feature.stage.changed",
    subject: named(letter).id,
    data: {
      feature: named(letter),
      productIds: letter === "a" ? [A, B] : [B],
      from: "development",
      to: "testing",
      stages: { testing: "active" },
      rule: "R5",
      because,
      evidence: because.map((key) => ({ url: `https://tools.example/${key}` })),
      disposition: "open",
      ruleSet: "2026.1",
      cause: "sync",
    },
  });
  const connection = { connection: { id: "con_jira", name: "jira" }, stream: "issues", scope: "CANB" };
  const events: readonly object[] = [
    change("a", ["ALPHA-2", "CANB-2"]),
    change("b", ["CANB-2"]),
    {
      name: "pull_request.merged",
      subject: IDS.pullB,
      data: { pullRequest: named("b"), mergeCommitSha: null, cause: "sync" },
    },
    { name: "connection.sync.completed", subject: "con_jira", data: { ...connection, pages: 1, records: 1 } },
    {
      name: "identity.merged",
      subject: IDS.person,
      data: { persons: [CANARY], accounts: [], rule: null, cause: "sync" },
    },
    {
      name: "link.created",
      subject: IDS.itemB,
      data: { from: CANARY, to: CANARY, type: "child_of", confidence: 1, origin: "tool", cause: "sync" },
    },
    {
      name: "records.written",
      subject: "hub",
      data: { records: { canb: 1 }, linksCreated: 0, linksRetired: 0, cause: "sync" },
    },
  ];
  for (const [n, event] of events.entries()) {
    const full = { id: `evt_${n}`, sequence: 1, time: at(3), recordedAt: at(3), ...event } as HubEvent;
    const isStage = full.name === "feature.stage.changed";
    const due = isStage ? dues.stageChange(at(3), n, full.id) : undefined;
    await write(table, eventKey(full.id), full, lists.ofChange(at(3), n, full.id), due);
  }
};

/** A table with two products: A's feature has work of A and of B, its item was once in B's cycle and under B's feature. */
const filled = async (): Promise<Table> => {
  const table = sqliteTable(openDatabase(":memory:"));
  const moved: HistoryEntry = {
    id: "1",
    at: at(20),
    changes: [
      { field: "parent", from: { id: "b", name: "canb feature" }, to: { id: "a", name: "Alpha feature" } },
      { field: "cycle", from: { id: "b", name: "canb sprint", noun: "b" }, to: null, isOneOfMany: true },
    ],
  };
  const [itemA, itemB, pullB] = [
    item(IDS.itemA, [A, B], "ALPHA-2", { parentId: IDS.featureA, cycleIds: [IDS.cycle] }),
    item(IDS.itemB, [B], "CANB-2", { cycleIds: [IDS.cycle] }),
    entity("pullRequest", IDS.pullB, [B], "canb/web#1", { title: "canb change" }),
  ];
  const cycles = [cycle(IDS.cycle, [A, B], "Sprint 1"), cycle(IDS.cycleB, [B], "canb sprint")];
  const plan = { status: { category: "active", detail: "Active", mappedBy: "tool" } };
  const plans = [
    entity("objective", IDS.objectiveA, [A], "ALPHA-O", { title: "Alpha objective", ...plan }),
    entity("objective", IDS.objectiveB, [B], "CANB-O", { title: "canb objective", ...plan }),
    entity("initiative", IDS.initiativeA, [A], "ALPHA-I", { title: "Alpha initiative", ...plan }),
    entity("initiative", IDS.initiativeB, [B], "CANB-I", { title: "canb initiative", ...plan }),
  ];
  for (const one of [itemA, itemB, pullB, ...cycles, ...plans, ...ofEveryKind]) await writeEntity(table, one as Entity);
  await write(table, historyKey(IDS.itemA, moved.at, moved.id), moved);
  for (const one of [itemA, itemB]) {
    const part = cycleParts(one, []).get(IDS.cycle);
    await write(table, cyclePartKey(IDS.cycle, one.id), part);
  }
  const views = [
    sampleFeature(1, "testing", {
      id: IDS.featureA,
      key: "ALPHA-1",
      name: "Alpha feature",
      initiatives: [{ id: "ini_1", name: "canb initiative" }],
      productIds: [A, B],
    }),
    sampleFeature(2, "testing", { id: IDS.featureB, key: "CANB-1", name: "canb feature", productIds: [B] }),
  ];
  for (const view of views) {
    const { explanation, health } = view;
    const because = { stage: "testing", rule: "R5", text: "CANB-2 is done", evidence: [], at: at(2) } as const;
    const own = { ...because, text: "ALPHA-2 is done", evidence: ["https://tools.example/ALPHA-2"] };
    const data = {
      ...view,
      observedAt: at(2),
      decisions: [{ id: IDS.pullB, name: "canb trial", decision: "ship", url: "https://tools.example/canb" }],
      health: {
        ...health,
        derived: { ...health.derived, reasons: ["CANB-2 is late", "due in 4 d"] },
        dimensions: [
          { name: "flow" as const, level: "at_risk" as const, text: "CANB-2 is blocked", evidence: [] },
          {
            name: "schedule" as const,
            level: "at_risk" as const,
            text: "due in 4 d",
            evidence: ["https://tools.example/CANB-2", "https://tools.example/ALPHA-2"],
          },
        ],
      },
      explanation: {
        ...explanation,
        because: [because, own],
        notYet: [{ stage: "production" as const, missing: ["canb/web#1 is open", "ALPHA-2 is open"] }],
        conflicts: [{ claim: "CANB-2 says so", against: "R6", evidence: [] }],
        unknown: ["support: canb change was never read"],
      },
    };
    await writeEntity(
      table,
      entity("feature", view.id, view.productIds, view.key ?? "", { title: view.name }) as unknown as Entity,
    );
    await write(
      table,
      viewKey(view.id),
      data,
      lists.ofStage("testing", view.productIds[0] ?? "-", 0, "9999-12-31", view.id),
    );
    const before = { ...data, observedAt: at(9), explanation: { ...data.explanation, headline: "design" } };
    await write(
      table,
      pastViewKey(view.id, at(2), 1),
      { id: view.id, until: at(2), view: before },
      lists.ofPast(at(2), view.id, 1),
    );
    const lines = [
      line(itemA as Entity, "ALPHA-2 is to be done", "child of ALPHA-1"),
      line(itemB as Entity, "CANB-2 is to be done", "child of CANB-1"),
      line(pullB as Entity, "canb change", "key CANB-2 in the branch name"),
    ];
    const flows = new Map([
      [itemA.id, counted(itemA as Entity, "jira:ALPHA")],
      [itemB.id, counted(itemB as Entity, "jira:CANB")],
    ]);
    for (const one of lines)
      await write(table, factsKey(view.id, one.id), { gone: false, line: one, flow: flows.get(one.id) });
    const lived = [
      told(itemA as Entity, "ALPHA-2 was moved"),
      told(itemB as Entity, "CANB-2 was moved"),
      { ...told(itemA as Entity, "ALPHA-2 was blocked by CANB-2"), at: at(4) },
    ];
    for (const [n, one] of lived.entries())
      await write(table, timelineKey(view.id, one.at, String(n)), { gone: false, line: one });
  }
  for (const [product, one] of [
    [A, counted(itemA as Entity, "jira:ALPHA")],
    [B, counted(itemB as Entity, "jira:CANB")],
  ] as const)
    await write(table, flowKey(product, OPEN, one.id), { lines: { [one.id]: one } });
  await write(table, keptBoardKey(at(8)), { at: at(8), pages: at(8), counts: { [A]: COUNTED, [B]: COUNTED } });
  for (const id of [IDS.featureA, IDS.featureB]) {
    const entry = `${id === IDS.featureA ? A : B}#0#9999-12-31#${id}`;
    await write(table, boardPageKey(at(8), "design", entry), { entries: [entry] });
  }
  await writeEvents(table);
  const person = { id: IDS.person, name: "canb person", state: "unmatched", accounts: [], mayBe: [], conflicts: [] };
  const list = lists.ofPerson("unmatched", person.name, person.id);
  await write(
    table,
    personKey(person.id),
    { ...person, version: 1, recordedAt: at(1), gone: false, from: [], to: [] },
    list,
  );
  for (const name of ["jira", "alpha-code", "canb-code"]) {
    const message = `${name === "alpha-code" ? "alpha" : CANARY} cannot be read`;
    const letter = {
      id: `qua_${name}`,
      connectionId: `con_${name}`,
      stream: "issues",
      rawRef: `${name}/2026-11-01/raw`,
      code: "payload_unreadable",
      message,
      at: at(1),
    };
    const day = "2026-11-01";
    await write(table, quarantineKey(name, day, letter.id), letter, lists.ofUnresolved(name, day, letter.id));
  }
  const word = {
    fields: { name: "canb doing", type: "new" },
    presence: { state: "present" },
    source: { externalId: "1" },
  };
  await write(table, lists.ofVocabulary("jira", "1"), word, lists.ofVocabulary("jira", "1"));
  return table;
};

/** A hub over both products that asks who somebody is, with one credential of each sort. */
export const twoProducts = async (over: Partial<WebDeps> & { readonly open?: boolean } = {}) => {
  const table = await filled();
  let now = NOW;
  const clock = { now: () => now, set: (to: Date) => (now = to) };
  const by = { id: "cli", name: "command line" };
  const make = async (wanted: Partial<NewCredential> & Grant) =>
    makeCredential(table, { kind: "key", name: "test", createdBy: by, ...wanted }, now);
  const key = async (role: string, products: readonly string[] | "all") => (await make({ role, products })).token;
  const expiring = await make({ role: "admin", products: "all", expiresAt: new Date(now.getTime() - 1).toISOString() });
  const revoked = await make({ role: "admin", products: "all" });
  await revoke(table, "key", revoked.credential.id, now);
  const tokens = {
    "viewer of A": await key("viewer", [A]),
    "viewer of B": await key("viewer", [B]),
    pm: await key("pm", "all"),
    "po of A": await key("po", [A]),
    "engineer of A": await key("engineer", [A]),
    engineer: await key("engineer", "all"),
    admin: await key("admin", "all"),
    "no role that is known": await key("emperor", "all"),
    "expired key": expiring.token,
    "revoked key": revoked.token,
  };
  for (const [id, delivery, product, name, eventId] of [
    [IDS.endpointA, IDS.deliveryA, A, "alpha", "evt_0"],
    [IDS.endpointB, IDS.deliveryB, B, CANARY, "evt_1"],
  ] as const) {
    const moment = at(1);
    const endpoint: StoredEndpoint = {
      id,
      url: `https://hooks.example/${name}`,
      description: name,
      events: ["feature.*"],
      products: [product],
      state: "active",
      secret: "",
      since: moment,
      createdAt: moment,
      createdBy: "test",
      changedAt: moment,
    };
    await table.put({ ...endpointKey(id), version: 1, data: endpoint, list: lists.ofEndpoint(id) });
    const event = { id: eventId, name: "feature.stage.changed", subject: `ftr_${name}`, sequence: 1 } as const;
    const sent: StoredDelivery = {
      id: delivery,
      endpointId: id,
      event,
      isReplay: false,
      queuedAt: moment,
      state: "delivered",
      tries: 1,
      order: "1",
      attempts: [{ at: moment, ms: 5, status: 200, answer: name }],
    };
    const list = lists.ofDelivery(id, moment, delivery);
    await table.put({ ...webhookDeliveryKey(id, delivery), version: 1, data: sent, list });
  }
  const views = tableViews(table, {
    products: [
      { id: A, slug: "alpha", name: "Alpha" },
      { id: B, slug: CANARY, name: "canb product", vision: "canb vision" },
    ],
    connections: async () => CONNECTIONS,
    now: clock.now,
    statusOf: async () => () => status,
    detail: async (connectionId) => detailOf(connectionId === "con_alpha-code" ? "alpha" : CANARY),
  });
  const deps: WebDeps = {
    views,
    table,
    say: sayings(table, clock.now),
    now: clock.now,
    cursorKey: new Uint8Array(32).fill(7),
    version: "0.1.0",
    url: () => HUB,
    trustLimits: () => TRUST_LIMITS,
    // What it needs of a hub, which is no more than where endpoints are kept.
    webhooks: webhookDesk(
      () => ({ ports: { table, clock: { now: clock.now } }, url: HUB }) as unknown as Hub,
      async () => ({
        sender: webhookSender({ loopback: false, version: "0" }),
        key: new Uint8Array(32).fill(7),
        told: (event, products) => tellable(views, products, event),
      }),
    ),
    identify: identifier({ table: over.table ?? table, now: clock.now }, over.open === true ? LOCAL : NOBODY),
    ...over,
  };
  return { app: webApp(deps), deps, table, tokens, clock, make };
};

export type Identities = Awaited<ReturnType<typeof twoProducts>>["tokens"];
