import { flushCompileCache } from "node:module";
import { HubError } from "../../shared/connector/errors.ts";
import { jsonLog } from "../../shared/platform/log.ts";
import { counted } from "../../shared/report/figures.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Call, type Command, EXIT, type Terminal, text, type Values } from "./command.ts";
import { signInLink } from "./made-key.ts";

const options = {
  size: { type: "string" },
  seed: { type: "string" },
  port: { type: "string" },
  listen: { type: "string" },
  "poll-every": { type: "string" },
  verbose: { type: "boolean" },
} as const;

export const start: Command = {
  usage: "throughline start [--port N] [--listen ADDRESS] [--poll-every SECONDS] [--size N] [--seed N] [--verbose]",
  does: "the local hub: with throughline.config.ts, else with the demo workspace; at another address than this machine's own it asks for a sign-in",
  options,
  words: [0, 0],
  run: (call) => serve(call, false),
};

export const demo: Command = {
  usage: "throughline demo [--size N] [--seed N] [--port N]",
  does: "the local hub with the demo workspace, whatever the config",
  options,
  words: [0, 0],
  run: (call) => serve(call, true),
};

/** What has run by then is compiled no more at the next start, however this one ends. */
const COMPILED_AFTER_MS = 10_000;

/** People who try the demo with webhooks switched off should not wait long. */
const DEMO_POLL_SECONDS = 15;

const serve = async ({ values, terminal }: Call, demoOnly: boolean): Promise<number> => {
  const { environment, root } = terminal;
  const workspace = await openWorkspace({
    root,
    dataFolder: environment["THROUGHLINE_DATA"] ?? ".throughline",
    demo: demoOnly,
    size: whole(values, "size", 100, 1_000_000),
    seed: whole(values, "seed", 0, 2 ** 31 - 1),
    now: new Date(),
  });
  const port = whole(values, "port", 0, 65_535) ?? portOf(environment);
  const every =
    whole(values, "poll-every", 1, 86_400) ?? (workspace.demo === undefined ? undefined : DEMO_POLL_SECONDS);
  const log = jsonLog(() => new Date(), terminal.note, logsAll(values, environment) ? "info" : "warn");
  await import("../local/jsx.ts");
  const { startLocalHub } = await import("../local/start.ts");
  const local = await startLocalHub({
    workspace,
    port,
    listen: text(values, "listen"),
    root,
    log,
    pollEverySeconds: every,
    environment,
  });
  const about =
    workspace.demo === undefined
      ? `${workspace.config?.file ?? ""}, data in ${workspace.folder}`
      : "demo data, nothing leaves this machine";
  terminal.out(`Throughline   ${local.url}      ${about}\n`);
  if (workspace.demo !== undefined) {
    const why = demoOnly ? "The" : "No throughline.config.ts here, so the";
    terminal.out(
      `  ${why} ${demoWords(workspace.demo.size, local.sandbox?.company.products.length ?? 0, local.sandbox?.company.weeks ?? 0)}\n`,
    );
    terminal.out("  Your own repository:  npx throughline import github owner/repo\n");
    terminal.out(`  Change something in the made-up tools and watch it arrive:  ${local.sandbox?.urls.control}\n`);
  }
  if (local.signIn) {
    terminal.out(`  Sign in, once and within an hour:  ${await signInLink(local.hub)}\n`);
  }
  setTimeout(flushCompileCache, COMPILED_AFTER_MS).unref();
  const signal = await stopped();
  terminal.note(`\n${signal}: stopping; what was read stays, the next start goes on\n`);
  await local.stop();
  return signal === "SIGINT" ? EXIT.interrupted : EXIT.ok;
};

/** What the demo shows. How many features that makes is told by the board: tools name some of them several times. */
export const demoWords = (size: number, products: number, weeks: number): string =>
  `demo workspace is loaded: ${counted(products, "product")}, ${counted(size, "work item")} and ${counted(weeks, "week")} of a made-up company.`;

/** Whoever keeps the lines wants all of them; who watches a terminal wants what goes wrong. */
const logsAll = (values: Values, environment: Terminal["environment"]): boolean => {
  const format = environment["LOG_FORMAT"] ?? "";
  if (format !== "" && format !== "json")
    throw new HubError("usage", `LOG_FORMAT is "${format.slice(0, 20)}": only json is known`, { retry: "never" });
  return values["verbose"] === true || format === "json";
};

const stopped = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });

const portOf = (environment: Terminal["environment"]): number => {
  const given = environment["PORT"] ?? environment["THROUGHLINE_PORT"] ?? "4100";
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new HubError("usage", `PORT is "${given}": a number from 0 to 65535 is wanted`, { retry: "never" });
};

/** A whole number of an option within bounds. @throws HubError usage */
export const whole = (values: Values, name: string, least: number, most: number): number | undefined => {
  const given = text(values, name);
  if (given === undefined) return undefined;
  const number = Number(given);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new HubError("usage", `--${name} is "${given}": a whole number from ${least} to ${most} is wanted`, {
    retry: "never",
  });
};
