import { join } from "node:path";
import { openEmbedded, type Told } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { declare } from "../../shared/pipeline/declare.ts";
import { declarePlan } from "../../shared/pipeline/declare-plan.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import type { Job } from "../../shared/pipeline/messages.ts";
import { configInvalid } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import { useHub } from "../../shared/platform/current.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { localRunner } from "../local/runner.ts";
import { openWorkspace } from "../local/workspace.ts";
import { EXIT, type Terminal } from "./command.ts";
import { openStore } from "./open-store.ts";

/** Work for a hub, and what a command says of it. */
export interface Errand {
  readonly terminal: Terminal;
  /** Of the connections that were named, or of all. @throws HubError connection_unknown */
  readonly connections: readonly string[];
  readonly job: Omit<Job, "connection">;
  /** Whether a command waits for a hub that runs elsewhere. */
  readonly waits: boolean;
  /** Whether that hub has done it. */
  isDone(hub: Hub, names: readonly string[], since: string): Promise<boolean>;
  /** Every two seconds while this process does it. */
  progress(hub: Hub): Promise<void>;
  /** @returns the exit code */
  outcome(hub: Hub, names: readonly string[], since: string): Promise<number>;
}

const WAIT_AT_MOST_MS = 15 * 60_000;

/** Has jobs done by the running hub, or by this process where none runs. @returns the exit code */
export const runJobs = async (errand: Errand): Promise<number> => {
  try {
    return await alone(errand);
  } catch (error) {
    if (error instanceof HubError && error.code === "data_folder_locked") return await byRunningHub(errand);
    throw error;
  }
};

const namesOf = (hub: Hub, { connections }: Errand): readonly string[] => {
  const unknown = connections.find((name) => !hub.connectionNames.includes(name));
  if (unknown !== undefined) {
    throw new HubError(
      "connection_unknown",
      `no connection "${unknown}"; there are ${hub.connectionNames.join(", ")}`,
      { retry: "never" },
    );
  }
  return connections.length > 0 ? connections : hub.connectionNames;
};

const send = (hub: Hub, names: readonly string[], { job }: Errand): Promise<void> =>
  hub.ports.jobs.send(names.map((connection) => JSON.stringify({ connection, ...job })));

/** No hub runs: this process is one until everything is done. */
const alone = async (errand: Errand): Promise<number> => {
  const { terminal } = errand;
  const workspace = await openWorkspace({
    root: terminal.root,
    dataFolder: terminal.environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  const found = workspace.config;
  let wake = (_: Told) => {};
  let stop = async () => {};
  const url = found?.config.url ?? "http://localhost:4100";
  const embedded = openEmbedded({
    folder: workspace.folder,
    exclusive: true,
    environment: terminal.environment,
    envFile: join(terminal.root, ".env"),
    url,
    typePrefix: found?.config.eventTypePrefix,
    told: (what) => wake(what),
  });
  const log = quietLog(terminal.note);
  try {
    if (found === undefined) {
      throw new HubError(
        "config_missing",
        "there is no throughline.config.ts here; the demo's tools live only while npm start runs",
        { retry: "never" },
      );
    }
    const { config, file, text } = found;
    const problems = await connectionProblems(config, embedded.ports.secrets);
    if (problems.length > 0) throw configInvalid(problems, file, text);
    const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
    useHub(hub);
    const names = namesOf(hub, errand);
    await declare(hub);
    await declarePlan(hub);
    const since = new Date().toISOString();
    await send(hub, names, errand);
    const runner = localRunner(() => embedded, log);
    wake = runner.wake;
    const loops = runner.run();
    const progress = setInterval(() => void errand.progress(hub), 2000);
    stop = async () => {
      clearInterval(progress);
      await runner.stop();
      await loops;
    };
    await runner.quiet();
    return await errand.outcome(hub, names, since);
  } finally {
    await stop();
    embedded.close();
  }
};

/** A hub runs: it is asked, and watched if wanted. */
const byRunningHub = async (errand: Errand): Promise<number> => {
  const store = await openStore(errand.terminal);
  try {
    const names = namesOf(store.hub, errand);
    const since = new Date().toISOString();
    await send(store.hub, names, errand);
    if (!errand.waits) {
      errand.terminal.note("asked the running hub; --wait waits for it\n");
      return EXIT.ok;
    }
    for (const end = Date.now() + WAIT_AT_MOST_MS; Date.now() < end; ) {
      if (await errand.isDone(store.hub, names, since)) return await errand.outcome(store.hub, names, since);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return EXIT.running;
  } finally {
    store.close();
  }
};
