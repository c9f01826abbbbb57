import * as z from "zod";
import { type Entity, FIELDS, type FieldedKind } from "../domain/entity.ts";
import { maybeInstant, TIMELESS } from "../domain/instant.ts";
import { snakeCase, snakeKeys } from "../domain/snake-case.ts";

/** What a column holds: `texts` is a list of texts, `json` any other list or object as JSON text. */
export type ColumnType = "text" | "time" | "day" | "integer" | "number" | "boolean" | "texts" | "json";

/** A value as the Parquet writer takes it; undefined is null. */
export type Cell = string | Date | bigint | number | boolean | readonly string[] | undefined;

/** One column of a table of the lake. Once released, its name and type stay: columns are only ever added. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (row: Row) => Cell;
}

/** A column over whatever `read` finds; what does not fit its type is null, so that one odd value spoils no file. */
export const column = <Row>(name: string, type: ColumnType, read: (row: Row) => unknown): Column<Row> => ({
  name,
  type,
  of: (row) => CELLS[type](read(row)),
});

const CELLS: Readonly<Record<ColumnType, (value: unknown) => Cell>> = {
  text: (value) => (typeof value === "string" ? value : undefined),
  time: (value) => {
    const at = typeof value === "string" ? maybeInstant(value) : undefined;
    return at === undefined || at === TIMELESS ? undefined : new Date(at);
  },
  day: (value) => {
    const at = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? maybeInstant(value) : undefined;
    return at === undefined ? undefined : new Date(at);
  },
  integer: (value) => (Number.isSafeInteger(value) ? BigInt(value as number) : undefined),
  number: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
  boolean: (value) => (typeof value === "boolean" ? value : undefined),
  texts: (value) => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : undefined),
  json: (value) => (value === undefined || value === null ? undefined : JSON.stringify(snakeKeys(value))),
};

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema | false;
  readonly prefixItems?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const SCALARS: Readonly<Record<string, ColumnType>> = { integer: "integer", number: "number", boolean: "boolean" };

const scalar = ({ type = "", format }: Schema): ColumnType | undefined => {
  if (type !== "string") return SCALARS[type];
  if (format === "date-time") return "time";
  return format === "date" ? "day" : "text";
};

/** The columns of one field: a mapped value gives its category and the tool's own word, a flat object one for each part. */
const columnsOfField = (name: string, schema: Schema, path: readonly string[]): Column<unknown>[] => {
  const one = (type: ColumnType): Column<unknown>[] => [column(name, type, (row) => at(row, path))];
  const type = scalar(schema);
  if (type !== undefined) return one(type);
  if (schema.type === "array") return one(schema.items && schema.items.type === "string" ? "texts" : "json");
  const parts = Object.entries(schema.properties ?? {});
  const isMapped = ["category", "detail", "mappedBy"].every((key) => key in (schema.properties ?? {}));
  const kept = isMapped ? parts.filter(([key]) => key === "category" || key === "detail") : parts;
  if (kept.length === 0 || kept.some(([, part]) => scalar(part) === undefined)) return one("json");
  return kept.flatMap(([key, part]) => columnsOfField(`${name}_${snakeCase(key)}`, part, [...path, key]));
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((held, key) => (held as Readonly<Record<string, unknown>> | undefined)?.[key], value);

const columnsOfFields = (kind: FieldedKind): Column<Entity>[] => {
  const { properties = {} } = z.toJSONSchema(FIELDS[kind], { unrepresentable: "any" }) as Schema;
  return Object.entries(properties).flatMap(([key, schema]) =>
    columnsOfField(snakeCase(key), schema, ["fields", key]),
  ) as Column<Entity>[];
};

/** What every entity has; named so that no field of any kind is called the same. */
const ENVELOPE: readonly Column<Entity>[] = [
  column("id", "text", ({ id }) => id),
  column("product_ids", "texts", ({ productIds }) => productIds),
  column("source_tool", "text", ({ source }) => source.tool),
  column("source_connection_id", "text", ({ source }) => source.connectionId),
  column("source_external_id", "text", ({ source }) => source.externalId),
  column("source_key", "text", ({ source }) => source.key),
  column("source_url", "text", ({ source }) => source.url),
  column("source_scopes", "texts", ({ scopes }) => scopes),
  column("source_created_at", "time", ({ sourceCreatedAt }) => sourceCreatedAt),
  column("source_updated_at", "time", ({ sourceUpdatedAt }) => sourceUpdatedAt),
  column("presence_state", "text", ({ presence }) => presence.state),
  column("presence_since", "time", ({ presence }) => presence.since),
  column("presence_moved_to", "text", ({ presence }) => presence.movedTo),
  column("first_seen_at", "time", ({ firstSeenAt }) => firstSeenAt),
  column("recorded_at", "time", ({ recordedAt }) => recordedAt),
  column("entity_version", "integer", ({ version }) => version),
  column("mapping_version", "integer", ({ mappingVersion }) => mappingVersion),
  column("raw_ref", "text", ({ rawRef }) => rawRef),
  column("custom_fields", "json", ({ customFields }) => customFields),
];

/** Envelope and fields of a kind. */
export const entityColumns = (kind: FieldedKind): readonly Column<Entity>[] => [...ENVELOPE, ...columnsOfFields(kind)];
