import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { companyConfig, secretsOf, WIDE } from "../e2e/company-config.ts";
import type { Time } from "./bench-hub.ts";

/** Where a company answers and as whom, in this process or another. */
export type Site = Pick<Sandbox, "urls" | "credentials">;

/** So wide that no bench measures how it was throttled. */
export const BUDGETS = WIDE;

export const VENDORS = ["jira", "linear", "github"] as const;
export type Vendor = (typeof VENDORS)[number];

const BEGIN = Date.parse("2026-03-02T10:00:00.000Z");
/** What part of the company's work items each tool holds. */
const SHARE: Readonly<Record<Vendor, number>> = { jira: 0.4, linear: 0.32, github: 0.28 };

/** Options of a company of which one tool holds about so many issues. */
export const sizedFor = (
  vendor: Vendor,
  issues: number,
): Required<Pick<SandboxOptions, "size" | "seed" | "until" | "limits">> => ({
  size: Math.ceil(issues / SHARE[vendor]),
  seed: 11,
  until: new Date(BEGIN),
  limits: BUDGETS,
});

/** A hub of one connection, which reads all that the connector reads by default. */
export const configOf = (vendor: Vendor, sandbox: Site): HubConfig => {
  const { connections } = companyConfig(sandbox as Sandbox, { github: { timeline: true, pullDetails: true } });
  return { connections: { [vendor]: connections[vendor] } };
};

export const secretsFor = (sandbox: Site): Record<string, string> => secretsOf(sandbox as Sandbox);

/** A company in this process, with a clock that only the bench moves. */
export const openBenchCompany = async (vendor: Vendor, issues: number) => {
  const time: Time = { now: BEGIN };
  const sandbox = await startSandbox({ ...sizedFor(vendor, issues), clock: () => time.now });
  return { sandbox, time, config: configOf(vendor, sandbox), secrets: secretsFor(sandbox) };
};

/** A folder for one run, of the bench's own name. */
export const scratchFolder = (): { readonly folder: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-bench-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
