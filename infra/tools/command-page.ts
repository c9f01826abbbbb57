import { EXIT } from "../cli/command.ts";
import { COMMANDS } from "../cli/main.ts";
import { code, fenced, page, sentence, table } from "./markdown.ts";

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  failed: "failed",
  usage: "the command line, or a name in it, is wrong",
  config: "the configuration is wrong, missing or lacks a secret",
  unauthorised: "a tool or AWS refused the credential",
  unreachable: "a tool or AWS could not be reached, or asks to wait",
  partly: "a part failed; what could be done is done",
  running: "still running when the wait ended",
  interrupted: "stopped from the keyboard",
};

/** `docs/cli.md`. */
export const commandsPage = async (): Promise<string> => {
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => [name, await load()] as const),
  );
  return page(
    "# Command line",
    "`npx throughline <command>` inside the checkout; `npm start` is `throughline start`. Data goes to stdout, everything else\nto stderr. Every command takes `--json` and `--help`.",
    table(
      ["command", "what it does"],
      commands.map(([name, { does }]) => [`[${code(name)}](#${name})`, does]),
    ),
    ...commands.flatMap(([name, { usage, does, options = {} }]) => [
      `## ${name}`,
      sentence(does),
      fenced("text", usage.replaceAll(" | throughline", "\nthroughline")),
      ...(Object.keys(options).length === 0
        ? []
        : [
            `Options: ${Object.entries(options)
              .map(([option, { type, multiple }]) =>
                code(`--${option}${type === "string" ? " …" : ""}`).concat(multiple === true ? " (repeatable)" : ""),
              )
              .join(", ")}`,
          ]),
    ]),
    "## Exit codes",
    table(
      ["code", "means"],
      (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), EXITS[name]]),
    ),
    "Environment: `PORT` (default 4100), `THROUGHLINE_DATA` (data folder, default `.throughline`), `THROUGHLINE_DEBUG` (stack\ntraces of internal errors), and the secrets that the configuration names.",
  );
};
