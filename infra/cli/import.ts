import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicHttp, readPublicRepository } from "../../connectors/github/public.ts";
import { openEmbedded, type Told } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { archivePage } from "../../shared/pipeline/archive-page.ts";
import { useHub } from "../../shared/platform/current.ts";
import { quietLog } from "../../shared/platform/log.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { localRunner } from "../local/runner.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Command, EXIT, type Terminal, text } from "./command.ts";

const CONFIG = "throughline.config.ts";

export const importGithub: Command = {
  usage: "throughline import github <owner/repo> [--base-url URL]",
  does: "one product from a public repository, no token, at most 20 requests; writes throughline.config.ts where there is none",
  options: { "base-url": { type: "string" } },
  words: [2, 2],
  async run({ words: [vendor = "", repository = ""], values, terminal, json }) {
    if (vendor !== "github")
      throw new HubError("usage", `only github can be imported without a token, not "${vendor}"`, { retry: "never" });
    if (!/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(repository)) {
      throw new HubError("usage", `"${repository}" is not of the form owner/repo`, { retry: "never" });
    }
    const baseUrl = text(values, "base-url");
    const signal = new AbortController().signal;
    const { clock } = await import("../../shared/adapters/clock.ts").then(({ systemClock }) => ({
      clock: systemClock,
    }));
    const around = {
      fetch,
      now: () => clock.now().getTime(),
      sleep: (ms: number, until: AbortSignal) => clock.sleep(ms, until),
      random: Math.random,
    };
    const read = await readPublicRepository(
      { http: vendorHttp(publicHttp(baseUrl), around, signal), signal },
      repository,
    );
    writeConfig(terminal, read.repository, baseUrl);
    const counts = await keep(terminal, read, repository);
    const { used, remaining, resetsAt } = read.usage();
    terminal.note(`${used} of ${used + remaining} hourly requests used, ${remaining} left until ${resetsAt}\n`);
    terminal.out(
      json
        ? `${JSON.stringify({ repository, requests: used, remaining, ...counts })}\n`
        : `✓ ${repository}: ${Object.entries(counts)
            .map(([stream, count]) => `${count} ${stream}`)
            .join(", ")}\n  Now: npm start\n`,
    );
    return EXIT.ok;
  },
};

type Read = Awaited<ReturnType<typeof readPublicRepository>>;

/** Pages go the way of every page: archive, inbox, ingest, projection. */
const keep = async (terminal: Terminal, read: Read, repository: string): Promise<Record<string, number>> => {
  const { environment, root } = terminal;
  const workspace = await openWorkspace({
    root,
    dataFolder: environment["THROUGHLINE_DATA"] ?? ".throughline",
    now: new Date(),
  });
  if (workspace.config === undefined)
    throw new HubError("config_missing", `${CONFIG} could not be written`, { retry: "never" });
  const { config } = workspace.config;
  const name = Object.entries(config.connections).find(
    ([
      ,
      {
        connector,
        config: { repos },
      },
    ]) => connector === "github" && Array.isArray(repos) && repos.includes(repository),
  )?.[0];
  if (name === undefined) {
    throw new HubError(
      "config_invalid",
      `${workspace.config.file} has no github connection with "${repository}" among its repos`,
      { retry: "never" },
    );
  }
  let wake = (_: Told) => {};
  let stop = async () => {};
  const url = config.url ?? "http://localhost:4100";
  const embedded = openEmbedded({
    folder: workspace.folder,
    exclusive: true,
    environment,
    envFile: join(root, ".env"),
    url,
    typePrefix: config.eventTypePrefix,
    told: (what) => wake(what),
  });
  try {
    const log = quietLog(terminal.note);
    const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true });
    useHub(hub);
    const runner = localRunner(() => embedded, log);
    wake = runner.wake;
    const loops = runner.run();
    stop = async () => {
      await runner.stop();
      await loops;
    };
    const connection = await hub.connection(name);
    const counts: Record<string, number> = {};
    for await (const { stream, records, complete } of read.pages) {
      counts[stream] = (counts[stream] ?? 0) + records.length;
      if (!complete)
        terminal.note(
          `${stream}: GitHub has more than an import reads; a token in ${workspace.config.file} brings the rest\n`,
        );
      if (records.length > 0)
        await archivePage(hub, connection, { what: "page", stream }, { records: { [stream]: [...records] } });
    }
    await runner.quiet();
    return counts;
  } finally {
    await stop();
    embedded.close();
  }
};

/** Data only; quotes as JSON does, so that no text of the repository becomes code. */
const writeConfig = (
  { root, note }: Terminal,
  { fullName, name, description }: Read["repository"],
  baseUrl: string | undefined,
): void => {
  const path = join(root, CONFIG);
  if (existsSync(path) || existsSync(join(root, "throughline.config.json"))) return;
  const slug =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, "-")
      .replace(/^[-_]+/, "") || "product";
  const lines = [
    'import { defineHub, github } from "throughline";',
    "",
    "export default defineHub({",
    "  products: {",
    `    ${JSON.stringify(slug)}: { name: ${JSON.stringify(name)},${description === undefined ? "" : ` vision: ${JSON.stringify(description)},`} sources: [${JSON.stringify(`github:${fullName}`)}] },`,
    "  },",
    "  connections: {",
    "    // Without a token GitHub answers 60 requests an hour: so it is read seldom and without details.",
    '    // With one:  github({ token: secret("GITHUB_TOKEN"), repos: [...] })  and GITHUB_TOKEN=… in .env',
    "    github: github({",
    `      repos: [${JSON.stringify(fullName)}],`,
    ...(baseUrl === undefined ? [] : [`      baseUrl: ${JSON.stringify(baseUrl)},`]),
    "      timeline: false,",
    "      pullDetails: false,",
    "      releaseCommits: false,",
    '      pollEvery: "12h",',
    '      freshWithin: "1d",',
    "    }),",
    "  },",
    "});",
    "",
  ];
  writeFileSync(path, lines.join("\n"), { flag: "wx" });
  note(`wrote ${CONFIG}\n`);
};
