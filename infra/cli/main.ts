import { parseArgs } from "node:util";
import { HubError } from "../../shared/connector/errors.ts";
import { nearestWord } from "../../shared/domain/nearest-word.ts";
import { VERSION } from "../../shared/platform/version.ts";
import { ask } from "./ask.ts";
import { type Command, EXIT, type Terminal } from "./command.ts";
import { exitOf } from "./exit-of.ts";

type Load = () => Promise<Command>;

/** Every command, loaded when it is called. */
export const COMMANDS: Readonly<Record<string, Load>> = {
  start: async () => (await import("./start.ts")).start,
  demo: async () => (await import("./start.ts")).demo,
  sync: async () => (await import("./sync.ts")).sync,
  import: async () => (await import("./import.ts")).importGithub,
  normalise: async () => (await import("./normalise.ts")).normalise,
  export: async () => (await import("./export.ts")).exportEntities,
  replay: async () => (await import("./replay.ts")).replay,
  rules: async () => (await import("./rules.ts")).rules,
  connect: async () => (await import("./connect.ts")).connect,
  doctor: async () => (await import("./doctor.ts")).doctor,
  status: async () => (await import("./show.ts")).status,
  features: async () => (await import("./show.ts")).features,
  explain: async () => (await import("./explain.ts")).explain,
  flow: async () => (await import("./flow.ts")).flow,
  history: async () => (await import("./history.ts")).history,
  keys: async () => (await import("./keys.ts")).keys,
  report: async () => (await import("./report.ts")).report,
  people: async () => (await import("./people.ts")).people,
  deploy: async () => (await import("./deploy.ts")).deploy,
  diff: async () => (await import("./diff.ts")).diff,
  mcp: async () => (await import("./mcp.ts")).mcp,
  outputs: async () => (await import("./outputs.ts")).outputs,
  remove: async () => (await import("./remove.ts")).remove,
  synth: async () => (await import("./diff.ts")).synth,
  listen: async () => (await import("./listen.ts")).listen,
  trigger: async () => (await import("./trigger.ts")).trigger,
  events: async () => (await import("./events.ts")).events,
  changes: async () => (await import("./changes.ts")).changes,
};

/** Runs one command line. @returns the exit code */
export const main = async (args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> => {
  const [name = "help", ...rest] = args;
  const json = rest.includes("--json");
  try {
    if (["help", "--help", "-h"].includes(name)) return await help(terminal);
    if (["version", "--version"].includes(name)) {
      terminal.out(`${VERSION}\n`);
      return EXIT.ok;
    }
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) {
      const guess = nearestWord(name, Object.keys(COMMANDS));
      throw usage(`no command "${name}"${guess === undefined ? "" : `. Did you mean "${guess}"?`}`);
    }
    const command = await load();
    const { words, values } = parse(name, command, rest);
    if (values["help"] === true) {
      terminal.out(`${command.usage}\n  ${command.does}\n`);
      return EXIT.ok;
    }
    if (words.length < command.words[0] || words.length > command.words[1]) throw usage(`usage: ${command.usage}`);
    return await command.run({ words, values, json, terminal });
  } catch (error) {
    return report(error, json, terminal);
  }
};

const usage = (message: string): HubError => new HubError("usage", message, { retry: "never" });

const parse = (name: string, { options = {} }: Command, args: readonly string[]) => {
  try {
    const all = { json: { type: "boolean" }, help: { type: "boolean", short: "h" }, ...options } as const;
    const { positionals, values } = parseArgs({ args: [...args], options: all, allowPositionals: true, strict: true });
    return { words: positionals, values };
  } catch (error) {
    throw usage(`throughline ${name}: ${error instanceof Error ? error.message : ""}`);
  }
};

const help = async (terminal: Terminal): Promise<number> => {
  terminal.out("throughline <command> [options]\n\n");
  for (const load of Object.values(COMMANDS)) {
    const { usage: line, does } = await load();
    terminal.out(`  ${line}\n      ${does}\n`);
  }
  terminal.out("\nData goes to stdout, everything else to stderr. --json on every command.\n");
  terminal.out(
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 config, 4 not authorised, 5 unreachable, 6 partly failed, 8 still running.\n",
  );
  return EXIT.ok;
};

/** What, why, what to do; for machines as a problem object on stdout. */
const report = (error: unknown, json: boolean, terminal: Terminal): number => {
  const told =
    error instanceof HubError
      ? error
      : new HubError("internal_error", error instanceof Error ? error.message : String(error), {
          retry: "later",
          cause: error,
        });
  if (json)
    terminal.out(
      `${JSON.stringify({ type: `/docs/errors/${told.code}`, code: told.code, detail: told.message, fix: told.fix })}\n`,
    );
  terminal.note(`✗ ${told.message}   ${told.code}\n  Fix: ${told.fix}\n`);
  if (told.code === "internal_error" && error instanceof Error && process.env["THROUGHLINE_DEBUG"])
    terminal.note(`${error.stack}\n`);
  return exitOf(told.code);
};

/** A reader that has seen enough closes the pipe: `throughline features | head` ends well. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
});

/** Vendor text must not move the cursor, colour the screen or turn a line around. */
const inert = (words: string): string => words.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (sign === "\n" ? sign : ""));

/** The terminal of this process. The folder is the one of the checkout, from whatever folder below it is called. */
const processTerminal = (): Terminal => ({
  root: process.cwd(),
  environment: process.env,
  input: process.stdin,
  out: (words) => void process.stdout.write(words),
  note: (words) => void process.stderr.write(inert(words)),
  ...(process.stdin.isTTY && process.env["CI"] === undefined && { ask }),
});
