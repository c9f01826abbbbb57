import { type Entity, FIELDS, type FieldedKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Link } from "../domain/link.ts";
import { snakeCase } from "../domain/snake-case.ts";
import { STAGES } from "../domain/stage.ts";
import type { Table } from "../ports/table.ts";
import { everyOf, rowsOf } from "../store/entities.ts";
import { partition, viewKey } from "../store/keys.ts";
import { everyPerson, type StoredPerson } from "../store/people.ts";
import type { FeatureView } from "../store/views.ts";
import { type Column, column, entityColumns } from "./columns.ts";

/** One table of the lake: a folder of files with the same columns. */
export interface LakeTable<Row = unknown> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** The columns that say which thing a row is about. */
  readonly key: readonly string[];
  /** The column by which the newest row of a thing is known. */
  readonly version: string;
  /** When the hub wrote the row last; its day is the row's partition. */
  readonly recordedAt: (row: Row) => Instant;
  /** All rows, in an order that stays, page by page. */
  readonly rows: (table: Table) => AsyncIterable<Row>;
}

/** A table among others of other rows: only its own functions see them. */
const anyRow = <Row>(table: LakeTable<Row>): LakeTable => table as unknown as LakeTable;

const KINDS = Object.keys(FIELDS) as FieldedKind[];

const ofEntities = (kind: FieldedKind): LakeTable =>
  anyRow<Entity>({
    name: snakeCase(kind),
    columns: entityColumns(kind),
    key: ["id"],
    version: "entity_version",
    recordedAt: ({ recordedAt }) => recordedAt,
    rows: (table) => everyOf(table, kind),
  });

/** Every link once, from its start; those that ended, too. */
async function* everyLink(table: Table): AsyncGenerator<Link> {
  for (const kind of KINDS) {
    for await (const { id } of everyOf(table, kind)) {
      for await (const { data } of rowsOf<Link>(table, partition.ofEntity(id), "L#>")) yield data;
    }
  }
}

const links = anyRow<Link>({
  name: "link",
  columns: [
    column("from_id", "text", ({ from }) => from),
    column("to_id", "text", ({ to }) => to),
    column("type", "text", ({ type }) => type),
    column("origin", "text", ({ origin }) => origin),
    column("confidence", "number", ({ confidence }) => confidence),
    column("valid_from", "time", ({ validFrom }) => validFrom),
    column("valid_to", "time", ({ validTo }) => validTo),
    column("evidence", "json", ({ evidence }) => evidence),
    column("recorded_at", "time", ({ recordedAt }) => recordedAt),
    column("link_version", "integer", ({ version }) => version),
  ],
  key: ["from_id", "to_id", "type"],
  version: "link_version",
  recordedAt: ({ recordedAt }) => recordedAt,
  rows: everyLink,
});

const persons = anyRow<StoredPerson>({
  name: "person",
  columns: [
    column("id", "text", ({ id }) => id),
    column("name", "text", ({ name }) => name),
    column("slug", "text", ({ slug }) => slug),
    column("state", "text", ({ state }) => state),
    column("accounts", "json", ({ accounts }) => accounts),
    column("recorded_at", "time", ({ recordedAt }) => recordedAt),
    column("person_version", "integer", ({ version }) => version),
  ],
  key: ["id"],
  version: "person_version",
  recordedAt: ({ recordedAt }) => recordedAt,
  rows: everyPerson,
});

/** Features as they are shown: read in groups, so that a group costs one read. */
export async function* everyStatus(table: Table): AsyncGenerator<FeatureView> {
  let ids: string[] = [];
  const views = async () => {
    const rows = await table.getMany<FeatureView>(ids.map(viewKey));
    ids = [];
    return rows.map(({ data }) => data).sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  for await (const { id } of everyOf(table, "feature")) if (ids.push(id) === 100) yield* await views();
  if (ids.length > 0) yield* await views();
}

const statuses = anyRow<FeatureView>({
  name: "feature_status",
  columns: [
    column("feature_id", "text", ({ id }) => id),
    column("key", "text", ({ key }) => key),
    column("name", "text", ({ name }) => name),
    column("tool", "text", ({ tool }) => tool),
    column("url", "text", ({ url }) => url),
    column("product_ids", "texts", ({ productIds }) => productIds),
    column("presence_state", "text", ({ presence }) => presence.state),
    column("headline", "text", ({ explanation }) => explanation.headline),
    column("headline_state", "text", ({ explanation }) => explanation.state),
    column("headline_since", "time", ({ explanation }) => explanation.since),
    column("confidence", "number", ({ explanation }) => explanation.confidence),
    column("disposition", "text", ({ explanation }) => explanation.disposition),
    ...STAGES.map((stage) =>
      column<FeatureView>(`stage_${stage}`, "text", ({ explanation }) => explanation.stages[stage].state),
    ),
    column("because", "texts", ({ explanation }) => explanation.because.map(({ text }) => text)),
    column("badges", "texts", ({ explanation }) => explanation.badges),
    column("conflicts", "json", ({ explanation }) => explanation.conflicts),
    column("rule_set", "text", ({ explanation }) => explanation.ruleSet),
    column("health", "text", ({ health }) => health.value),
    column("health_declared", "text", ({ health }) => health.declared?.value),
    column("health_derived", "text", ({ health }) => health.derived.value),
    column("health_rule", "text", ({ health }) => health.derived.rule),
    column("target_date", "day", ({ targetDate }) => targetDate),
    column("work_items_done", "integer", ({ progress }) => progress.done),
    column("work_items_total", "integer", ({ progress }) => progress.total),
    column("work_items_cancelled", "integer", ({ progress }) => progress.cancelled),
    column("pull_requests", "integer", ({ counts }) => counts.pullRequests),
    column("deployments", "integer", ({ counts }) => counts.deployments),
    column("updated_at", "time", ({ updatedAt }) => updatedAt),
    column("observed_at", "time", ({ observedAt }) => observedAt),
    column("status_version", "integer", ({ version }) => version),
  ],
  key: ["feature_id"],
  version: "status_version",
  recordedAt: ({ observedAt }) => observedAt,
  rows: everyStatus,
});

/** Every table of the lake. */
export const LAKE_TABLES: readonly LakeTable[] = [...KINDS.map(ofEntities), links, persons, statuses];
