import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Lake } from "../../ports/lake.ts";

/** A lake of files in a folder. */
export const folderLake = (folder: string): Lake => ({
  async put(path, bytes) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    // Readers take files by their ending: one that is half written has another.
    const draft = `${target}.draft`;
    const file = await open(draft, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  },

  async *list(below) {
    const entries = await readdir(join(folder, below), { recursive: true, withFileTypes: true }).catch(noFolder);
    for (const entry of entries)
      if (entry.isFile()) yield relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/");
  },

  remove: (path) => rm(join(folder, path), { force: true }),
});

const noFolder = (error: NodeJS.ErrnoException): [] => {
  if (error.code === "ENOENT") return [];
  throw error;
};
