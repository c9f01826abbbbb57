import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Archive, ArchiveNote } from "../../ports/archive.ts";

const zip = promisify(gzip);
const unzip = promisify(gunzip);
const LARGEST = 256 * 1024 * 1024;

/** Content-addressed files below `folder`: `{connection}/{yyyy-mm-dd}/{receivedAt}-{sha256}.gz`, note in the first line. */
export const fileArchive = (folder: string): Archive => ({
  async put(note, bytes) {
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(ordered(note))}\n`), bytes]);
    const digest = createHash("sha256").update(content).digest("hex");
    const ref = `${safe(note.connectionId)}/${note.receivedAt.slice(0, 10)}/${note.receivedAt.replaceAll(":", "")}-${digest}`;
    const path = join(folder, `${ref}.gz`);
    if (await exists(path)) return ref;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}.part`;
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(await zip(content, { level: 1 }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
    return ref;
  },

  async get(ref) {
    if (!/^[\w.-]+\/\d{4}-\d{2}-\d{2}\/[\w.-]+-[0-9a-f]{64}$/.test(ref)) throw new Error("not an archive address");
    const content = await unzip(await readFile(join(folder, `${ref}.gz`)), { maxOutputLength: LARGEST });
    if (createHash("sha256").update(content).digest("hex") !== ref.slice(-64)) {
      throw new Error(`archived payload ${ref} is damaged: its content does not fit its address`);
    }
    const line = content.indexOf(0x0a);
    return { note: JSON.parse(content.toString("utf8", 0, line)), bytes: content.subarray(line + 1) };
  },

  async *list(connectionId, from = "", to = "9999") {
    for (const day of await names(join(folder, safe(connectionId)))) {
      if (day < from.slice(0, 10) || day > to.slice(0, 10)) continue;
      for (const name of await names(join(folder, safe(connectionId), day))) {
        if (!name.endsWith(".gz")) continue;
        const at = name.replace(/^(.{10}T\d{2})(\d{2})(.{7}).*/, "$1:$2:$3").slice(0, 24);
        if (at >= from && at <= to) yield `${connectionId}/${day}/${name.slice(0, -3)}`;
      }
    }
  },
});

const safe = (connectionId: string): string => {
  if (!/^[\w.-]{1,80}$/.test(connectionId) || connectionId.startsWith(".")) throw new Error("not a connection id");
  return connectionId;
};

/** One note, one text, whatever the order in which its parts were set. */
const ordered = (note: ArchiveNote): unknown =>
  Object.fromEntries(Object.entries(note).sort(([a], [b]) => (a < b ? -1 : 1)));

const exists = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );

const names = async (path: string): Promise<string[]> => {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

/** A rename survives a power cut only once its folder is synced. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
