import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const FOLDER = new URL("../../../../shared/data/specs/", import.meta.url);

/** Whether the vendors' own descriptions are at hand; says on the console when they are not. */
export const hasSpec = (path: string): boolean => {
  const there = existsSync(new URL(path, FOLDER));
  if (!there) process.stderr.write(`skipped: ${path} is not at hand, so the sandbox is not held to it\n`);
  return there;
};

/** The text of a vendor's description. */
export const specText = (path: string): string => {
  const bytes = readFileSync(new URL(path, FOLDER));
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
};
