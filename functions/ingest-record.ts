import { ingest } from "../shared/pipeline/ingest.ts";
import { InboxMessage } from "../shared/pipeline/messages.ts";
import { setAside } from "../shared/pipeline/quarantine.ts";
import { batch } from "../shared/platform/batch.ts";

/** Inbox queue -> entities in the table. */
export const handler = batch(InboxMessage, {
  each: (hub, message) => ingest(hub, message),
  hopeless: async (hub, { connection, rawRef }, error) => {
    await setAside(hub, { connectionId: connection, stream: "", rawRef }, error);
  },
  queue: (hub) => hub.ports.inbox,
});
