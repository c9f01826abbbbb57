import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { openEmbedded, type Told } from "../../shared/adapters/sqlite/index.ts";
import { HubError, safeReason, systemCode } from "../../shared/connector/errors.ts";
import { becauseAt } from "../../shared/pipeline/because-at.ts";
import { gaugesOf } from "../../shared/pipeline/gauges.ts";
import type { Hub, Log } from "../../shared/pipeline/hub.ts";
import { requeueWebhooks } from "../../shared/pipeline/requeue.ts";
import { configInvalid } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import { outputs, reports, useHub } from "../../shared/platform/current.ts";
import { OPEN_METRICS, registry } from "../../shared/platform/metrics.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { reportWarnings } from "../../shared/platform/report-warnings.ts";
import { derivedKey, serveAs } from "../../shared/platform/serving.ts";
import { type Sandbox, SITES, startSandbox } from "../sandbox/index.ts";
import { demoConfig, keepDemoConfig } from "./demo.ts";
import { answer, httpEvent } from "./http-event.ts";
import { keepAddress } from "./hub-address.ts";
import { localPicture } from "./picture.ts";
import { endless } from "./pumps.ts";
import { type Receipts, receipts } from "./receipts.ts";
import { localRunner, type Runner } from "./runner.ts";
import { type Workspace, workspaceKey } from "./workspace.ts";

export interface LocalHub {
  readonly url: string;
  readonly hub: Hub;
  readonly runner: Runner;
  readonly sandbox: Sandbox | undefined;
  /** Whether it asks who somebody is. */
  readonly signIn: boolean;
  /** Ends what it started, in order; the data stays. */
  stop(): Promise<void>;
}

/** Ends one thing that was started. */
type Undo = () => unknown;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const REPORTS_MS = 15_000;

/** The host name of the address under which people reach the hub, where that is another than this machine's. */
const namesOf = (url: string): string[] => [new URL(url).hostname].filter((name) => !LOOPBACK.includes(name));

/**
 * Starts the whole hub in this process: server, loops, timers and, for a workspace without config, the vendor sandbox.
 * Resolves when it answers; the first sync goes on behind it.
 *
 * @throws HubError port_in_use | data_folder_locked | config_invalid
 */
export const startLocalHub = async (options: {
  readonly workspace: Workspace;
  readonly port: number;
  /** The address that it listens at; 127.0.0.1 without it. Any other than this machine's own asks for a sign-in. */
  readonly listen?: string | undefined;
  readonly root: string;
  readonly log: Log;
  /** In place of what the connections say. */
  readonly pollEverySeconds?: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<LocalHub> => {
  const { workspace, log } = options;
  const key = workspaceKey(workspace.folder);
  let wake = (_: Told) => {};
  const { server, port } = await listen(options.port, options.listen ?? "127.0.0.1");
  const url = `http://localhost:${port}`;
  const undo: Undo[] = [() => closed(server)];
  try {
    const embedded = openEmbedded({
      folder: workspace.folder,
      exclusive: true,
      environment: options.environment,
      envFile: join(options.root, ".env"),
      url: workspace.config?.config.url ?? url,
      typePrefix: workspace.config?.config.eventTypePrefix,
      told: (what) => wake(what),
    });
    undo.push(() => embedded.close());
    undo.push(keepAddress(workspace.folder, url));
    const webhookSecret = Buffer.from(derivedKey(key, "demo webhooks")).toString("hex");
    const sandbox = workspace.demo && (await openSandbox(workspace, url, webhookSecret));
    if (sandbox !== undefined) undo.push(() => sandbox.stop());
    const config = sandbox === undefined ? workspace.config?.config : demoConfig(sandbox, webhookSecret);
    if (config === undefined) throw new HubError("config_missing", "there is no configuration", { retry: "never" });
    if (sandbox !== undefined) keepDemoConfig(workspace.folder, config);
    const problems = await connectionProblems(config, embedded.ports.secrets);
    if (problems.length > 0)
      throw configInvalid(problems, workspace.config?.file ?? "the demo", workspace.config?.text ?? "");
    const counts = registry();
    const hub = await openHub({ config, ports: embedded.ports, log, meter: counts, url, alone: true });
    useHub(hub, config.outputs, { config, source: workspace.config, picture: localPicture, becauseAt });
    for (const reason of reportWarnings(config, hub.ports.clock.now())) log.warn({ reason }, "config");
    if (embedded.lostChanges > 0)
      log.warn(
        {
          records: embedded.lostChanges,
          reason: "a power cut took the last changes: what tools said is read again, what people said is not",
        },
        "store",
      );
    if (embedded.brokenOffAt !== undefined) await requeueWebhooks(hub, embedded.brokenOffAt);
    const required = config.access?.required === true || !LOOPBACK.includes(options.listen ?? "localhost");
    serveAs({
      cursorKey: async () => derivedKey(key, "cursors"),
      metricsPage: async () => ({ type: OPEN_METRICS, text: counts.text(await gaugesOf(hub, embedded)) }),
      waiting: async () =>
        Promise.all(
          Object.entries(embedded.consumers).map(async ([queue, consumer]) => ({ queue, ...(await consumer.depth()) })),
        ),
      sealKey: async () => derivedKey(key, "webhook secrets"),
      loopbackWebhooks: config.webhooks?.allowLoopback === true,
      demo: sandbox !== undefined,
      signIn: { required, oidc: config.access?.oidc },
      allowedHosts: [...LOOPBACK, ...namesOf(hub.url), ...(options.listen === undefined ? [] : [options.listen])],
    });
    const runner = localRunner(() => embedded, log);
    wake = runner.wake;
    const loops = runner.run();
    undo.push(
      () => loops,
      () => runner.stop(),
    );
    const came = receipts(hub);
    undo.push(() => came.end());
    await serve(server, hub, came);
    const timers = await startTimers(hub, options.pollEverySeconds);
    undo.push(timers);
    return { url, hub, runner, sandbox, signIn: required, stop: () => undone(undo) };
  } catch (error) {
    await undone(undo);
    throw error;
  }
};

const undone = async (undo: Undo[]): Promise<void> => {
  for (const step of undo.toReversed()) await step();
};

/** The demo shows the hub, not how it waits; a sandbox started alone keeps the vendors' own limits. */
const UNLIMITED = { jira: 1e9, linear: 1e9, linear_complexity: 1e12, github: 1e9, github_burst: 1e9 };

const openSandbox = ({ demo, folder }: Workspace, hubUrl: string, secret: string): Promise<Sandbox> =>
  startSandbox({
    ...(demo && { seed: demo.seed, size: demo.size, until: new Date(demo.until) }),
    limits: { ...UNLIMITED, ...Object.fromEntries(Object.keys(SITES).map((id) => [id, 1e9])) },
    journal: join(folder, "vendor-changes.ndjson"),
    webhooks: Object.fromEntries(
      ["jira", "linear", "github", ...Object.keys(SITES)].map((id) => [id, { url: `${hubUrl}/hooks/${id}`, secret }]),
    ),
  });

/** Takes the port before anything else is opened, so that a port in use is said at once. */
const listen = (port: number, host: string): Promise<{ server: Server; port: number }> =>
  new Promise((resolve, reject) => {
    const server = createServer((_, response) => {
      response.writeHead(503, { "retry-after": "1", "content-type": "text/plain" });
      response.end("starting\n");
    });
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "EADDRINUSE"
          ? new HubError("port_in_use", `port ${port} is taken: try PORT=${port + 1} npm start`, {
              retry: "never",
              cause,
            })
          : cause,
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address !== null ? address.port : port });
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Requests as API Gateway events to the same exports that AWS runs: webhooks to the receiver, assistants to their tools, the rest to the API. */
const serve = async (server: Server, hub: Hub, came: Receipts): Promise<void> => {
  const [receiver, api] = await Promise.all([
    import("../../functions/receive-webhook.ts"),
    import("../../functions/serve-api.ts"),
  ]);
  // Loaded when the first assistant asks.
  const tools = () => import("../../functions/serve-mcp.ts");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const isHook = request.url?.startsWith("/hooks/") === true;
    const work = async () => {
      const part = isHook ? receiver : /^\/mcp(?:[/?]|$)/.test(request.url ?? "") ? await tools() : api;
      const result = await part.handler(await httpEvent(request), endless);
      answer(response, result);
      const connection =
        isHook && request.method === "POST" ? /^\/hooks\/([\w-]+)/.exec(request.url ?? "")?.[1] : undefined;
      // AWS counts refusals by the answers' status; here their page shows them.
      if (connection !== undefined && hub.connectionNames.includes(connection))
        came.note(connection, result.statusCode < 300);
    };
    work().catch((error: unknown) => {
      hub.log.warn(
        {
          code: error instanceof HubError ? error.code : "internal_error",
          reason: safeReason(error),
        },
        "request failed",
      );
      const isTooLarge = error instanceof HubError && error.code === "payload_too_large";
      // Files, space or memory of this machine are used up: the same may succeed soon.
      const isShort = systemCode(error) !== undefined;
      if (!response.headersSent)
        response.writeHead(isTooLarge ? 413 : isShort ? 503 : 500, isShort ? { "retry-after": "30" } : {});
      response.end();
    });
  });
};

/** One timer per connection, the sweep and, where there are some, the outputs. A run that takes longer than its interval is not started twice. */
const startTimers = async (hub: Hub, pollEverySeconds: number | undefined): Promise<() => void> => {
  const stopping = new AbortController();
  const every = (milliseconds: number, work: () => Promise<unknown>) => {
    const loop = async () => {
      for (;;) {
        await work().catch((error: unknown) =>
          hub.log.warn(
            {
              code: error instanceof HubError ? error.code : "internal_error",
              reason: safeReason(error),
            },
            "timer failed",
          ),
        );
        await hub.ports.clock.sleep(milliseconds, stopping.signal);
      }
    };
    loop().catch(() => {});
  };
  for (const name of hub.connectionNames) {
    const seconds = pollEverySeconds ?? (await hub.connection(name)).pollEverySeconds;
    every(seconds * 1000, () => hub.ports.jobs.send([JSON.stringify({ connection: name })]));
  }
  every(MINUTE_MS, async () => (await import("../../functions/sweep.ts")).handler());
  if (Object.keys(outputs()).length > 0) {
    const context = { ...endless, stopping: stopping.signal };
    every(MINUTE_MS, async () => (await import("../../functions/deliver-outputs.ts")).handler({}, context));
  }
  if (Object.keys(reports().config.reports ?? {}).length > 0) {
    const context = { ...endless, stopping: stopping.signal };
    // Looked at often: a report's time is a minute of the day.
    every(REPORTS_MS, async () => (await import("../../functions/send-report.ts")).handler({}, context));
  }
  const { handler } = await import("../../functions/deliver-webhooks.ts");
  every(SECOND_MS, () => handler({}, { ...endless, stopping: stopping.signal }));
  return () => stopping.abort();
};
