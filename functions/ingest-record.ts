import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { InboxMessage } from "../shared/pipeline/messages.ts";
import { setAside } from "../shared/pipeline/quarantine.ts";
import { rederiveOn } from "../shared/pipeline/rederive.ts";
import { readMessage } from "../shared/pipeline/replay-letter.ts";
import { openTogether } from "../shared/pipeline/together.ts";
import { batch } from "../shared/platform/batch.ts";

/** Inbox queue -> entities in the table. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => {
  const together = openTogether();
  return batch(InboxMessage, {
    each: async (hub, message) => {
      await readMessage(hub, message, together);
      await rederiveOn(hub, message);
    },
    hopeless: async (hub, message, error) => {
      await setAside(hub, { connectionId: message.connection, stream: "", rawRef: message.rawRef }, error);
      await rederiveOn(hub, message);
    },
    ended: (hub) => together.send(hub.ports),
  })(event);
};
