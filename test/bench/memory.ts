import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BUDGETS, type Site, scratchFolder, sizedFor, type Vendor } from "./bench-company.ts";
import type { Order, Peak } from "./measured-run.ts";

/** Peaks of a first sync and of a census after it, each in a process of its own. */
export interface Memory {
  readonly vendor: Vendor;
  readonly issues: number;
  readonly first: Peak;
  readonly census: Peak;
}

const SANDBOX = fileURLToPath(new URL("../../infra/sandbox/main.ts", import.meta.url));
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** @param whole derives and publishes too */
export const measureMemory = async (vendor: Vendor, issues: number, whole: boolean): Promise<Memory> => {
  const room = scratchFolder();
  const company = await companyProcess(vendor, issues);
  try {
    const run = (job: Order["job"]) => measured({ vendor, site: company.site, folder: room.folder, job, whole });
    return { vendor, issues, first: await run({}), census: await run({ census: "now" }) };
  } finally {
    await company.stop();
    room.remove();
  }
};

/** The vendors in another process, so that their memory does not count. */
export const companyProcess = async (vendor: Vendor, issues: number) => {
  const { size, seed, until } = sizedFor(vendor, issues);
  const args = ["--size", size, "--seed", seed, "--until", until.toISOString()].map(String);
  const child = spawn(process.execPath, [SANDBOX, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const site = await firstJson<Site>(child);
  for (const [budget, to] of Object.entries(BUDGETS)) {
    const answer = await fetch(site.urls.control, {
      method: "POST",
      body: JSON.stringify({ do: "limit", budget, to }),
    });
    if (!answer.ok) throw new Error(`the sandbox refused: ${await answer.text()}`);
  }
  return {
    site,
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
};

const measured = (order: Order): Promise<Peak> => benchProcess<Peak>("measured-run", JSON.stringify(order)).said;

/** One of the benches in a process of its own, with the first whole JSON that it prints. */
export const benchProcess = <Said>(name: string, ...args: readonly string[]) => {
  const child = spawn(process.execPath, [MAIN, name, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  return {
    said: firstJson<Said>(child),
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
};

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once("close", resolve))
    : Promise.resolve();

/** What a process prints, as soon as it is whole. @throws {Error} if the process ends before */
const firstJson = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      try {
        resolve(JSON.parse(text) as T);
      } catch {
        // More is to come.
      }
    });
    child.once("close", (code) => reject(new Error(`ended with ${code} before it had said anything whole: ${text}`)));
  });
