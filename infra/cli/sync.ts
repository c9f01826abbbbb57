import { join } from "node:path";
import { openEmbedded, type Told } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import { declare } from "../../shared/pipeline/declare.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { configInvalid } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import { useHub } from "../../shared/platform/current.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { localRunner } from "../local/runner.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Call, type Command, EXIT } from "./command.ts";
import { openStore } from "./open-store.ts";

const WAIT_AT_MOST_MS = 15 * 60_000;

export const sync: Command = {
  usage: "throughline sync [connection…] [--full] [--wait]",
  does: "read the tools now: by the running hub, or by this command where none runs; resumable",
  options: { full: { type: "boolean" }, wait: { type: "boolean" } },
  words: [0, 50],
  async run(call) {
    try {
      return await alone(call);
    } catch (error) {
      if (error instanceof HubError && error.code === "data_folder_locked") return await byRunningHub(call);
      throw error;
    }
  },
};

const jobs = (hub: Hub, { words, values }: Call): string[] => {
  const unknown = words.find((name) => !hub.connectionNames.includes(name));
  if (unknown !== undefined) {
    throw new HubError(
      "connection_unknown",
      `no connection "${unknown}"; there are ${hub.connectionNames.join(", ")}`,
      { retry: "never" },
    );
  }
  const names = words.length > 0 ? words : hub.connectionNames;
  return names.map((connection) => JSON.stringify({ connection, ...(values["full"] === true && { full: true }) }));
};

/** No hub runs: this process is one until everything is read. */
const alone = async (call: Call): Promise<number> => {
  const { terminal } = call;
  const workspace = await openWorkspace({
    root: terminal.root,
    dataFolder: terminal.environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  if (workspace.config === undefined) {
    throw new HubError(
      "config_missing",
      "there is no throughline.config.ts here; the demo's tools live only while npm start runs",
      { retry: "never" },
    );
  }
  const { config, file, text } = workspace.config;
  let wake = (_: Told) => {};
  let stop = async () => {};
  const url = config.url ?? "http://localhost:4100";
  const embedded = openEmbedded({
    folder: workspace.folder,
    exclusive: true,
    environment: terminal.environment,
    envFile: join(terminal.root, ".env"),
    url,
    typePrefix: config.eventTypePrefix,
    told: (what) => wake(what),
  });
  const log = quietLog(terminal.note);
  try {
    const problems = await connectionProblems(config, embedded.ports.secrets);
    if (problems.length > 0) throw configInvalid(problems, file, text);
    const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
    useHub(hub);
    await declare(hub);
    const since = new Date().toISOString();
    await embedded.ports.jobs.send(jobs(hub, call));
    const runner = localRunner(() => embedded, log);
    wake = runner.wake;
    const loops = runner.run();
    const progress = setInterval(() => void tell(hub, terminal.note), 2000);
    stop = async () => {
      clearInterval(progress);
      await runner.stop();
      await loops;
    };
    await runner.quiet();
    return await outcome(hub, call, since);
  } finally {
    await stop();
    embedded.close();
  }
};

/** A hub runs: it is asked, and watched if wanted. */
const byRunningHub = async (call: Call): Promise<number> => {
  const store = await openStore(call.terminal);
  try {
    const since = new Date().toISOString();
    await store.hub.ports.jobs.send(jobs(store.hub, call));
    if (call.values["wait"] !== true) {
      call.terminal.note("asked the running hub to sync; --wait waits for it\n");
      return EXIT.ok;
    }
    const names = call.words.length > 0 ? call.words : store.hub.connectionNames;
    for (const end = Date.now() + WAIT_AT_MOST_MS; Date.now() < end; ) {
      const views = (await connectionViews(store.hub)).filter(({ name }) => names.includes(name));
      // A credential that is refused ends a run: the streams after it are not tried.
      const isDone = views.every(
        ({ streams }) =>
          streams.every(({ state, startedAt = "" }) => state !== "syncing" && startedAt >= since) ||
          streams.some(({ error, startedAt = "" }) => error?.code === "vendor_auth_expired" && startedAt >= since),
      );
      if (isDone) return await outcome(store.hub, call, since);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return EXIT.running;
  } finally {
    store.close();
  }
};

const tell = async (hub: Hub, note: (words: string) => void): Promise<void> => {
  for (const { name, streams } of await connectionViews(hub)) {
    const at = streams.find(({ state }) => state === "syncing");
    if (at !== undefined)
      note(`${name}: reading ${at.stream}${at.scope === "" ? "" : ` of ${at.scope}`}, ${at.records} records\n`);
  }
};

const outcome = async (hub: Hub, call: Call, since: string): Promise<number> => {
  const views = (await connectionViews(hub)).filter(({ name }) => call.words.length === 0 || call.words.includes(name));
  const rows = views.flatMap(({ name, streams }) =>
    streams.filter(({ startedAt = "" }) => startedAt >= since).map((run) => ({ connection: name, ...run })),
  );
  for (const { connection, stream, scope, state, records, error } of rows) {
    if (call.json) call.terminal.out(`${JSON.stringify({ connection, stream, scope, state, records, error })}\n`);
    else
      call.terminal.out(
        `${state === "completed" ? "✓" : "✗"} ${connection}/${stream}${scope === "" ? "" : ` ${scope}`}: ${records} records${error === undefined ? "" : `, ${error.message} (${error.code})`}\n`,
      );
  }
  const failed = rows.filter(({ state }) => state === "failed");
  if (failed.length === 0) return EXIT.ok;
  if (failed.length < rows.length) return EXIT.partly;
  return failed.every(({ error }) => error?.code === "vendor_auth_expired") ? EXIT.unauthorised : EXIT.unreachable;
};
