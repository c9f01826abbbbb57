import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "../../shared/adapters/sqlite/database.ts";
import { holdsHub } from "../../shared/adapters/sqlite/index.ts";
import { ERRORS, type ErrorCode, HubError } from "../../shared/connector/errors.ts";
import { capabilitiesOf, rightsBeyondReading } from "../../shared/pipeline/capabilities.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import type { Connection } from "../../shared/pipeline/hub.ts";
import { problemLine } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { suggestion } from "../../shared/platform/suggestion.ts";
import { lost, tooWide, working } from "../../shared/report/capability-words.ts";
import type { ConnectionView } from "../../shared/store/views.ts";
import { keptDemoConfig } from "../local/demo.ts";
import { openWorkspace, type Workspace } from "../local/workspace.ts";
import type { Terminal } from "./command.ts";
import { outputs } from "./doctor-outputs.ts";
import { waiting } from "./doctor-waiting.ts";
import { type OpenStore, openBeside } from "./open-store.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly what: string;
  readonly fix?: string | undefined;
  readonly connection?: string | undefined;
  readonly code?: ErrorCode | undefined;
}

/** What the checks look at; parts are absent where what they rest on is broken. */
export interface Patient {
  readonly terminal: Terminal;
  readonly workspace?: Workspace | undefined;
  /** Of the user, or of the demo that was started here. */
  readonly config?: HubConfig | undefined;
  /** Whether a hub is at work in the data folder. */
  readonly running: boolean;
  /** Why there is no workspace. */
  readonly broken?: HubError | undefined;
  readonly store?: OpenStore | undefined;
  readonly views: readonly ConnectionView[];
  close(): void;
}

export type Check = (patient: Patient) => AsyncGenerator<Finding, void, undefined>;

/** @param only the one connection to look at. @throws HubError connection_unknown */
export const openPatient = async (terminal: Terminal, only: string | undefined): Promise<Patient> => {
  const { root, environment } = terminal;
  const dataFolder = environment["THROUGHLINE_DATA"] ?? ".throughline";
  let workspace: Workspace;
  try {
    workspace = await openWorkspace({ root, dataFolder, now: new Date() });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { terminal, broken: error, running: false, views: [], close: () => {} };
  }
  const { folder } = workspace;
  const config = workspace.config?.config ?? (holdsHub(folder) ? keptDemoConfig(folder) : undefined);
  const running = isAtWork(folder);
  if (config === undefined || !isWritable(folder))
    return { terminal, workspace, config, running, views: [], close: () => {} };
  const store = await openBeside(terminal, folder, config);
  try {
    const views = (await connectionViews(store.hub)).filter(({ name }) => only === undefined || name === only);
    if (views.length === 0 && only !== undefined) {
      const names = Object.keys(config.connections);
      throw new HubError("connection_unknown", `no connection "${only}"${suggestion(only, names)}`, {
        retry: "never",
      });
    }
    return { terminal, workspace, config, running, store, views, close: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
};

const isWritable = (folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isAtWork = (folder: string): boolean => {
  if (!holdsHub(folder)) return false;
  try {
    lockFolder(folder)();
    return false;
  } catch (error) {
    if (error instanceof HubError) return true;
    throw error;
  }
};

const config: Check = async function* ({ workspace, broken, config: held, running }) {
  const check = "config";
  if (broken !== undefined) yield { check, state: "fail", what: broken.message, fix: broken.fix, code: broken.code };
  else if (workspace?.config === undefined && held !== undefined)
    yield {
      check,
      state: running ? "ok" : "warn",
      what: running ? "the demo workspace, which is running" : "the demo workspace, which is not running",
      ...(!running && { fix: "npm start; the tools of the demo answer only while it runs" }),
    };
  else if (workspace?.config === undefined)
    yield {
      check,
      state: "warn",
      what: "no throughline.config.ts or .json here: npm start shows the demo workspace",
      fix: "throughline connect jira, linear or github; or throughline import github owner/repo",
    };
  else yield { check, state: "ok", what: `${workspace.config.file} can be read` };
};

/** Secrets that nobody set, settings that are wrong, addresses that would carry a credential in the open. */
const settings: Check = async function* ({ config: held, store, workspace }) {
  if (held === undefined || store === undefined) return;
  const problems = await connectionProblems(held, store.embedded.ports.secrets);
  const file = workspace?.config;
  for (const problem of problems) {
    const { path, message } = problem;
    const isSecret = message.includes(" is not set");
    yield {
      check: isSecret ? "secrets" : "settings",
      state: "fail",
      what:
        file === undefined ? `${path.map(String).join(".")}: ${message}` : problemLine(problem, file.file, file.text),
      fix: ERRORS[isSecret ? "secret_missing" : "config_invalid"],
      code: isSecret ? "secret_missing" : "config_invalid",
    };
  }
  if (problems.length === 0) yield { check: "settings", state: "ok", what: "all are valid, all secrets are set" };
};

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/;

const address: Check = async function* ({ config: held }) {
  const url = held?.url;
  if (url === undefined) return;
  const isSafe = url.startsWith("https://") || LOOPBACK.test(url);
  yield {
    check: "address",
    state: isSafe ? "ok" : "warn",
    what: isSafe ? `people reach the hub at ${url}` : `${url} is plain http: what people and tools send can be read`,
    ...(!isSafe && { fix: "put it behind https and set url to that address" }),
  };
};

const dataFolder: Check = async function* ({ workspace, running }) {
  if (workspace === undefined) return;
  const check = "data folder";
  const { folder } = workspace;
  if (!isWritable(folder)) {
    yield {
      check,
      state: "fail",
      what: `${folder} cannot be written`,
      fix: "give this user the right to write there, or set THROUGHLINE_DATA to another folder",
    };
    return;
  }
  yield { check, state: "ok", what: `${folder}: ${running ? "a" : "no"} hub is running in it` };
};

const envFile: Check = async function* ({ terminal }) {
  const path = join(terminal.root, ".env");
  if (!existsSync(path)) return;
  const { statSync } = await import("node:fs");
  const isOpen = (statSync(path).mode & 0o077) !== 0;
  yield {
    check: "secrets",
    state: isOpen ? "warn" : "ok",
    what: isOpen ? ".env can be read by other users of this machine" : ".env can be read by its owner only",
    ...(isOpen && { fix: "chmod 600 .env" }),
  };
};

const capabilities: Check = async function* ({ store, views, workspace, running }) {
  if (workspace?.config === undefined && !running) return;
  for (const { name } of views) {
    const opened = await store?.hub.connection(name).catch(() => undefined);
    // What keeps it from being opened was told before.
    if (opened !== undefined) yield* readsOf(opened);
  }
};

async function* readsOf(connection: Connection): AsyncGenerator<Finding, void, undefined> {
  const tried = await capabilitiesOf(connection);
  const common = { check: "reads", connection: connection.name } as const;
  const good = working(tried);
  if (good.length > 0) yield { ...common, state: "ok", what: `can read ${good.join(", ")}` };
  for (const one of tried) {
    if (one.works) continue;
    const code = one.code as ErrorCode;
    const { what, fix = ERRORS[code] } = lost(one);
    yield { ...common, state: "fail", what, fix, code };
  }
  const rights = good.length > 0 ? await rightsBeyondReading(connection) : [];
  if (rights.length > 0) yield { ...common, state: "warn", ...tooWide(rights) };
}

const credential: Check = async function* ({ views }) {
  for (const { name, credential: held } of views) {
    if (held === undefined) continue;
    const { kind, state, expiresAt } = held;
    const end = expiresAt === undefined ? "no expiry date known" : `ends ${expiresAt.slice(0, 10)}`;
    yield {
      check: "credential",
      connection: name,
      state: state === "ok" ? "ok" : state === "expiring" ? "warn" : "fail",
      what:
        state === "expired" ? `${kind}: was refused when it was last used, or has expired; ${end}` : `${kind}: ${end}`,
      ...(state !== "ok" && { fix: ERRORS.vendor_auth_expired }),
      ...(state === "expired" && { code: "vendor_auth_expired" as const }),
    };
  }
};

const webhooks: Check = async function* ({ views, store, workspace }) {
  const isDemo = workspace?.config === undefined;
  for (const { name, webhooks: held } of views) {
    const connection = await store?.hub.connection(name).catch(() => undefined);
    if (connection?.connector.webhook === undefined) continue;
    const { configured, lastReceivedAt, rejected } = held;
    const common = { check: "webhooks", connection: name } as const;
    if (!configured) {
      const fix = `throughline connect ${name} --webhooks --url https://<the hub's address>`;
      yield { ...common, state: "warn", what: "no secret is set: changes arrive with the next poll only", fix };
      continue;
    }
    const last = lastReceivedAt === undefined ? "none received yet" : `the last one came ${lastReceivedAt}`;
    const isRejected = rejected > 0;
    yield {
      ...common,
      state: isRejected || (lastReceivedAt === undefined && !isDemo) ? "warn" : "ok",
      what: isRejected ? `${last}; ${rejected} were refused` : last,
      ...(isRejected && { fix: ERRORS.signature_rejected }),
      ...(!isRejected &&
        !isDemo &&
        lastReceivedAt === undefined && {
          fix: `throughline connect ${name} --webhooks sets them up or brings them up to date`,
        }),
    };
  }
};

const data: Check = async function* ({ workspace, views, store }) {
  if (workspace === undefined || !holdsHub(workspace.folder)) return;
  for (const { name, state, reason, dataAsOf, quarantined, load, streams } of views) {
    const age = dataAsOf === undefined ? "nothing has been read completely yet" : `as of ${dataAsOf}`;
    const connection = await store?.hub.connection(name).catch(() => undefined);
    const onlySends =
      connection !== undefined && Object.values(connection.connector.streams).every(({ poll }) => poll === undefined);
    const isGood = state === "healthy" || (onlySends && state === "pending");
    yield {
      check: "data",
      connection: name,
      state: isGood ? "ok" : "warn",
      what: reason === undefined ? age : `${age}; ${reason}`,
      ...(!isGood && { fix: `throughline sync ${name}` }),
    };
    if (load !== undefined) {
      const { unread, failed24h, setAside24h, nextRunAt, quota } = load;
      const parts = [
        `${unread} of ${streams.length} streams not read yet`,
        `${failed24h} runs failed and ${setAside24h} records were set aside within 24 hours`,
        ...(nextRunAt === undefined ? [] : [`next run ${nextRunAt}`]),
        ...(quota === undefined ? [] : [`${quota.remaining} requests left at ${quota.at}`]),
      ];
      yield { check: "runs", connection: name, state: failed24h > 0 ? "warn" : "ok", what: parts.join("; ") };
    }
    yield {
      check: "set aside",
      connection: name,
      state: quarantined === 0 ? "ok" : "warn",
      what: `${quarantined} records could not be read`,
      ...(quarantined > 0 && { fix: ERRORS.payload_unreadable }),
    };
  }
};

/** In the order in which they are told: what comes later rests on what comes before. */
export const CHECKS: readonly Check[] = [
  config,
  settings,
  envFile,
  dataFolder,
  address,
  capabilities,
  credential,
  webhooks,
  data,
  waiting,
  outputs,
];
