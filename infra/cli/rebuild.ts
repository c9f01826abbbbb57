import { join } from "node:path";
import { quietLog } from "../../shared/platform/log.ts";
import { keptDemoConfig } from "../local/demo.ts";
import { endSwap, rebuildStore } from "../local/rebuild.ts";
import { openWorkspace } from "../local/workspace.ts";
import { type Command, EXIT } from "./command.ts";

export const rebuild: Command = {
  usage: "throughline rebuild",
  does: "make the store anew from the archive, after damage; keeps the old files, asks no tool, announces nothing twice",
  words: [0, 0],
  async run({ terminal, json }) {
    const { root, environment, out, note } = terminal;
    const dataFolder = environment["THROUGHLINE_DATA"] ?? ".throughline";
    const workspace = await openWorkspace({ root, dataFolder, now: new Date() });
    const { folder } = workspace;
    if (endSwap(folder)) {
      note("a rebuild that was broken off is done; start again\n");
      return EXIT.ok;
    }
    const config = workspace.config?.config ?? keptDemoConfig(folder);
    const log = quietLog(note);
    const envFile = join(root, ".env");
    const { old, incomplete, payloads, entities, views, kept } = await rebuildStore({
      folder,
      config,
      environment,
      envFile,
      log,
      now: new Date(),
    });
    const partly = Object.entries(incomplete);
    if (json) {
      const carried = old === undefined ? null : { rows: old.rows, damaged: old.damaged, to_the_end: old.toTheEnd };
      out(`${JSON.stringify({ payloads, entities, views, carried, incomplete, kept })}\n`);
    } else {
      out(`${entities} records and ${views} features from ${payloads} payloads; the old files are in ${kept}\n`);
      for (const line of lostWords(old)) out(`${line}\n`);
      for (const [name, count] of partly)
        out(`${name}: ${count} payloads are damaged or missing; its next run reads the tool whole\n`);
    }
    return partly.length > 0 ? EXIT.partly : EXIT.ok;
  },
};

/** What people said cannot be read from any tool again, so its loss is told. */
const lostWords = (old: Awaited<ReturnType<typeof rebuildStore>>["old"]): string[] => {
  if (old === undefined) return ["nothing of the old database could be read: make keys and say what people said anew"];
  if (old.toTheEnd && old.damaged === 0) return [];
  return [
    `of the old database ${old.toTheEnd ? `${old.damaged} rows are` : "a part is"} damaged: look whether what people said is still there`,
  ];
};
