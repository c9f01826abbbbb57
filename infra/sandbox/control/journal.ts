import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Request } from "./outcome.ts";

/** One change as it was asked for, with its time. */
export interface Entry {
  readonly time: number;
  readonly request: Request;
}

/** Keeps changes in a file, one line of JSON each, so that they outlive the process. */
export class Journal {
  readonly #file: string | undefined;

  /** @param file where to keep them; without one nothing is kept */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  }

  /** The changes kept so far. A last line that was cut off by a crash is left out. */
  read(): readonly Entry[] {
    if (this.#file === undefined || !existsSync(this.#file)) return [];
    const entries: Entry[] = [];
    for (const line of readFileSync(this.#file, "utf8").split("\n")) {
      if (line.trim() === "") continue;
      try {
        entries.push(JSON.parse(line) as Entry);
      } catch {
        break;
      }
    }
    return entries;
  }

  clear(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
  }

  append(entry: Entry): void {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}
