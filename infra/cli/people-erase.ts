import { join } from "node:path";
import { quietLog } from "../../shared/platform/log.ts";
import { keptDemoConfig } from "../local/demo.ts";
import { openWorkspace } from "../local/workspace.ts";
import { confirmed, targetFrom } from "./aws-call.ts";
import { type Call, EXIT, text } from "./command.ts";
import { erasePerson } from "./erase-person.ts";
import type { Confirm } from "./person-words.ts";

const confirm =
  (call: Call): Confirm =>
  ({ id, accounts }) =>
    confirmed(call, `take ${id} out of the store and the archive for good: ${accounts.join(", ")}?`);
const AGAIN =
  "what a tool still tells comes back with its next change: erase the person there, and in the config, too\n";

/** `throughline people erase`: of the data folder on this machine, or with `--env` or `--region` of a hub on AWS. */
export const erase = (call: Call, who: string): Promise<number> =>
  text(call.values, "env") === undefined && text(call.values, "region") === undefined
    ? eraseHere(call, who)
    : eraseOnAws(call, who);

const eraseHere = async (call: Call, who: string): Promise<number> => {
  const { terminal, json } = call;
  const { root, environment, out, note } = terminal;
  const dataFolder = environment["THROUGHLINE_DATA"] ?? ".throughline";
  const { folder, config } = await openWorkspace({ root, dataFolder, now: new Date() });
  const erased = await erasePerson({
    who,
    folder,
    config: config?.config ?? keptDemoConfig(folder),
    environment,
    envFile: join(root, ".env"),
    log: quietLog(note),
    confirm: confirm(call),
  });
  if (erased === undefined) return EXIT.failed;
  if (json) out(`${JSON.stringify(erased)}\n`);
  else {
    const { person, token, accounts, payloads, rows, left } = erased;
    out(`${person} is "${token}" now: ${accounts} accounts, ${rows} rows, ${payloads} payloads\n`);
    for (const name of left) note(`${name} holds files of before a rebuild: delete it\n`);
    note(AGAIN);
  }
  return EXIT.ok;
};

/** @returns failed while another run is needed */
const eraseOnAws = async (call: Call, who: string): Promise<number> => {
  const { terminal, json } = call;
  const [{ deployedStores }, { eraseDeployed }, target] = await Promise.all([
    import("../deploy/deployed-stores.ts"),
    import("./erase-deployed.ts"),
    targetFrom(call),
  ]);
  const stores = await deployedStores(target);
  const erased = await eraseDeployed(stores, who, quietLog(terminal.note), confirm(call));
  if (erased === undefined) return EXIT.failed;
  const { person, token, accounts, payloads, rows, messages, left } = erased;
  const isDone = left.payloads === 0 && left.messages === 0;
  if (json) terminal.out(`${JSON.stringify(erased)}\n`);
  else {
    const counts = `${accounts} accounts, ${rows} rows, ${payloads} payloads, ${messages} messages`;
    terminal.out(`${person} is "${token}" now: ${counts}\n`);
    if (!isDone)
      terminal.note(
        `${left.payloads} payloads of the last quarter of an hour and ${left.messages} messages are left: run it again when they are through\n`,
      );
    terminal.note(AGAIN);
  }
  return isDone ? EXIT.ok : EXIT.failed;
};
