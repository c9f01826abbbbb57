import { HubError } from "../../shared/connector/errors.ts";
import type { Holding } from "../deploy/removal.ts";
import { AWS_OPTIONS, confirmed, targetFrom } from "./aws-call.ts";
import { type Call, type Command, EXIT } from "./command.ts";

const NAMES: readonly Holding["name"][] = ["table", "archive", "archive-log", "bus", "secrets"];

export const remove: Command = {
  usage: "throughline remove [--env NAME] [--region REGION] [--delete table|archive|archive-log|bus|secrets…] [--yes]",
  does: "deletes the stack of a hub; what holds data stays, and is asked for one by one, or deleted for good where --delete names it",
  options: { ...AWS_OPTIONS, delete: { type: "string", multiple: true }, yes: { type: "boolean" } },
  words: [0, 0],
  async run(call) {
    const { terminal, json } = call;
    const named = namesIn(call);
    const [{ deployedStack }, { identityOf }, { deleteHolding, deleteStack, holdingsOf }] = await Promise.all([
      import("../deploy/stack.ts"),
      import("../deploy/target.ts"),
      import("../deploy/removal.ts"),
    ]);
    const target = await targetFrom(call);
    const { account } = await identityOf(target);
    const stack = await deployedStack(target);
    const holdings = await holdingsOf(target);
    terminal.note("these hold data and outlive the stack:\n");
    for (const { name, holds, at } of holdings) terminal.note(`  ${name}: ${holds} (${at})\n`);
    if (!(await confirmed(call, `delete ${target.stack} in account ${account}, ${target.region}?`))) return EXIT.failed;
    // Asked before anything is deleted, so that nobody has to wait for the second question.
    const doomed: Holding[] = [];
    for (const holding of holdings) if (await isDoomed(call, holding, named)) doomed.push(holding);
    terminal.note(`deleting ${target.stack} …\n`);
    await deleteStack(target, stack);
    for (const holding of doomed) {
      await deleteHolding(target, holding);
      terminal.note(`✓ deleted ${holding.at}\n`);
    }
    const kept = holdings.filter((holding) => !doomed.includes(holding));
    for (const { name, at } of kept) terminal.note(`  kept ${name}: ${at}\n`);
    if (json) terminal.out(`${JSON.stringify({ stack: target.stack, deleted: doomed, kept })}\n`);
    return EXIT.ok;
  },
};

const namesIn = ({ values }: Call): ReadonlySet<string> => {
  const given = (Array.isArray(values["delete"]) ? values["delete"] : []).map(String);
  const wrong = given.find((one) => !(NAMES as readonly string[]).includes(one));
  if (wrong !== undefined)
    throw new HubError("usage", `--delete ${wrong}: ${NAMES.join(", ")} can be deleted`, { retry: "never" });
  return new Set(given);
};

/** Data is never deleted by `--yes` alone: it is named, or a person types its name. */
const isDoomed = async ({ values, terminal, json }: Call, { name, at }: Holding, named: ReadonlySet<string>) => {
  if (named.has(name)) return true;
  if (values["yes"] === true || json || terminal.ask === undefined) return false;
  return (await terminal.ask(`delete ${at} for good? Type ${name} to delete it, nothing to keep it: `, false)) === name;
};
