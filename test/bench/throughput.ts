import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { commit, openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import type { Archive } from "../../shared/ports/archive.ts";
import type { Row } from "../../shared/ports/table.ts";
import { openBenchCompany, scratchFolder, type Vendor } from "./bench-company.ts";
import { openBenchHub } from "./bench-hub.ts";

/** Speeds of one run, which mean something only beside each other. */
export interface Throughput {
  readonly vendor: Vendor;
  readonly issues: number;
  readonly records: number;
  readonly rows: number;
  readonly rounds: readonly Round[];
}

/** Seconds. */
export interface Round {
  /** The same pages read from the archive and parsed, and as many rows put into a table of its own. */
  readonly floor: number;
  readonly ingest: number;
  /** The archive read again after a change of the mapping that touches every record. */
  readonly rederive: number;
}

const ROUNDS = 3;

/** Ingests the pages of one first sync several times, by turns with the barest code that stores as much. */
export const measureThroughput = async (vendor: Vendor, issues: number): Promise<Throughput> => {
  const company = await openBenchCompany(vendor, issues);
  const room = scratchFolder();
  const first = await openBenchHub({ ...company, folder: room.folder });
  try {
    await first.run({ connection: vendor });
    const { archive } = first.hub.ports;
    const refs = await Array.fromAsync(archive.list(vendor));
    const rows = rowsIn(first.embedded.db);
    const records = (await Array.fromAsync(refs, async (ref) => recordsIn(await pageOf(archive, ref)))).flat().length;
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const floor = await floorSeconds(archive, refs, rows);
      rounds.push({ floor, ...(await oursSeconds(vendor, company, refs, join(room.folder, "archive"))) });
    }
    return { vendor, issues, records, rows: rows.length, rounds };
  } finally {
    first.close();
    room.remove();
    await company.sandbox.stop();
  }
};

const pageOf = async (archive: Archive, ref: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode((await archive.get(ref)).bytes));

const recordsIn = (page: unknown): unknown[] =>
  Object.values((page as { records: Record<string, unknown[]> }).records).flat();

const rowsIn = (db: DatabaseSync): Row[] => {
  const place = (pk: unknown, sk: unknown) => (pk === null ? undefined : { pk: String(pk), sk: String(sk) });
  return db
    .prepare("SELECT * FROM item")
    .all()
    .map((row) => {
      const list = place(row["list_pk"], row["list_sk"]);
      const due = place(row["due_pk"], row["due_sk"]);
      const data: unknown = JSON.parse(String(row["data"]));
      return {
        pk: String(row["pk"]),
        sk: String(row["sk"]),
        version: 1,
        data,
        ...(list && { list }),
        ...(due && { due }),
      };
    });
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const floorSeconds = async (archive: Archive, refs: readonly string[], rows: readonly Row[]): Promise<number> => {
  const room = scratchFolder();
  const db = openDatabase(room.folder);
  const table = sqliteTable(db);
  const each = Math.ceil(rows.length / refs.length);
  try {
    return await secondsOf(async () => {
      for (const [index, ref] of refs.entries()) {
        await pageOf(archive, ref);
        for (const row of rows.slice(index * each, (index + 1) * each)) await table.put(row);
      }
      commit(db);
    });
  } finally {
    db.close();
    room.remove();
  }
};

const oursSeconds = async (
  vendor: Vendor,
  { config, secrets, time }: Awaited<ReturnType<typeof openBenchCompany>>,
  refs: readonly string[],
  archive: string,
): Promise<Omit<Round, "floor">> => {
  const room = scratchFolder();
  symlinkSync(archive, join(room.folder, "archive"));
  try {
    const plain = await openBenchHub({ config, secrets, folder: room.folder, time });
    const messages = refs.map((rawRef) => JSON.stringify({ connection: vendor, rawRef }));
    const ingest = await secondsOf(() => plain.ingest(messages));
    plain.close();
    const products = { all: { name: "All", sources: [vendor] } };
    const mapped = await openBenchHub({ config: { ...config, products }, secrets, folder: room.folder, time });
    const rederive = await secondsOf(() => mapped.run({ connection: vendor, replay: {} }));
    mapped.close();
    return { ingest, rederive };
  } finally {
    room.remove();
  }
};
