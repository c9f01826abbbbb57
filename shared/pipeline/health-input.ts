import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import type { Explanation } from "../domain/stage.ts";
import { targetMoves } from "../domain/target-moves.ts";
import type { FlowRecord, IncidentRecord, ItemRecord, TicketRecord } from "../flow/record.ts";
import type { AgreedTarget, HealthInput, WorkItemSummary } from "../lifecycle/health/input.ts";
import type { Table } from "../ports/table.ts";
import { entitiesById, linksOf } from "../store/entities.ts";
import type { FactsRow } from "./contribute.ts";
import { feedsOf, rulesFor, type Seen } from "./health-feeds.ts";
import type { Hub } from "./hub.ts";

interface Known {
  readonly feature: Entity<"feature"> & { readonly declaredUntil?: Instant | undefined };
  readonly history: readonly HistoryEntry[];
  /** Of records that speak about it, those that do no more included. */
  readonly rows: readonly FactsRow[];
  /** Each by its id. */
  readonly items: ReadonlyMap<string, WorkItemSummary>;
  readonly explanation: Explanation;
  readonly seen: Seen;
  readonly lastFactAt: Instant | undefined;
  readonly asOf: Instant;
}

/** Puts together what health is derived from: the facts' rows, and the few records around that say more than they hold. */
export const healthInputOf = async (hub: Hub, known: Known): Promise<HealthInput> => {
  const { table } = hub.ports;
  const { feature, history, items, lastFactAt, seen, ...rest } = known;
  const rows = known.rows.filter(({ gone }) => !gone);
  const idsOf = (...kinds: readonly FactsRow["line"]["kind"][]) =>
    rows.flatMap(({ line }) => (kinds.includes(line.kind) ? [line.id] : []));
  const toolsOf = (...kinds: readonly FactsRow["line"]["kind"][]) =>
    new Set(rows.flatMap(({ line }) => (kinds.includes(line.kind) ? [line.tool] : [])));
  const records = (all: readonly FactsRow[]) => all.flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
  const of = <K extends FlowRecord["kind"]>(kind: K) =>
    records(rows).filter((record): record is Extract<FlowRecord, { kind: K }> => record.kind === kind);
  const pasts = new Map(of("item").map((record) => [record.id, record]));
  const former = records(known.rows).filter(
    (record): record is ItemRecord => record.kind === "item" && (record.leftAt ?? record.goneAt) !== undefined,
  );
  const ids = idsOf("experiment", "metric");
  const around = [...(ids.length === 0 ? [] : (await entitiesById(table, ids)).values())].filter(
    ({ presence }) => presence.state !== "deleted",
  );
  const metrics = around.filter((one): one is typeof one & Entity<"metric"> => isKind(one, "metric"));
  const blockers = await blockersOf(table, items);
  const committedAt = committed(rows, of("item"));
  return {
    ...rest,
    coverage: seen.coverage,
    feature,
    items: [...items].map(([id, item]) => ({ ...item, past: pasts.get(id), blockers: blockers.get(id) })),
    former,
    ...(lastFactAt !== undefined && { lastFactAt }),
    activity: rows.flatMap(({ facts }) =>
      facts.filter(({ signal }) => signal !== "asserted").map(({ occurredAt }) => occurredAt),
    ),
    ...(committedAt !== undefined && { committedAt }),
    targetMoves: targetMoves(history),
    experiments: around.filter((one): one is typeof one & Entity<"experiment"> => isKind(one, "experiment")),
    metrics,
    agreed: await agreedOf(table, metrics),
    tickets: of("ticket") satisfies readonly TicketRecord[],
    incidents: of("incident") satisfies readonly IncidentRecord[],
    deploymentIds: idsOf("deployment"),
    feeds: feedsOf(seen, {
      work: new Set([feature.source.tool, ...toolsOf("workItem")]),
      experiment: toolsOf("experiment"),
      support: toolsOf("supportTicket"),
      adoption: toolsOf("metric"),
    }),
    rules: rulesFor(hub, feature.productIds),
  };
};

const ENDED: ReadonlySet<string> = new Set(["done", "cancelled"]);
/** Of so many blocked items it is told what blocks them. */
const BLOCKED_AT_MOST = 20;

/** What blocks items, by its keys or names; of the few open ones that are marked as blocked alone. */
const blockersOf = async (
  table: Table,
  items: ReadonlyMap<string, WorkItemSummary>,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const blocked = [...items]
    .filter(([, { fields }]) => fields.isBlocked === true && !ENDED.has(fields.status.category))
    .slice(0, BLOCKED_AT_MOST);
  const found = new Map<string, readonly string[]>();
  for (const [id] of blocked) {
    const ids = (await linksOf(table, id, "in", "blocks")).map(({ from }) => from);
    const by = ids.length === 0 ? [] : [...(await entitiesById(table, ids)).values()];
    if (by.length > 0) found.set(id, by.map((one) => one.source.key ?? nameOf(one)).sort());
  }
  return found;
};

/** Taken on when its plan says so, and at the latest when work on it began. */
const committed = (rows: readonly FactsRow[], items: readonly ItemRecord[]): Instant | undefined =>
  [
    ...rows.flatMap(({ facts }) =>
      facts.flatMap(({ signal, polarity, occurredAt }) =>
        signal === "committed" && polarity === "+" ? [occurredAt] : [],
      ),
    ),
    ...items.flatMap(({ startedAt }) => startedAt ?? []),
  ].sort()[0];

/** Targets that key results set for the feature's metrics, until the end of their objective. */
const agreedOf = async (table: Table, metrics: readonly Entity<"metric">[]): Promise<AgreedTarget[]> => {
  const agreed: AgreedTarget[] = [];
  for (const { id: metricId } of metrics) {
    const ends = (await linksOf(table, metricId, "out", "measures")).map(({ to }) => to);
    const results = await entitiesById(
      table,
      ends.filter((id) => kindOf(id) === "keyResult"),
    );
    for (const result of results.values()) {
      if (!isKind(result, "keyResult") || result.fields.target === undefined) continue;
      const { target, objectiveId } = result.fields;
      const objective =
        objectiveId === undefined ? undefined : (await entitiesById(table, [objectiveId])).get(objectiveId);
      const by = isKind(objective, "objective") ? objective.fields.endDate : undefined;
      agreed.push({ metricId, target, ...(by !== undefined && { by }) });
    }
  }
  return agreed;
};
