import { DuckDBInstance } from "@duckdb/node-api";

/** A DuckDB in memory: rows as JSON would have them, whole numbers of 64 bits and times as texts. */
export const openDuck = async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    async run(sql: string): Promise<void> {
      for (const one of sql.split(";\n").filter((part) => part.trim() !== "")) await connection.run(one);
    },
    rows: async (sql: string): Promise<Record<string, unknown>[]> =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[],
    [Symbol.dispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
};
