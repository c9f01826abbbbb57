import type { Column, ColumnType } from "./columns.ts";

interface SchemaElement {
  readonly name: string;
  readonly type?: "BYTE_ARRAY" | "INT64" | "INT32" | "DOUBLE" | "BOOLEAN";
  readonly converted_type?: "UTF8" | "TIMESTAMP_MILLIS" | "DATE" | "LIST";
  readonly logical_type?: { readonly type: "TIMESTAMP"; readonly isAdjustedToUTC: true; readonly unit: "MILLIS" };
  readonly repetition_type?: "REQUIRED" | "OPTIONAL" | "REPEATED";
  readonly num_children?: number;
}

/** Rows whose columns lie together; what a reader skips or takes whole. */
const ROWS_PER_GROUP = 5000;

const TYPES: Readonly<Record<Exclude<ColumnType, "texts">, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  time: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  day: { type: "INT32", converted_type: "DATE" },
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
};

const elementsOf = ({ name, type }: Pick<Column<never>, "name" | "type">): SchemaElement[] =>
  type === "texts"
    ? [
        { name, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      ]
    : [{ name, ...TYPES[type], repetition_type: "OPTIONAL" }];

/**
 * Rows as one Parquet file, compressed with Snappy. The same rows give the same bytes; none gives a file with columns alone.
 *
 * @param rows each with one cell for each column, in that order
 */
export const parquetOf = async (
  columns: readonly Pick<Column<never>, "name" | "type">[],
  rows: readonly (readonly unknown[])[],
): Promise<Uint8Array> => {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const schema = [{ name: "root", num_children: columns.length }, ...columns.flatMap(elementsOf)];
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema, createdBy: "throughline" });
  for (let from = 0; from < rows.length; from += ROWS_PER_GROUP) {
    const group = rows.slice(from, from + ROWS_PER_GROUP);
    const columnData = columns.map(({ name }, index) => ({ name, data: group.map((row) => row[index]) }));
    await file.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
  }
  await file.finish();
  return new Uint8Array(writer.getBuffer());
};
