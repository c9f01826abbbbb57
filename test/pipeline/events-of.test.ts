import { describe, expect, it } from "vitest";
import type { Entity, FieldedKind, Fields } from "../../shared/domain/entity.ts";
import { EVENTS, type EventName, type HubEvent } from "../../shared/domain/event.ts";
import { KINDS } from "../../shared/domain/kind.ts";
import type { Link } from "../../shared/domain/link.ts";
import { declareProducts } from "../../shared/pipeline/declare-products.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import type { EventSettings } from "../../shared/pipeline/hub.ts";
import { tellLate } from "../../shared/pipeline/late.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import { noteReplay } from "../../shared/pipeline/replays.ts";
import { sendTestEvent } from "../../shared/pipeline/test-event.ts";
import type { StoredView } from "../../shared/pipeline/under.ts";
import { signsOf } from "../../shared/pipeline/view-signs.ts";
import type { FeedRecord, Row } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, eventKey, linkOutKey, streamKey, viewKey } from "../../shared/store/keys.ts";
import { sampleFeature } from "../web/sample-hub.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const NOW = "2026-03-02T10:00:00.000Z";
const EARLIER = "2026-03-02T08:00:00.000Z";
const LONG_AGO = "2025-01-01T00:00:00.000Z";
const mapped = <C extends string>(category: C, detail: string = category) =>
  ({ category, detail, mappedBy: "tool" }) as const;

const entity = <K extends FieldedKind>(kind: K, fields: Fields<K>, more: Partial<StoredEntity> = {}): StoredEntity => {
  const id = `${KINDS[kind]}_1`;
  return {
    id,
    kind,
    productIds: ["prd_web"],
    source: { tool: "tool", connectionId: "con_acme", externalId: "1", keyHistory: [], url: "https://tool.example/1" },
    scopes: [],
    presence: { state: "present", since: EARLIER, how: "read" },
    sourceCreatedAt: EARLIER,
    sourceUpdatedAt: NOW,
    firstSeenAt: NOW,
    recordedAt: NOW,
    version: 1,
    contentHash: "",
    mappingVersion: 1,
    mappedHash: "",
    rawRef: "",
    fields,
    aliases: [],
    references: [],
    relations: [],
    customFields: [],
    ...more,
  } as StoredEntity;
};

const row = (key: { pk: string; sk: string }, data: unknown, version = 1): Row => ({ ...key, version, data });
const recordOf = (key: { pk: string; sk: string }, was: unknown, is: unknown): FeedRecord => ({
  ...key,
  before: was === undefined ? undefined : row(key, was),
  after: row(key, is, 2),
});

const settings = (over: Partial<EventSettings> = {}): EventSettings => ({
  include: new Set(),
  limits: new Map(),
  ...over,
});
const told = (record: FeedRecord, events: EventSettings = settings()): HubEvent[] =>
  eventsOf({ url: "https://hub.example", events }, record);

/** Events of one type from a change of an entity, each as its schema has it. */
const from = (name: EventName, was: StoredEntity | undefined, is: StoredEntity, events?: EventSettings) => {
  const next = was === undefined ? is : { ...is, version: was.version + 1 };
  const all = told(recordOf(entityKey(is.id), was, next), events);
  for (const one of all) expect(EVENTS[one.name].data.safeParse(one.data).error, one.name).toBeUndefined();
  return all.filter((one) => one.name === name).map(({ data }) => data);
};

describe("plans", () => {
  const initiative = (health: "on_track" | "at_risk", at: string) =>
    entity("initiative", {
      title: "Grow",
      status: mapped("active"),
      declaredHealth: mapped(health),
      declaredHealthAt: at,
    });

  it("tell when the health of an initiative moves, and when a person posts an update", () => {
    const [was, is] = [initiative("on_track", EARLIER), initiative("at_risk", NOW)];
    expect(from("initiative.health.changed", was, is)).toMatchObject([{ from: "on_track", to: "at_risk" }]);
    expect(from("initiative.update.posted", was, is)).toMatchObject([{ health: "at_risk", update: `${is.id}@${NOW}` }]);
    expect(from("initiative.update.posted", was, initiative("at_risk", EARLIER))).toEqual([]);
    expect(from("initiative.health.changed", was, initiative("on_track", NOW))).toEqual([]);
    expect(from("initiative.health.changed", undefined, is)).toEqual([]);
  });

  it("tell how far a key result is on its way", () => {
    const result = (current: number) =>
      entity("keyResult", { title: "NPS", status: mapped("active"), baseline: 20, target: 40, current });
    expect(from("objective.progress.changed", result(25), result(30))).toMatchObject([
      { from: 25, to: 30, target: 40, progress: 0.5, objectiveId: null },
    ]);
    expect(from("objective.progress.changed", result(30), result(30))).toEqual([]);
  });
});

describe("work items", () => {
  const item = (title: string) =>
    entity("workItem", { title, type: mapped("task"), status: mapped("todo"), isBlocked: false });
  const asked = settings({ include: new Set(["work_item.changed"]) });

  it("tell of every change only where the config asks for it", () => {
    expect(from("work_item.changed", item("A"), item("B"))).toEqual([]);
    expect(from("work_item.changed", item("A"), item("B"), asked)).toMatchObject([{ changed: ["title"], version: 2 }]);
    expect(from("work_item.changed", undefined, item("A"), asked)).toMatchObject([{ changed: [], version: 1 }]);
    expect(from("work_item.changed", item("A"), item("A"), asked)).toEqual([]);
  });
});

describe("flags, experiments and metrics", () => {
  const flag = (rolloutPercent: number, name = "Checkout") =>
    entity("featureFlag", {
      key: "checkout",
      name,
      environments: [
        { name: "prod", category: "production", on: true, rolloutPercent },
        { name: "dev", category: "test", on: true },
      ],
    });

  it("tell who gets a flag now, in which environment", () => {
    expect(from("flag.rollout.changed", flag(10), flag(50))).toMatchObject([
      {
        environments: [{ name: "prod", type: "production", from: { rolloutPercent: 10 }, to: { rolloutPercent: 50 } }],
      },
    ]);
    expect(from("flag.rollout.changed", flag(10), flag(10, "Renamed"))).toEqual([]);
    expect(from("flag.rollout.changed", undefined, flag(10))).toEqual([]);
  });

  it("tell when an experiment begins and when it is decided, but not of one that began long before", () => {
    const experiment = (status: "draft" | "running", more: Partial<Fields<"experiment">> = {}) =>
      entity("experiment", { name: "Buttons", status: mapped(status), variations: [], ...more });
    expect(from("experiment.started", experiment("draft"), experiment("running"))).toHaveLength(1);
    expect(from("experiment.started", undefined, experiment("running", { startedAt: EARLIER }))).toHaveLength(1);
    expect(from("experiment.started", undefined, experiment("running", { startedAt: LONG_AGO }))).toEqual([]);
    const decided = experiment("running", { decision: mapped("ship"), winner: "b" });
    expect(from("experiment.decided", experiment("running"), decided)).toMatchObject([
      { decision: { category: "ship" }, winner: "b", result: null },
    ]);
    expect(
      from("experiment.decided", decided, experiment("running", { decision: mapped("ship"), hypothesis: "x" })),
    ).toEqual([]);
  });

  it("tell of a metric beyond its limit only once a second full point says so", () => {
    const metric = (...values: number[]) =>
      entity("metric", {
        name: "Sign-ups",
        shape: "series",
        points: [
          ...values.map((value, day) => ({ at: `2026-03-0${day + 1}`, value })),
          { at: "2026-03-09", value: 0, isPartial: true },
          { at: "2026-03-09", value: 0, segment: "mobile" },
        ],
      });
    const limits = settings({ limits: new Map([["acme:Sign-ups", { below: 10, above: 100 }]]) });
    const crossed = (was: StoredEntity, is: StoredEntity) => from("metric.threshold.crossed", was, is, limits);
    expect(crossed(metric(20, 20), metric(20, 9))).toEqual([]);
    expect(crossed(metric(20, 9), metric(20, 9, 8))).toMatchObject([
      { limit: 10, side: "below", points: [{ value: 9 }, { value: 8 }] },
    ]);
    expect(crossed(metric(9, 8), metric(9, 8, 7))).toEqual([]);
    expect(crossed(metric(20, 120), metric(20, 120, 130))).toMatchObject([{ limit: 100, side: "above" }]);
    expect(from("metric.threshold.crossed", metric(20, 9), metric(20, 9, 8))).toEqual([]);
  });
});

describe("marketing and support", () => {
  it("tell when a campaign was sent, and not of those of long ago", () => {
    const campaign = (status: "scheduled" | "sent", sentAt?: string) =>
      entity("campaign", {
        name: "Spring",
        channel: mapped("email"),
        status: mapped(status),
        ...(sentAt && { sentAt }),
        sent: 7,
      });
    expect(from("campaign.sent", campaign("scheduled"), campaign("sent", NOW))).toMatchObject([
      { sentAt: NOW, sent: 7 },
    ]);
    expect(from("campaign.sent", undefined, campaign("sent", EARLIER))).toHaveLength(1);
    expect(from("campaign.sent", undefined, campaign("sent", LONG_AGO))).toEqual([]);
    expect(from("campaign.sent", campaign("sent", NOW), campaign("sent", NOW))).toEqual([]);
  });

  it("tell of tickets that come in and are solved, and not of a backlog that is read for the first time", () => {
    const ticket = (status: "open" | "solved" | "closed", more: Partial<StoredEntity> = {}) =>
      entity(
        "supportTicket",
        { subject: "Cannot pay", status: mapped(status), priority: mapped("high"), solveMinutes: 30 },
        more,
      );
    expect(from("ticket.opened", undefined, ticket("open"))).toMatchObject([{ priority: "high" }]);
    expect(from("ticket.opened", undefined, ticket("open", { sourceCreatedAt: LONG_AGO }))).toEqual([]);
    expect(from("ticket.solved", undefined, ticket("solved", { sourceCreatedAt: LONG_AGO }))).toEqual([]);
    expect(from("ticket.solved", ticket("open"), ticket("solved"))).toMatchObject([{ solveMinutes: 30 }]);
    expect(from("ticket.solved", ticket("solved"), ticket("closed"))).toEqual([]);
  });

  it("tell of answers to a survey once an hour, and of a value that nothing maps once, through the log and on the bus", async () => {
    const onBus: string[] = [];
    using open = openPipeline({
      connector: bareTool,
      around: (ports) => ({
        ...ports,
        bus: {
          publish: (events) => {
            onBus.push(...events.map(({ name }) => name));
            return ports.bus.publish(events);
          },
        },
      }),
    });
    const hub = open.hub("one");
    const answer = (id: string, recordedAt: string) => {
      const of = entity("surveyResponse", { surveyId: "srv_1", at: NOW, answers: [] }, { id, recordedAt });
      return recordOf(entityKey(id), undefined, of);
    };
    const odd = (id: string, recordedAt: string) => {
      const fields = {
        title: id,
        type: mapped("task"),
        status: { category: "unknown", detail: "Odd", mappedBy: "default" } as const,
      };
      return recordOf(entityKey(id), undefined, entity("workItem", fields, { id, recordedAt }));
    };
    const first = [answer("rsp_1", NOW), answer("rsp_2", NOW), odd("wrk_1", NOW)];
    await publish(hub, first);
    // A batch that is handed out again is announced again.
    await publish(hub, first);
    expect(onBus.splice(0, 2)).toEqual(["survey.results.updated", "mapping.gap.detected"]);
    await publish(hub, [answer("rsp_3", "2026-03-02T10:59:00.000Z"), odd("wrk_2", "2026-03-02T10:59:00.000Z")]);
    expect(onBus).toEqual(["survey.results.updated", "mapping.gap.detected"]);
    await publish(hub, [answer("rsp_4", "2026-03-02T11:00:00.000Z")]);
    expect(onBus).toEqual(["survey.results.updated", "mapping.gap.detected", "survey.results.updated"]);
    const [gap] = told(first[2] ?? expect.unreachable()).filter(({ name }) => name === "mapping.gap.detected");
    expect(gap).toMatchObject({
      subject: "con_acme/work_item.status/Odd",
      data: { field: "work_item.status", value: { name: "Odd" }, connection: { id: "con_acme", name: "acme" } },
    });
  });
});

describe("features as shown", () => {
  const view = (more: Partial<StoredView> = {}): StoredView => ({
    ...sampleFeature(8, "testing"),
    version: 1,
    cause: "sync",
    seen: {
      coverage: [],
      feeds: { work: [], experiment: [], support: [], adoption: [] },
      thresholds: "",
      workReadAt: {},
    },
    meaning: "",
    signs: { blocked: [], scope: ["wrk_1", "wrk_2"] },
    ...more,
  });
  const changed = (name: EventName, was: StoredView, is: StoredView) => {
    const all = told(recordOf(viewKey(is.id), was, { ...is, version: was.version + 1 }));
    for (const one of all) expect(EVENTS[one.name].data.safeParse(one.data).error, one.name).toBeUndefined();
    return all.filter((one) => one.name === name).map(({ data }) => data);
  };

  it("tell when a feature is blocked first and when not any more", () => {
    const [free, one, two] = [
      view(),
      view({ signs: { blocked: ["ACME-1"] } }),
      view({ signs: { blocked: ["ACME-1", "ACME-2"] } }),
    ];
    expect(changed("feature.blocked", free, one)).toMatchObject([{ by: ["ACME-1"] }]);
    expect(changed("feature.blocked", one, two)).toEqual([]);
    expect(changed("feature.unblocked", two, one)).toEqual([]);
    expect(changed("feature.unblocked", one, free)).toHaveLength(1);
    expect(changed("feature.blocked", view({ signs: undefined }), one)).toEqual([]);
  });

  it("tell what came to a committed feature and what left it", () => {
    const more = view({ signs: { blocked: [], scope: ["wrk_2", "wrk_3", "wrk_4"] } });
    expect(changed("work_item.scope.changed", view(), more)).toMatchObject([
      { added: ["wrk_3", "wrk_4"], removed: ["wrk_1"], total: 3 },
    ]);
    expect(changed("work_item.scope.changed", view({ signs: { blocked: [] } }), more)).toEqual([]);
  });

  it("tell of a spike of tickets when it begins", () => {
    const spiking = view({ signs: { blocked: [], spike: { tickets: 9, usual: 1 } } });
    expect(changed("support.spike.detected", view(), spiking)).toMatchObject([{ tickets: 9, usual: 1 }]);
    expect(changed("support.spike.detected", spiking, spiking)).toEqual([]);
  });

  it("tell when a feature was closed, and how", () => {
    const deleted = view({ presence: { state: "deleted", since: NOW, how: "webhook" } });
    expect(changed("feature.archived", view(), deleted)).toMatchObject([{ how: "deleted" }]);
    const given = view();
    const cancelled = { ...given, explanation: { ...given.explanation, disposition: "cancelled" as const } };
    expect(changed("feature.archived", given, cancelled)).toMatchObject([{ how: "cancelled" }]);
    expect(changed("feature.archived", deleted, deleted)).toEqual([]);
  });
});

describe("links", () => {
  const link = (more: Partial<Link> = {}): Link => ({
    from: "fbk_1",
    to: "ftr_1",
    type: "requests",
    origin: "pattern",
    confidence: 0.9,
    evidence: [{ place: "title", text: "ACME-1", url: "https://tool.example/1", saidBy: "fbk_1" }],
    validFrom: EARLIER,
    recordedAt: NOW,
    version: 1,
    ...more,
  });
  const names = (was: Link | undefined, is: Link) =>
    told(recordOf(linkOutKey(is.from, is.type, is.to), was, is)).map(({ name }) => name);

  it("tell who follows features, and whose feedback was linked", () => {
    expect(names(undefined, link())).toEqual(["link.created", "feature.linked", "feedback.linked"]);
    expect(names(link(), link({ validTo: NOW, version: 2 }))).toEqual(["link.retired", "feature.unlinked"]);
    expect(names(link(), link({ confidence: 0.4, version: 2 }))).toEqual([]);
    expect(names(undefined, link({ from: "ftr_1", to: "wrk_1", type: "parent_of" }))).toContain("feature.linked");
    expect(names(undefined, link({ from: "pul_1", to: "wrk_1", type: "implements" }))).toEqual(["link.created"]);
    expect(names(undefined, link({ validFrom: LONG_AGO }))).toEqual(["link.created"]);
  });
});

describe("the hub itself", () => {
  const reading = () => {
    const open = openPipeline({
      connector: { ...bareTool, streams: { teams: { kinds: ["team"], poll: {} } } } as never,
    });
    const hub = open.hub("one");
    let place = 0;
    const events = () => {
      const records = open.feed.read(place, 500);
      place = records.at(-1)?.seq ?? place;
      return records.flatMap(({ record }) => eventsOf(hub, record));
    };
    return { open, hub, events };
  };

  it("tells of products that come into the config or change there, once", async () => {
    const { open, hub, events } = reading();
    await declareProducts(hub);
    await declareProducts(hub);
    expect(events()).toMatchObject([
      { name: "product.created", subject: "prd_web", data: { product: { slug: "web" } } },
    ]);
    const [product = expect.unreachable()] = hub.products;
    await declareProducts({ ...hub, products: [{ ...product, name: "Shop", vision: "All of it" }] });
    expect(events()).toMatchObject([{ name: "product.updated", data: { changed: ["name", "vision"] } }]);
    open[Symbol.dispose]();
  });

  it("tells of a connection that is late once, until it is in time again", async () => {
    const { open, hub, events } = reading();
    const { pk, sk } = streamKey("acme", "teams", "");
    const finished = (at: string) => ({
      run: { state: "completed", startedAt: at, finishedAt: at, pages: 1, records: 0, queued: 0 },
      firstCompletedAt: at,
      lastCompletedAt: at,
    });
    await hub.ports.table.put({ pk, sk, version: 1, data: finished(NOW) });
    events();
    await tellLate(hub);
    open.pass(3601);
    await tellLate(hub);
    open.pass(60);
    await tellLate(hub);
    expect(events()).toMatchObject([
      { name: "connection.lag.exceeded", data: { dataAsOf: NOW, lagSeconds: 3601, limitSeconds: 3600 } },
    ]);
    await hub.ports.table.put({ pk, sk, version: 2, data: finished(hub.ports.clock.now().toISOString()) });
    await tellLate(hub);
    open.pass(3700);
    await tellLate(hub);
    expect(events().map(({ name }) => name)).toEqual(["connection.lag.exceeded"]);
    open[Symbol.dispose]();
  });

  it("tells of a replay that ended", async () => {
    const { open, hub, events } = reading();
    await noteReplay(hub, "acme", { from: EARLIER, to: undefined, counts: { payloads: 3 } });
    expect(events()).toMatchObject([
      {
        name: "replay.completed",
        subject: "con_acme",
        data: { of: "connection", from: EARLIER, to: null, counts: { payloads: 3 } },
      },
    ]);
    open[Symbol.dispose]();
  });

  it("sends a test the way of all events, marked, and counts it as no change of stage", async () => {
    using open = openPipeline({ connector: bareTool });
    const hub = open.hub("one");
    const id = await sendTestEvent(hub, "feature.stage.changed");
    await publish(
      hub,
      open.feed.read(0, 10).map(({ record }) => record),
    );
    expect(open.sent()).toMatchObject([{ id, test: true, type: "dev.throughline.feature.stage.changed" }]);
    const logged = await open.real.table.get<HubEvent>(eventKey(id).pk, eventKey(id).sk);
    expect(logged?.data.test).toBe(true);
    expect(logged?.due).toBeUndefined();
  });
});

describe("what is kept of a feature between two looks", () => {
  const feature = entity("feature", { title: "A", declaredStatus: mapped("active") }) as never;
  const item = (id: string, isBlocked: boolean, status: "in_progress" | "done" = "in_progress") =>
    entity(
      "workItem",
      { title: id, type: mapped("task"), status: mapped(status), isBlocked },
      { id },
    ) as Entity<"workItem">;
  const under = (...items: readonly Entity<"workItem">[]) => new Map(items.map((one) => [one.id, one]));

  it("is nothing until an hour after the tool of the work was first read to its end, so that a first read is no news", () => {
    const [just, before] = ["2026-03-02T09:00:01.000Z", "2026-03-02T09:00:00.000Z"];
    expect(signsOf(feature, under(item("wrk_1", true)), [], undefined, NOW)).toBeUndefined();
    expect(signsOf(feature, under(item("wrk_1", true)), [], just, NOW)).toBeUndefined();
    expect(signsOf(feature, under(item("wrk_2", true), item("wrk_1", true, "done")), [], before, NOW)).toEqual({
      blocked: ["wrk_2"],
      scope: ["wrk_1", "wrk_2"],
    });
    const proposed = entity("feature", { title: "A", declaredStatus: mapped("proposed") }) as never;
    expect(signsOf(proposed, under(item("wrk_1", false)), [], before, NOW)).toEqual({ blocked: [] });
  });

  it("counts tickets by when they came in, not by when they last changed", () => {
    const ticket = (createdAt: string) =>
      ({ line: { kind: "supportTicket", at: NOW }, flow: { kind: "ticket", createdAt, isOpen: true } }) as never;
    const tickets = (count: number, at: string) => Array.from({ length: count }, () => ticket(at));
    const spike = (rows: never[]) => signsOf(feature, new Map(), rows, LONG_AGO, NOW)?.spike;
    expect(spike(tickets(9, EARLIER))).toEqual({ tickets: 9, usual: 0 });
    expect(spike(tickets(9, LONG_AGO))).toBeUndefined();
  });
});
