import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cdk, synthesise } from "./cdk.ts";
import { type Change, changesBetween, type Template } from "./changes.ts";
import { deployedTemplate } from "./stack.ts";
import type { Target } from "./target.ts";

/** A template that was made and what it would change. */
export interface Planned {
  /** Of template and bundles. */
  readonly folder: string;
  readonly changes: readonly Change[];
}

/** Makes template and bundles in a folder of its own, compares with what is deployed, and cleans up after `use`. */
export const withPlan = async <Result>(
  cdk: Cdk,
  parts: { readonly target: Target; readonly root: string; readonly context: readonly string[] },
  use: (planned: Planned) => Promise<Result>,
): Promise<Result> => {
  const { target, root, context } = parts;
  const folder = mkdtempSync(join(tmpdir(), "throughline-deploy-"));
  try {
    await synthesise(cdk, { root, folder, context });
    const made = JSON.parse(readFileSync(join(folder, `${target.stack}.template.json`), "utf8")) as Template;
    return await use({ folder, changes: changesBetween(await deployedTemplate(target), made) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
