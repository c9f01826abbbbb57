import { HubError } from "../../shared/connector/errors.ts";
import type { PersonState } from "../../shared/domain/identity.ts";
import { counted } from "../../shared/report/figures.ts";
import { confirmLine, declareLine, refuseLine } from "../../shared/store/people-config.ts";
import type { PersonView } from "../../shared/store/views.ts";
import { AWS_OPTIONS } from "./aws-call.ts";
import type { Call, Command } from "./command.ts";
import { json, plain, reading } from "./show.ts";
import { whole } from "./start.ts";

export const people: Command = {
  usage:
    "throughline people [--unmatched] [--limit N] | people erase <id, connection:handle or address> [--yes] [--env NAME] [--region REGION]",
  does: "persons with their accounts in all tools; with --unmatched those to decide on (probable) and those known in one tool only (unmatched), with the lines of config that join them; `erase` takes one person out of store and archive, with --env out of those of a hub on AWS",
  options: { unmatched: { type: "boolean" }, limit: { type: "string" }, yes: { type: "boolean" }, ...AWS_OPTIONS },
  words: [0, 2],
  run: async (call) => {
    const [verb, who] = call.words;
    if (verb === "erase" && who !== undefined) return (await import("./people-erase.ts")).erase(call, who);
    if (verb !== undefined)
      throw new HubError("usage", "say `throughline people erase <id, connection:handle or address>`", {
        retry: "never",
      });
    return list(call);
  },
};

const list = (call: Call): Promise<number> =>
  reading(call, async (views) => {
    const limit = whole(call.values, "limit", 1, 100_000) ?? 1000;
    const states = call.values["unmatched"] === true ? (["probable", "unmatched"] as const) : undefined;
    if (states !== undefined && !call.json) call.terminal.note(`${openPeople(await views.peopleCounts())}\n`);
    let after: string | undefined;
    let shown = 0;
    do {
      const page = await views.people(states, after, Math.min(200, limit - shown));
      for (const person of page.items) {
        if (call.json) json(call, person);
        else tell(call, person);
      }
      shown += page.items.length;
      after = page.next;
    } while (after !== undefined && shown < limit);
  });

/** What is counted under each of the two words, as the page of what is to review counts it. */
export const openPeople = ({ probable, unmatched }: Readonly<Record<PersonState, number>>): string =>
  `${counted(probable, "person", "people")} to decide on (probable: accounts that may belong together), ${counted(unmatched, "person", "people")} in one tool only (unmatched: nothing joins them to an account elsewhere)`;

const tell = (call: Call, person: PersonView): void => {
  const out = (words: string) => call.terminal.out(`${plain(words)}\n`);
  const accounts = person.accounts.map(({ label, rule }) => (rule === null ? label : `${label} (${rule})`));
  out(`${person.state.padEnd(10)} ${person.name}: ${accounts.join(", ")}`);
  if (call.values["unmatched"] !== true) return;
  for (const other of person.mayBe) {
    out(`  the same as ${other.accounts.map(({ label }) => label).join(", ")}? To confirm, or to refuse:`);
    out(`    ${confirmLine(person, other)}`);
    out(`    ${refuseLine(person, other)}`);
  }
  for (const { account, other, rule } of person.conflicts)
    out(`  ${account.label} and ${other.label} are kept apart by the config against the rule ${rule}`);
  if (person.state === "unmatched") out(`    ${declareLine(person)}`);
};
