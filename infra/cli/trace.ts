import { traced } from "../../shared/pipeline/traced.ts";
import { type Command, EXIT } from "./command.ts";
import { openStore } from "./open-store.ts";
import { bold, json, plain } from "./show.ts";

export const trace: Command = {
  usage: "throughline trace <event, feature or trace>",
  does: "the webhook or page that an event, or what a feature says now, goes back to, and what was told because of it within a day",
  words: [1, 1],
  async run(call) {
    const store = await openStore(call.terminal);
    try {
      const word = call.words[0] ?? "";
      const feature = word.startsWith("evt_") ? undefined : await store.views.feature(word);
      const found = await traced(store.hub, feature?.id ?? word);
      if (call.json) json(call, found);
      else {
        const { payload, events } = found;
        const where =
          payload === undefined
            ? "not in the archive any more"
            : `${[payload.what, payload.stream].filter(Boolean).join(" of ")} from ${payload.connectionId}, received ${payload.receivedAt}\n  ${payload.ref}`;
        call.terminal.out(`${bold(`trace ${found.trace}`)}\n  ${where}\n`);
        for (const { recordedAt, name, subject, id } of events)
          call.terminal.out(`  ${recordedAt}  ${name}  ${plain(subject)}  ${id}\n`);
      }
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};
