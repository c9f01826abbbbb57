import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Archive } from "../../ports/archive.ts";
import { addressOf, checkRef, contentOf, ENDINGS, folderOf, packed, receivedAt, SMALL, unpacked } from "../archived.ts";

const synced = promisify(fsync);

/** Content-addressed files below `folder`: the address and `.zst`, or `.gz`. */
export const fileArchive = (folder: string): Archive => ({
  async put(note, bytes) {
    const { ref, content } = contentOf(note, bytes);
    if (ENDINGS.some((ending) => existsSync(join(folder, `${ref}${ending}`)))) return ref;
    const { stored, ending } = packed(note, content);
    const path = join(folder, `${ref}${ending}`);
    const draft = `${path}.${randomUUID()}.part`;
    // Only the disk is waited for: each wait costs a turn of the loop, and all else takes a tenth of a millisecond.
    const file = created(draft);
    try {
      writeFileSync(file, stored);
      await synced(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    await syncFolder(dirname(path));
    return ref;
  },

  async get(ref) {
    checkRef(ref);
    const [path, older] = ENDINGS.map((ending) => join(folder, `${ref}${ending}`)) as [string, string];
    const file = existsSync(path) ? path : older;
    const isSmall = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= SMALL;
    return unpacked(ref, isSmall ? readFileSync(file) : await readFile(file));
  },

  async *list(connectionId, from = "", to = "9999") {
    for (const day of await names(join(folder, folderOf(connectionId)))) {
      if (day < from.slice(0, 10) || day > to.slice(0, 10)) continue;
      for (const name of await names(join(folder, folderOf(connectionId), day))) {
        const address = addressOf(name);
        if (address === undefined) continue;
        const at = receivedAt(address);
        if (at >= from && at <= to) yield `${connectionId}/${day}/${address}`;
      }
    }
  },
});

const names = async (path: string): Promise<string[]> => {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** A new file, with the folders above it. */
const created = (path: string): number => {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, "w", 0o600);
  }
};

/** A rename survives a power cut only once its folder is synced. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = openSync(path, "r");
  try {
    await synced(folder);
  } finally {
    closeSync(folder);
  }
};
