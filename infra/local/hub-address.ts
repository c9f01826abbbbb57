import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "hub-address";

/** Keeps beside the data at which address its hub answers, for commands that print links to it. @returns takes it away */
export const keepAddress = (folder: string, url: string): (() => void) => {
  writeFileSync(join(folder, FILE), `${url}\n`, { mode: 0o600 });
  return () => rmSync(join(folder, FILE), { force: true });
};

/** The address of the hub that runs over a data folder; undefined where none does. */
export const keptAddress = (folder: string): string | undefined => {
  try {
    const url = readFileSync(join(folder, FILE), "utf8").trim();
    return /^http:\/\/localhost:\d{1,5}$/.test(url) ? url : undefined;
  } catch {
    return undefined;
  }
};
