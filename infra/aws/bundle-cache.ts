import { hash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Metafile } from "esbuild";

/** What lies in a kept bundle's folder beside its files. */
interface Kept {
  readonly metafile: Metafile;
  /** Of each file that went into it, by its path below the root. */
  readonly digests: Readonly<Record<string, string>>;
  /** Names of the bundle's own files. */
  readonly files: readonly string[];
}

/** Says that the code is in parts. */
const MODULE = ["package.json"];
/** Of the digest that a kept bundle is named by. */
const DIGITS = 16;
/** Bundles of one function, for who goes back and forth between branches. */
const KEPT = 8;

/** Files of one run, most of which are in every bundle. */
export type Digests = Map<string, string | undefined>;

const digestOf = (digests: Digests, root: string, path: string): string | undefined => {
  if (!digests.has(path))
    digests.set(
      path,
      read(() => hash("sha256", readFileSync(join(root, path)), "hex")),
    );
  return digests.get(path);
};

/** What is no file: the function's own opening and entry. */
const isMade = (path: string, { inputs }: Metafile): boolean =>
  path.startsWith("throughline:") || inputs[path]?.imports.some((one) => one.path.startsWith("throughline:")) === true;

const read = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/**
 * The bundle as it was made before, if every file that went into it is what it was; else makes it and keeps it. Bundling
 * nine functions takes longer than all else of a synthesis.
 *
 * @param asked all that decides what is made, beside the files
 * @param digests of this run
 */
export const keptOr = async (
  { root, folder, name, asked }: { root: string; folder: string; name: string; asked: string },
  digests: Digests,
  make: () => Promise<Metafile>,
): Promise<Metafile> => {
  const home = join(root, "node_modules", ".cache", "throughline");
  const place = join(home, `${name}-${hash("sha256", asked, "hex").slice(0, DIGITS)}`);
  const kept = read(() => JSON.parse(readFileSync(join(place, "kept.json"), "utf8")) as Kept);
  if (
    kept !== undefined &&
    Object.entries(kept.digests).every(([path, one]) => digestOf(digests, root, path) === one)
  ) {
    const isThere = read(() => {
      mkdirSync(folder, { recursive: true });
      for (const file of kept.files) copyFileSync(join(place, file), join(folder, file));
      return true;
    });
    if (isThere) return kept.metafile;
  }
  const metafile = await make();
  // Where nothing can be kept, it is made each time.
  read(() => keep({ home, place, name, folder, root }, metafile, digests));
  return metafile;
};

const keep = (
  { home, place, name, folder, root }: { home: string; place: string; name: string; folder: string; root: string },
  metafile: Metafile,
  digests: Digests,
): void => {
  mkdirSync(dirname(place), { recursive: true });
  const others = readdirSync(home)
    .filter((other) => other.slice(0, -DIGITS - 1) === name)
    .map((other) => join(home, other))
    .map((path) => ({ path, at: read(() => statSync(path).mtimeMs) ?? 0 }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of others.slice(KEPT - 1)) rmSync(path, { recursive: true, force: true });
  const draft = mkdtempSync(join(home, "draft-"));
  const files = [...Object.keys(metafile.outputs).map((path) => basename(path)), ...MODULE].filter((file) =>
    existsSync(join(folder, file)),
  );
  for (const file of files) copyFileSync(join(folder, file), join(draft, file));
  const sources = Object.keys(metafile.inputs).flatMap((path) =>
    isMade(path, metafile) ? [] : [[path, digestOf(digests, root, path) ?? ""]],
  );
  writeFileSync(
    join(draft, "kept.json"),
    JSON.stringify({ metafile, digests: Object.fromEntries(sources), files } as Kept),
  );
  rmSync(place, { recursive: true, force: true });
  renameSync(draft, place);
};
