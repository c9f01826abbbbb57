import { join } from "node:path";
import { quietLog } from "../../shared/platform/log.ts";
import { keptDemoConfig } from "../local/demo.ts";
import { openWorkspace } from "../local/workspace.ts";
import { confirmed } from "./aws-call.ts";
import { type Call, EXIT } from "./command.ts";
import { erasePerson } from "./erase-person.ts";

/** `throughline people erase`: of the data folder on this machine. */
export const erase = async (call: Call, who: string): Promise<number> => {
  const { terminal, json } = call;
  const { root, environment, out, note } = terminal;
  const dataFolder = environment["THROUGHLINE_DATA"] ?? ".throughline";
  const { folder, config } = await openWorkspace({ root, dataFolder, now: new Date() });
  if (!(await confirmed(call, "take this person out of the store and the archive for good?"))) return EXIT.failed;
  const erased = await erasePerson({
    who,
    folder,
    config: config?.config ?? keptDemoConfig(folder),
    environment,
    envFile: join(root, ".env"),
    log: quietLog(note),
  });
  if (json) out(`${JSON.stringify(erased)}\n`);
  else {
    const { person, token, accounts, payloads, rows, left } = erased;
    out(`${person} is "${token}" now: ${accounts} accounts, ${rows} rows, ${payloads} payloads\n`);
    for (const name of left) note(`${name} holds files of before a rebuild: delete it\n`);
    note("what a tool still tells comes back with its next change: erase the person there, and in the config, too\n");
  }
  return EXIT.ok;
};
