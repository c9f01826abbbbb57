import { InboxMessage } from "../shared/pipeline/messages.ts";
import { setAside } from "../shared/pipeline/quarantine.ts";
import { rederiveOn } from "../shared/pipeline/rederive.ts";
import { readMessage } from "../shared/pipeline/replay-letter.ts";
import { batch } from "../shared/platform/batch.ts";

/** Inbox queue -> entities in the table. */
export const handler = batch(InboxMessage, {
  each: async (hub, message) => {
    await readMessage(hub, message);
    await rederiveOn(hub, message);
  },
  hopeless: async (hub, message, error) => {
    await setAside(hub, { connectionId: message.connection, stream: "", rawRef: message.rawRef }, error);
    await rederiveOn(hub, message);
  },
});
