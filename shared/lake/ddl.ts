import { HubError } from "../connector/errors.ts";
import type { ColumnType } from "./columns.ts";
import type { LakeTable } from "./tables.ts";

const ATHENA_TYPES: Readonly<Record<ColumnType, string>> = {
  text: "string",
  json: "string",
  time: "timestamp",
  day: "date",
  integer: "bigint",
  number: "double",
  boolean: "boolean",
  texts: "array<string>",
};

/** No hub wrote anything before. */
const FIRST_DAY = "2026-01-01";

/** The newest row of each thing: an export `--since` a day leaves older ones in the partitions before it. */
const newest = ({ key, version }: LakeTable, quote: string): string => {
  const names = key.map((name) => `${quote}${name}${quote}`).join(", ");
  return `row_number() OVER (PARTITION BY ${names} ORDER BY ${quote}${version}${quote} DESC, dt DESC)`;
};

/**
 * Tables over a lake in S3 for Athena: `<kind>_rows` with every row that lies there, `<kind>` with the newest of each thing.
 * Partitions are computed from the calendar, so that neither a crawler nor `MSCK REPAIR` is needed.
 *
 * @param location `s3://bucket` or `s3://bucket/folder`
 * @throws HubError usage
 */
export const athenaDdl = (tables: readonly LakeTable[], location: string): string => {
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.-]+)*\/?$/.test(location))
    throw new HubError("usage", "Athena reads from S3: name the lake with --out s3://bucket/folder", {
      retry: "never",
    });
  const root = location.replace(/\/$/, "");
  return tables
    .map((table) => {
      const { name, columns } = table;
      const at = `${root}/${name}/`;
      return [
        `CREATE EXTERNAL TABLE IF NOT EXISTS \`${name}_rows\` (`,
        columns.map((one) => `  \`${one.name}\` ${ATHENA_TYPES[one.type]}`).join(",\n"),
        ")",
        "PARTITIONED BY (`dt` string)",
        "STORED AS PARQUET",
        `LOCATION '${at}'`,
        "TBLPROPERTIES (",
        "  'projection.enabled' = 'true',",
        "  'projection.dt.type' = 'date',",
        "  'projection.dt.format' = 'yyyy-MM-dd',",
        `  'projection.dt.range' = '${FIRST_DAY},NOW+1DAYS',`,
        `  'storage.location.template' = '${at}dt=\${dt}/'`,
        ");",
        "",
        `CREATE OR REPLACE VIEW "${name}" AS`,
        `SELECT ${[...columns.map((one) => `"${one.name}"`), "dt"].join(", ")}`,
        `FROM (SELECT *, ${newest(table, '"')} AS nth FROM "${name}_rows") WHERE nth = 1;`,
      ].join("\n");
    })
    .join("\n\n")
    .concat("\n");
};

/** Views over a lake for DuckDB, each with the newest row of each thing. Files of different ages are joined by column names. */
export const duckdbDdl = (tables: readonly LakeTable[], location: string): string => {
  const root = location.replace(/\/$/, "").replaceAll("'", "''");
  return tables
    .map((table) =>
      [
        `CREATE OR REPLACE VIEW "${table.name}" AS`,
        `SELECT * FROM read_parquet('${root}/${table.name}/*/part-*.parquet', hive_partitioning = true, union_by_name = true)`,
        `QUALIFY ${newest(table, '"')} = 1;`,
      ].join("\n"),
    )
    .join("\n\n")
    .concat("\n");
};
