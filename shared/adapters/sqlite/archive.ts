import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Archive } from "../../ports/archive.ts";
import { checkRef, contentOf, folderOf, receivedAt, unzipped, zipped } from "../archived.ts";

/** Content-addressed files below `folder`: the address and `.gz`. */
export const fileArchive = (folder: string): Archive => ({
  async put(note, bytes) {
    const { ref, content } = contentOf(note, bytes);
    const path = join(folder, `${ref}.gz`);
    if (await exists(path)) return ref;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${randomUUID()}.part`;
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(await zipped(content));
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
    return unzipped(ref, await readFile(join(folder, `${ref}.gz`)));
  },

  async *list(connectionId, from = "", to = "9999") {
    for (const day of await names(join(folder, folderOf(connectionId)))) {
      if (day < from.slice(0, 10) || day > to.slice(0, 10)) continue;
      for (const name of await names(join(folder, folderOf(connectionId), day))) {
        if (!name.endsWith(".gz")) continue;
        const at = receivedAt(name);
        if (at >= from && at <= to) yield `${connectionId}/${day}/${name.slice(0, -3)}`;
      }
    }
  },
});

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
