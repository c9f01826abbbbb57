import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Archive } from "../../ports/archive.ts";
import { addressOf, checkRef, contentOf, ENDINGS, folderOf, packed, receivedAt, unpacked } from "../archived.ts";

/** Content-addressed files below `folder`: the address and `.zst`, or `.gz`. */
export const fileArchive = (folder: string): Archive => ({
  async put(note, bytes) {
    const { ref, content } = contentOf(note, bytes);
    if (ENDINGS.some((ending) => existsSync(join(folder, `${ref}${ending}`)))) return ref;
    const { stored, ending } = packed(note, content);
    const path = join(folder, `${ref}${ending}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}.part`;
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(stored);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
    return ref;
  },

  async get(ref) {
    checkRef(ref);
    const [path, older] = ENDINGS.map((ending) => join(folder, `${ref}${ending}`)) as [string, string];
    return unpacked(ref, await readFile(existsSync(path) ? path : older));
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
