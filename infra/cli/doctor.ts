import { HubError } from "../../shared/connector/errors.ts";
import { type Command, EXIT } from "./command.ts";
import { takeCensuses } from "./doctor-census.ts";
import { CHECKS, type Finding, openPatient } from "./doctor-checks.ts";
import { exitOf } from "./exit-of.ts";

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;

export const doctor: Command = {
  usage: "throughline doctor [connection] [--census [--accept-deletions]]",
  does: "checks the config, the secrets, the data folder and every connection by real reads, and says how to mend what is wrong; --census compares what the tools list with what the hub holds",
  options: { census: { type: "boolean" }, "accept-deletions": { type: "boolean" } },
  words: [0, 1],
  async run(call) {
    const { words, values, json, terminal } = call;
    if (values["accept-deletions"] === true && words.length === 0)
      throw new HubError("usage", "--accept-deletions needs the name of a connection", { retry: "never" });
    if (values["census"] === true) return await takeCensuses(call, words);
    if (values["accept-deletions"] === true)
      throw new HubError("usage", "--accept-deletions goes with --census", { retry: "never" });
    const found: Finding[] = [];
    const tell = (finding: Finding) => {
      found.push(finding);
      if (json) return;
      const where = finding.connection === undefined ? "" : `${finding.connection}: `;
      terminal.out(`${MARKS[finding.state]} ${finding.check}   ${where}${finding.what}\n`);
      if (finding.fix !== undefined) terminal.out(`  Fix: ${finding.fix}\n`);
    };
    const patient = await openPatient(terminal, words[0]);
    try {
      for (const check of CHECKS) for await (const finding of check(patient)) tell(finding);
    } finally {
      patient.close();
    }
    if (json) terminal.out(`${JSON.stringify({ findings: found })}\n`);
    return exitWith(found);
  },
};

/** The config first, then refusals, then what could not be reached. */
const exitWith = (found: readonly Finding[]): number => {
  const exits = found.flatMap(({ state, code }) => (state === "fail" ? exitOf(code ?? "internal_error") : []));
  return [EXIT.config, EXIT.unauthorised, EXIT.unreachable].find((exit) => exits.includes(exit)) ?? exits[0] ?? EXIT.ok;
};
