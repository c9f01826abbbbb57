import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Secrets } from "../../ports/secrets.ts";

/**
 * Values from the environment first, then from the `.env` file, then from the hub's own folder. Files are read anew
 * each time, so that edits and other processes count.
 *
 * @param folder of the values that the hub stores itself: one file each, readable by its owner only
 */
export const environmentSecrets = (
  environment: Readonly<Record<string, string | undefined>>,
  envFile: string,
  folder: string,
): Secrets => ({
  async get(name) {
    return own(environment, name) ?? own(parseEnv(textOf(envFile) ?? ""), name) ?? textOf(pathIn(folder, name));
  },
  async put(name, value) {
    const path = pathIn(folder, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const part = `${path}.${randomUUID()}.part`;
    try {
      const file = await open(part, "wx", 0o600);
      try {
        await file.writeFile(value);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    const directory = await open(folder, "r");
    await directory.sync().finally(() => directory.close());
  },
});

/** A value under this very name, neither empty nor inherited. */
const own = (values: Readonly<Record<string, string | undefined>>, name: string): string | undefined =>
  Object.hasOwn(values, name) && values[name] !== "" ? values[name] : undefined;

const pathIn = (folder: string, name: string): string => join(folder, `${encodeURIComponent(name)}.secret`);

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
};
