import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { findConfig } from "./read-config.ts";

/** The size and seed of the made-up company, and the end of its history, which stays so that a restart goes on with the same. */
const DemoShape = z.object({ seed: z.int(), size: z.int(), until: z.iso.datetime() });
export type DemoCompany = z.output<typeof DemoShape>;

/** A data folder and what it holds: the demo company's, or that of the user's config. */
export interface Workspace {
  readonly folder: string;
  readonly demo?: DemoCompany | undefined;
  readonly config?: { readonly config: HubConfig; readonly file: string; readonly text: string } | undefined;
}

export const DEMO_SEED = 7;
export const DEMO_SIZE = 1200;

/**
 * Decides what is worked with: the config of the current folder, else the demo.
 *
 * @param options.demo the demo on purpose, beside a config
 * @throws HubError config_invalid: a broken config never falls back to the demo
 */
export const openWorkspace = async (options: {
  readonly root: string;
  readonly dataFolder: string;
  readonly demo?: boolean;
  readonly seed?: number | undefined;
  readonly size?: number | undefined;
  readonly now: Date;
}): Promise<Workspace> => {
  const data = resolve(options.root, options.dataFolder);
  const found = options.demo ? undefined : await findConfig(options.root);
  if (found !== undefined) return { folder: join(data, "hub"), config: found };
  const last = readJson(join(data, "demo.json"), DemoShape.pick({ seed: true, size: true }));
  const seed = options.seed ?? (options.size === undefined ? last?.seed : undefined) ?? DEMO_SEED;
  const size = options.size ?? (options.seed === undefined ? last?.size : undefined) ?? DEMO_SIZE;
  const folder = join(data, `demo-${seed}-${size}`);
  const file = join(folder, "company.json");
  const today = `${options.now.toISOString().slice(0, 10)}T00:00:00.000Z`;
  const demo = readJson(file, DemoShape) ?? { seed, size, until: today };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  keepJson(file, demo);
  keepJson(join(data, "demo.json"), { seed, size });
  return { folder, demo };
};

const readJson = <S extends z.ZodType>(path: string, shape: S): z.output<S> | undefined => {
  try {
    return shape.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
};

/** Written whole or not at all, and only if it says something else: commands that only read call this too. */
const keepJson = (path: string, value: unknown): void => {
  const text = `${JSON.stringify(value)}\n`;
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
};

/** Signs this workspace's cursors and the demo's webhooks; made once, kept beside the data, never shown. */
export const workspaceKey = (folder: string): string => {
  const path = join(folder, "workspace.key");
  const held = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (/^[0-9a-f]{64}$/.test(held)) return held;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = randomBytes(32).toString("hex");
  writeFileSync(`${path}.part`, key, { mode: 0o600 });
  renameSync(`${path}.part`, path);
  return key;
};
