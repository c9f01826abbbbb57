import { parseArgs } from "node:util";
import type { Draft } from "../../shared/domain/entity.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { type Coverage, STAGES } from "../../shared/domain/stage.ts";
import { derive, RULE_SET } from "../../shared/lifecycle/derive.ts";
import { healthOf } from "../../shared/lifecycle/health.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { project } from "../../shared/pipeline/project.ts";
import { publish } from "../../shared/pipeline/publish.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import type { Row, Table } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { FEATURE, fact, on } from "../lifecycle/evidence.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";
import { metered } from "./metered-ports.ts";
import { table as lines } from "./report.ts";

const FACTS = 200;
const ITEMS = 20;
const SECONDS = 3;
const CHANGES = 50;

/** Features derived a second, stage and health, from so many facts each. Pure: no store, no clock. */
const derivedPerSecond = (): number => {
  const facts = Array.from({ length: FACTS }, (_, index) => {
    const record = { recordId: `r${index % 50}`, tool: index % 2 === 0 ? "jira" : "github" };
    const day = 1 + (index % 90);
    const kinds = [
      () => fact(day, "item", ["todo", "in_progress", "in_review", "done"][index % 4], record),
      () => fact(day, "pr", ["open", "merged"][index % 2], record),
      () => fact(day, "test.run", index % 7 === 0 ? "red" : "green", record),
      () => fact(day, "deploy.prod", "live", record),
    ];
    return (kinds[index % kinds.length] as (typeof kinds)[0])();
  });
  const word = <const C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
  const items = Array.from({ length: ITEMS }, (_, index) => ({
    fields: {
      status: word(index % 3 === 0 ? "done" : "in_progress"),
      type: word("story"),
      startedAt: on(index),
      ...(index % 3 === 0 && { completedAt: on(index + 4) }),
    },
    source: { key: `ACME-${index}`, externalId: `${index}` },
    sourceUpdatedAt: on(index + 5),
  }));
  const feature = { fields: { declaredStatus: word("active"), targetDate: "2026-07-01" }, sourceUpdatedAt: on(80) };
  const coverage: Coverage[] = STAGES.map((stage) => ({ stage, visible: true }));
  const begun = performance.now();
  const before = process.cpuUsage();
  let made = 0;
  for (; performance.now() - begun < SECONDS * 1000; made++) {
    const asOf = on(100 + (made % 10));
    const explanation = derive(FEATURE, facts, coverage, RULE_SET, { asOf });
    healthOf({ feature, items, explanation, coverage, asOf, lastFactAt: on(90) });
  }
  // Time of this process alone: others may have the core meanwhile.
  const { user, system } = process.cpuUsage(before);
  return made / ((user + system) / 1e6);
};

interface Calls {
  reads: number;
  writes: number;
  on: Map<string, number>;
}

/** The table with how often it is asked, by the kind of row. */
const counted = (table: Table, calls: Calls): Table => {
  const read = (what: string, pk: string, sk = "") => {
    calls.reads += 1;
    note(`${what} ${pk.slice(0, 1)}#…${sk.slice(0, 1)}`);
  };
  const note = (what: string) => calls.on.set(what, (calls.on.get(what) ?? 0) + 1);
  return {
    get: (pk, sk) => {
      read("get", pk, sk);
      return table.get(pk, sk);
    },
    getMany: (keys) => {
      read("getMany", keys[0]?.pk ?? "");
      return table.getMany(keys);
    },
    query: (query) => {
      read("query", query.pk, query.prefix ?? query.upTo);
      return table.query(query);
    },
    sortKeys: (query) => {
      read("sortKeys", query.pk);
      return table.sortKeys(query);
    },
    counted: (query, by) => {
      read("counted", query.pk);
      return table.counted(query, by);
    },
    count: (query) => {
      read("count", query.pk);
      return table.count(query);
    },
    put: (row) => {
      calls.writes += 1;
      note(`put ${row.pk.slice(0, 1)}#…${row.sk.slice(0, 1)}`);
      return table.put(row);
    },
  };
};

const T = "2026-03-01T10:00:00.000Z";
const as = <const C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" as const });
const ref = (kind: "feature" | "workItem", id: string): Ref => ({ kind, noun: kind, id });
const draft = (kind: "feature" | "workItem", id: string, fields: object, updatedAt = T): Draft =>
  ({
    kind,
    external: { noun: kind, id, url: `https://tool.example/${id}`, key: id },
    scopes: ["ACME"],
    createdAt: T,
    updatedAt,
    fields,
  }) as unknown as Draft;

const featureDraft = (id: string) => draft("feature", id, { title: `Feature ${id}`, declaredStatus: as("active") });
const itemDraft = (id: string, feature: string, title: string, updatedAt?: string) =>
  draft(
    "workItem",
    id,
    { title, type: as("story"), status: as("in_progress"), startedAt: T, parentId: ref("feature", feature) },
    updatedAt,
  );

/** What one change costs, outside ingest, in a hub of so many features. */
export const measureChange = async (features: number, changes = CHANGES) => {
  const calls: Calls = { reads: 0, writes: 0, on: new Map() };
  let meter: ReturnType<typeof metered>["meter"] | undefined;
  const around = (ports: Ports): Ports => {
    const made = metered(ports);
    meter = made.meter;
    return { ...made.ports, table: counted(made.ports.table, calls) };
  };
  using open = openPipeline({ connector: bareTool, around });
  const hub = open.hub("bench");
  const put = async (one: Draft): Promise<void> => {
    const now = hub.ports.clock.now().toISOString();
    const entity = entityOf(one, {
      connectionId: "con_acme",
      tool: "tool",
      productsOf: () => ["prd_web"],
      mappingVersion: 1,
      rawRef: "acme/2026-03-02/raw",
      now,
      receivedAt: now,
      how: "read",
    });
    const key = entityKey(entity.id);
    const held: Row<StoredEntity> | undefined = await open.real.table.get<StoredEntity>(key.pk, key.sk);
    await open.real.table.put({
      ...key,
      version: (held?.version ?? 0) + 1,
      data: { ...entity, version: (held?.data.version ?? 0) + 1 },
      list: lists.ofKind(entity.kind, entity.id),
    });
  };
  /** Projects and publishes until nothing follows any more. */
  const settle = async (): Promise<void> => {
    for (let seq = open.feed.place("test"); ; ) {
      const some = open.feed.read(seq, 1000);
      const last = some.at(-1);
      if (last === undefined) return;
      const records = some.map(({ record }) => record);
      await project(hub, records);
      await publish(hub, records);
      seq = last.seq;
      open.feed.passed("test", seq);
    }
  };
  await put({
    ...draft("feature", "in-progress", {}),
    kind: "vocabulary",
    external: { noun: "status", id: "3", url: "https://tool.example/3" },
    fields: { field: "status", name: "in_progress", type: "in_progress" },
  } as unknown as Draft);
  await settle();
  for (let index = 0; index < features; index++) {
    await put(featureDraft(`F${index}`));
    await put(itemDraft(`I${index}`, `F${index}`, "A story"));
    if (index % 250 === 249) await settle();
  }
  for (let index = 0; index < ITEMS; index++) await put(itemDraft(`X${index}`, "F0", "A story"));
  await settle();
  open.pass(60);
  calls.on.clear();
  calls.reads = calls.writes = 0;
  meter?.read();
  const begun = performance.now();
  for (let change = 0; change < changes; change++) {
    const at = new Date(Date.parse(T) + 60_000 * (change + 1)).toISOString();
    await put(itemDraft(`X${change % ITEMS}`, "F0", `Renamed ${change}`, at));
    open.pass(1);
    await settle();
  }
  const milliseconds = (performance.now() - begun) / changes;
  const usage = [...(meter?.read().values() ?? [])][0];
  const reading = { ...calls, on: new Map(calls.on) };
  return {
    features,
    reads: reading.reads / changes,
    writes: reading.writes / changes,
    readUnits: (usage?.readUnits ?? 0) / changes,
    writeUnits: (usage?.writeUnits ?? 0) / changes,
    milliseconds,
    on: reading.on,
    ...(await surfaceReads(hub.ports, calls, entityId("con_acme", ref("feature", "F0")))),
  };
};

/** Reads of the table for a page: one feature, 20 cards of a column. */
const surfaceReads = async (ports: Ports, calls: Calls, feature: string) => {
  const views = tableViews(ports.table, {
    products: [{ id: "prd_web", slug: "web", name: "Web" }],
    connections: async () => [],
    now: ports.clock.now,
    statusOf: async () => () => as("todo"),
  });
  const spent = async (read: () => Promise<unknown>): Promise<number> => {
    const before = calls.reads;
    await read();
    return calls.reads - before;
  };
  return {
    featurePage: await spent(() => views.feature(feature)),
    column: await spent(() => views.column("development", "prd_web", undefined, 20)),
    list: await spent(() => views.features({}, undefined, 50)),
  };
};

/** `npm run bench -- derive [--full]`: speed of the pure part, and what one change costs as the hub grows. */
export const deriveBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { full: { type: "boolean" }, sizes: { type: "string" } },
  });
  const sizes = values.sizes?.split(",").map(Number) ?? [100, 10_000, ...(values.full === true ? [100_000] : [])];
  process.stdout.write(
    `${Math.round(derivedPerSecond()).toLocaleString("en")} features a second on one core, stage and health, ${FACTS} facts and ${ITEMS} work items each\n\n`,
  );
  const found = [];
  for (const features of sizes) {
    process.stderr.write(`${features} features\n`);
    found.push(await measureChange(features));
  }
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return;
  process.stdout.write("One renamed work item of a feature with 21, projected and published:\n\n");
  const figures = found.map((one) => [
    one.features.toLocaleString("en"),
    ...[one.reads, one.writes, one.readUnits, one.writeUnits, one.milliseconds].map((figure) => figure.toFixed(2)),
    ...[one.featurePage, one.column, one.list],
  ]);
  const head = [
    "features",
    "reads",
    "writes",
    "read units",
    "write units",
    "ms",
    "one feature",
    "20 cards",
    "list of 50",
  ];
  process.stdout.write(`${lines(head, figures)}\n\n`);
  for (const [what, count] of [...last.on].sort()) process.stdout.write(`  ${(count / CHANGES).toFixed(2)}  ${what}\n`);
  const growth = (figure: "reads" | "writes" | "readUnits" | "writeUnits") =>
    `${figure} ${(last[figure] / first[figure]).toFixed(2)}x`;
  process.stdout.write(
    `\nfrom ${first.features} to ${last.features} features: ${(["reads", "writes", "readUnits", "writeUnits"] as const).map(growth).join(", ")}\n`,
  );
  const isFlat = (["reads", "writes", "readUnits", "writeUnits"] as const).every(
    (figure) => last[figure] <= 1.5 * first[figure],
  );
  if (!isFlat) {
    process.stderr.write("a change costs more as the hub grows: more than 1.5x\n");
    process.exitCode = 1;
  }
};
