import { type Sandbox, type SandboxOptions, startSandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { companyConfig, SECRET, secretsOf, WIDE } from "../e2e/company-config.ts";
import { HubUnderTest, scratch, type Time, webhookDoor } from "./hub-under-test.ts";

export type Vendor = "jira" | "linear" | "github";

const BEGIN = Date.parse("2026-03-02T10:00:00.000Z");

/** The streams of work, which histories are about; the others are read at the first sync. */
export const WORK: Readonly<Record<Vendor, readonly string[]>> = {
  jira: ["issues", "versions"],
  linear: ["issues", "projects"],
  github: ["issues", "milestones"],
};

/** What is read until nothing moves any more. */
export const ALL_WORK: Readonly<Record<Vendor, readonly string[]>> = {
  jira: ["statuses", ...WORK.jira],
  linear: ["states", ...WORK.linear],
  github: WORK.github,
};

export interface CompanyOptions extends SandboxOptions {
  /** In place of what the connection says by default. */
  readonly connection?: object;
  readonly settings?: object;
  readonly statuses?: HubConfig["statuses"];
}

/** A small company with one of its tools, and hubs that all begin with the same first sync of it. */
export const openCompany = async (vendor: Vendor, options: CompanyOptions = {}) => {
  const { connection = {}, settings = {}, statuses, ...sandboxOptions } = options;
  const time: Time = { now: BEGIN };
  const door = await webhookDoor();
  const sandbox: Sandbox = await startSandbox({
    size: 20,
    seed: 11,
    clock: () => time.now,
    limits: WIDE,
    webhooks: { [vendor]: { url: `${door.url}/hooks/${vendor}`, secret: SECRET } },
    ...sandboxOptions,
  });
  const all = companyConfig(sandbox, { github: { timeline: true } });
  /** @param other settings of the connection, in place of its own */
  const config = (more: Partial<HubConfig> = {}, other: object = {}): HubConfig => {
    const own = all.connections[vendor];
    const connections = { [vendor]: { ...own, config: { ...own.config, ...settings, ...other }, ...connection } };
    return { connections, ...(statuses && { statuses }), ...more } as HubConfig;
  };
  const room = scratch();
  const secrets = secretsOf(sandbox);
  let before: string | undefined;
  return {
    sandbox,
    time,
    config,
    /** Where webhooks arrive. */
    door: door.url,
    /** A hub that knows nothing, or what was kept in a file. */
    open: (from?: string, as: HubConfig = config()) => HubUnderTest.open(as, secrets, time, room.folder, from),
    file: (name: string) => `${room.folder}/${name}`,
    /** A hub that knows the company as it was at first. */
    async begin(): Promise<HubUnderTest> {
      sandbox.reset();
      if (before === undefined) {
        time.now = BEGIN;
        const first = await this.open();
        await first.ask({ connection: vendor });
        await first.drain(true);
        first.keep(`${room.folder}/before.db`);
        first.close();
        before = `${room.folder}/before.db`;
      }
      await sandbox.control({ do: "webhooks", mode: "hold" });
      time.now = BEGIN + 60_000;
      return this.open(before);
    },
    async close() {
      await sandbox.stop();
      await door.close();
      room.remove();
    },
  };
};

export type Company = Awaited<ReturnType<typeof openCompany>>;
