import { HubError } from "../../shared/connector/errors.ts";
import { FIELDS, type FieldedKind } from "../../shared/domain/entity.ts";
import type { Link } from "../../shared/domain/link.ts";
import { snakeCase } from "../../shared/domain/snake-case.ts";
import { suggestion } from "../../shared/platform/config.ts";
import { everyAct } from "../../shared/store/audit.ts";
import { everyOf, linksOf } from "../../shared/store/entities.ts";
import { everyPerson } from "../../shared/store/people.ts";
import { AS_OF } from "./as-of.ts";
import { type Command, EXIT, text } from "./command.ts";
import { openStore } from "./open-store.ts";
import { wireEntity, wireLink, wirePerson } from "./wire.ts";

/** Kinds of rows that are no entities of a tool, with the columns of their CSV. */
const OWN_COLUMNS = {
  link: ["from", "to", "type", "origin", "confidence", "valid_from", "valid_to", "evidence"],
  act: ["id", "at", "by", "act", "subject", "detail"],
  person: ["id", "name", "slug", "state", "accounts", "may_be", "conflicts", "recorded_at", "version"],
} as const;
type OwnKind = keyof typeof OWN_COLUMNS;
const isOwn = (kind: string): kind is OwnKind => Object.hasOwn(OWN_COLUMNS, kind);

const KINDS: ReadonlyMap<string, FieldedKind> = new Map(
  (Object.keys(FIELDS) as FieldedKind[]).flatMap((kind) => [
    [kind, kind],
    [snakeCase(kind), kind],
  ]),
);

export const exportEntities: Command = {
  usage:
    "throughline export <kind>|all|ddl [--format ndjson|csv|parquet] [--out <folder>|s3://…] [--since D] [--as-of D] [--target athena|duckdb]",
  does: "the stored entities of a kind (feature, work_item, pull_request, …, link, person; act for the audit log), in an order that stays; feature_status: features as they are shown, or were with --as-of; as Parquet into a lake, feature_status and all kinds too; ddl prints the SQL that opens the lake",
  options: {
    format: { type: "string" },
    out: { type: "string" },
    since: { type: "string" },
    ...AS_OF,
    target: { type: "string" },
  },
  words: [1, 1],
  async run(call) {
    const {
      words: [wanted = ""],
      values,
      terminal,
    } = call;
    const format = text(values, "format") ?? "ndjson";
    if (!["ndjson", "csv", "parquet"].includes(format))
      throw new HubError("usage", `--format "${format}" is none of ndjson, csv, parquet`, { retry: "never" });
    if (wanted === "ddl") return (await import("./export-lake.ts")).exportDdl(call);
    if (format === "parquet") return (await import("./export-lake.ts")).exportParquet(call);
    if (wanted === "all")
      throw new HubError("usage", "all kinds at once need --format parquet and --out", { retry: "never" });
    if (text(values, "out") !== undefined || text(values, "since") !== undefined)
      throw new HubError("usage", "--out and --since go with --format parquet", { retry: "never" });
    const row = (cells: readonly unknown[]) => `${cells.map(cell).join(",")}\r\n`;
    if (wanted === "feature_status") return (await import("./export-status.ts")).exportStatus(call, format, row);
    if (text(values, "as-of") !== undefined)
      throw new HubError(
        "usage",
        "--as-of goes with feature_status: only what is shown of features is kept of the past",
        {
          retry: "never",
        },
      );
    const kind = KINDS.get(wanted);
    if (kind === undefined && !isOwn(wanted)) {
      const known = [...KINDS.keys(), ...Object.keys(OWN_COLUMNS)];
      throw new HubError("usage", `no kind "${wanted}"${suggestion(wanted, known)}`, { retry: "never" });
    }
    const store = await openStore(terminal);
    const { table } = store.embedded.ports;
    try {
      let columns: readonly string[] | undefined;
      for await (const one of rowsOf(table, kind ?? wanted)) {
        if (format === "ndjson") terminal.out(`${JSON.stringify(one)}\n`);
        else {
          if (columns === undefined) {
            columns = kind === undefined ? OWN_COLUMNS[wanted as OwnKind] : columnsOf(kind);
            terminal.out(row(columns));
          }
          terminal.out(row(columns.map((column) => (one as Record<string, unknown>)[column])));
        }
      }
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

type Table = Parameters<typeof everyOf>[0];

const rowsOf = (table: Table, kind: string): AsyncGenerator<unknown> => {
  if (kind === "link") return links(table);
  if (kind === "act") return everyAct(table);
  return kind === "person" ? persons(table) : entities(table, kind as FieldedKind);
};

async function* persons(table: Table): AsyncGenerator<unknown> {
  for await (const person of everyPerson(table)) yield wirePerson(person);
}

async function* entities(table: Table, kind: FieldedKind): AsyncGenerator<unknown> {
  for await (const entity of everyOf(table, kind)) yield wireEntity(entity);
}

/** Every link once: from its start. */
async function* links(table: Table): AsyncGenerator<unknown> {
  for (const kind of Object.keys(FIELDS) as FieldedKind[]) {
    for await (const { id } of everyOf(table, kind)) {
      for (const link of await linksOf(table, id, "out")) yield wireLink(link satisfies Link);
    }
  }
}

const ENVELOPE = [
  "id",
  "product_ids",
  "source",
  "presence",
  "source_created_at",
  "source_updated_at",
  "first_seen_at",
  "recorded_at",
  "version",
];
const columnsOf = (kind: FieldedKind): string[] => [...ENVELOPE, ...Object.keys(FIELDS[kind].shape).map(snakeCase)];

/** RFC 4180, and nothing that a spreadsheet would run as a formula. */
const cell = (value: unknown): string => {
  const words =
    value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const inert = typeof value === "string" && /^[\s\0]*[=+\-@\t\r\n\0＝＋－＠]/u.test(words) ? `'${words}` : words;
  return /[",\r\n\0]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
};
