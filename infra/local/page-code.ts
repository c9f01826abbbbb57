import { hash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { version as esbuild, transformSync } from "esbuild";

/**
 * A `.tsx` file as Node reads it. The last that was made of each file is kept, since making all pages again is half of a start.
 *
 * @param name of the file, the same in every checkout
 * @param folder where it is kept, if it may be written to
 */
export const pageCode = (file: string, name: string, folder: string): string => {
  const source = readFileSync(file, "utf8");
  const place = `${name.replaceAll(/[^\w.-]/g, "+")}-`;
  const kept = join(folder, `${place}${hash("sha256", `${esbuild}\n${source}`).slice(0, 16)}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const code = made(file, source);
    keep(kept, place, folder, code);
    return code;
  }
};

const made = (file: string, source: string): string =>
  transformSync(source, {
    loader: "tsx",
    format: "esm",
    target: "node24",
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    sourcemap: "inline",
    sourcefile: basename(file),
  }).code;

const keep = (kept: string, place: string, folder: string, code: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
    for (const other of readdirSync(folder)) if (other.startsWith(place)) rmSync(join(folder, other), { force: true });
    // Whole or not at all, whoever else starts now.
    const draft = join(folder, `draft-${randomUUID()}`);
    writeFileSync(draft, code);
    renameSync(draft, kept);
  } catch {
    // Made again next time.
  }
};
