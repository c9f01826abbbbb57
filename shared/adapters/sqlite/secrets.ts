import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Secrets } from "../../ports/secrets.ts";

/** Values from the environment first, then from the `.env` file, which is read anew each time so that edits count. */
export const environmentSecrets = (
  environment: Readonly<Record<string, string | undefined>>,
  envFile: string,
): Secrets => ({
  async get(name) {
    const set = environment[name];
    if (set !== undefined && set !== "") return set;
    const written = fileValues(envFile)[name];
    return written === "" ? undefined : written;
  },
});

const fileValues = (path: string): NodeJS.Dict<string> => {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
};
