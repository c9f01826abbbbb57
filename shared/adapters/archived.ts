import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { constants, gunzip, gzipSync, zstdCompressSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import type { Archived, ArchiveNote } from "../ports/archive.ts";

const gunzipped = promisify(gunzip);
const unpackedZstd = promisify(zstdDecompress);
/** A third of the time of gzip, and of pages of records half its size or less. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const ZSTD_MAGIC = 0x28;
/** Bytes as they are stored, a webhook's for example: to hand them to another thread takes longer than to work on them. */
export const SMALL = 64 * 1024;
const LARGEST = 256 * 1024 * 1024;

/** An archived payload before it is compressed: the note in the first line, then the bytes. */
interface Content {
  /** `{connection}/{yyyy-mm-dd}/{receivedAt}-{sha256}` */
  readonly ref: string;
  readonly content: Uint8Array;
}

/** One note and one payload have one address, whatever the order in which the note's parts were set. */
export const contentOf = (note: ArchiveNote, bytes: Uint8Array): Content => {
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(ordered(note))}\n`), bytes]);
  const digest = createHash("sha256").update(content).digest("hex");
  const name = `${compact(note.receivedAt)}-${digest}`;
  return { ref: `${folderOf(note.connectionId)}/${note.receivedAt.slice(0, 10)}/${name}`, content };
};

/** What stored payloads are called behind their address: what is new by the first, of before zstd and events by the second. */
export const ENDINGS = [".zst", ".gz"] as const;

/** The address of what is called so, or undefined if it is no payload. */
export const addressOf = (name: string): string | undefined => {
  const ending = ENDINGS.find((one) => name.endsWith(one));
  return ending && name.slice(0, -ending.length);
};

/** As it is stored. Events stay gzip: others fetch them whole, by what docs/events.md says. */
export const packed = (
  { what }: ArchiveNote,
  content: Uint8Array,
): { readonly stored: Buffer; readonly ending: (typeof ENDINGS)[number]; readonly type: string } =>
  what === "event"
    ? { stored: gzipSync(content, { level: 1 }), ending: ".gz", type: "application/gzip" }
    : { stored: zstdCompressSync(content, ZSTD), ending: ".zst", type: "application/zstd" };

/** @throws Error if it is damaged: cut off, changed, or not what lay at that address */
export const unpacked = async (ref: string, stored: Uint8Array): Promise<Archived> => {
  const limit = { maxOutputLength: LARGEST };
  const isZstd = stored[0] === ZSTD_MAGIC;
  const content =
    isZstd && stored.byteLength <= SMALL
      ? zstdDecompressSync(stored, limit)
      : await (isZstd ? unpackedZstd(stored, limit) : gunzipped(stored, limit));
  if (createHash("sha256").update(content).digest("hex") !== ref.slice(-64)) {
    throw new Error(`archived payload ${ref} is damaged: its content does not fit its address`);
  }
  const line = content.indexOf(0x0a);
  return { note: JSON.parse(content.toString("utf8", 0, line)), bytes: content.subarray(line + 1) };
};

/** @throws Error if it is none, or leads elsewhere */
export const checkRef = (ref: string): void => {
  if (!/^[\w.-]+\/\d{4}-\d{2}-\d{2}\/[\w.-]+-[0-9a-f]{64}$/.test(ref)) throw new Error("not an archive address");
};

/** @throws Error if it is no connection's id */
export const folderOf = (connectionId: string): string => {
  if (!/^[\w.-]{1,80}$/.test(connectionId) || connectionId.startsWith(".")) throw new Error("not a connection id");
  return connectionId;
};

/** A moment as it stands in addresses, whose order is that of the moments. */
export const compact = (moment: string): string => moment.replaceAll(":", "");

/** When a payload was received, from the last part of its address. */
export const receivedAt = (name: string): string =>
  name.replace(/^(.{10}T\d{2})(\d{2})(.{7}).*/, "$1:$2:$3").slice(0, 24);

const ordered = (note: ArchiveNote): unknown =>
  Object.fromEntries(Object.entries(note).sort(([a], [b]) => (a < b ? -1 : 1)));
