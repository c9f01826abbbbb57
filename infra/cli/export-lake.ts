import { resolve } from "node:path";
import { folderLake } from "../../shared/adapters/sqlite/lake.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { athenaDdl, duckdbDdl } from "../../shared/lake/ddl.ts";
import { LAKE_TABLES } from "../../shared/lake/tables.ts";
import { writeTable } from "../../shared/lake/write-lake.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import type { Lake } from "../../shared/ports/lake.ts";
import { type Call, EXIT, type Terminal, text } from "./command.ts";
import { openStore } from "./open-store.ts";

const usage = (message: string): HubError => new HubError("usage", message, { retry: "never" });

/** Tables by the word of the command line. @throws HubError usage */
const tablesCalled = (wanted: string) => {
  if (wanted === "all") return LAKE_TABLES;
  const name = wanted.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const found = LAKE_TABLES.filter((table) => table.name === name);
  if (found.length > 0) return found;
  const known = ["all", ...LAKE_TABLES.map((table) => table.name)];
  throw usage(`no kind "${wanted}"${suggestion(wanted, known)}`);
};

const openLake = async (out: string, root: string): Promise<Lake> => {
  if (!out.includes("://")) return folderLake(resolve(root, out));
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/?$/.exec(out) ?? [];
  if (bucket === undefined) throw usage(`--out "${out}" is neither a folder nor s3://bucket/folder`);
  const { s3Lake } = await import("../../shared/adapters/aws/lake.ts");
  return s3Lake(bucket, prefix);
};

/** `export <kind>|all --format parquet --out <folder or s3://…> [--since <day>]`. */
export const exportParquet = async ({ words: [wanted = ""], values, terminal, json }: Call): Promise<number> => {
  const tables = tablesCalled(wanted);
  const out = text(values, "out");
  if (out === undefined || out === "")
    throw usage("Parquet is written into files: name their place with --out <folder> or --out s3://bucket/folder");
  const since = text(values, "since");
  if (since !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(since) || Number.isNaN(Date.parse(since))))
    throw usage(`--since "${since}" is not a day such as 2026-03-01`);
  const lake = await openLake(out, terminal.root);
  const store = await openStore(terminal);
  try {
    for (const table of tables) {
      const { rows, files, removed } = await writeTable(lake, store.embedded.ports.table, table, since);
      if (json) terminal.out(`${JSON.stringify({ table: table.name, rows, files, removed })}\n`);
      else told(terminal, `${table.name}: ${rows} rows in ${files} files${removed > 0 ? `, ${removed} removed` : ""}`);
    }
    return EXIT.ok;
  } finally {
    store.close();
  }
};

const told = (terminal: Terminal, line: string): void => terminal.note(`${line}\n`);

const DDL = { athena: athenaDdl, duckdb: duckdbDdl } as const;

/** `export ddl --target athena|duckdb --out <the lake's place>`: SQL for stdout. */
export const exportDdl = ({ values, terminal }: Call): number => {
  const target = text(values, "target") ?? "duckdb";
  if (!Object.hasOwn(DDL, target)) throw usage(`--target "${target}" is none of ${Object.keys(DDL).join(", ")}`);
  const out = text(values, "out");
  if (out === undefined || out === "")
    throw usage("say where the lake lies: --out <folder> or --out s3://bucket/folder");
  const location = out.includes("://") ? out : resolve(terminal.root, out);
  terminal.out(DDL[target as keyof typeof DDL](LAKE_TABLES, location));
  return EXIT.ok;
};
