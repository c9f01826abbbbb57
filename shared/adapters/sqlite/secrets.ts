import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Secrets } from "../../ports/secrets.ts";

/** Values from the environment first, then from the `.env` file, which is read anew each time so that edits count. */
export const environmentSecrets = (
  environment: Readonly<Record<string, string | undefined>>,
  envFile: string,
): Secrets => ({
  async get(name) {
    return own(environment, name) ?? own(fileValues(envFile), name);
  },
});

/** A value under this very name, neither empty nor inherited. */
const own = (values: Readonly<Record<string, string | undefined>>, name: string): string | undefined =>
  Object.hasOwn(values, name) && values[name] !== "" ? values[name] : undefined;

const fileValues = (path: string): NodeJS.Dict<string> => {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
};
