import type { Instant } from "../domain/instant.ts";
import { update } from "../store/entities.ts";
import { connectionReplayKey } from "../store/keys.ts";
import type { Hub } from "./hub.ts";

/** How the last replay of something ended; the change feed tells of it. */
export interface LastReplay {
  readonly of: "connection" | "webhook_endpoint";
  readonly id: string;
  readonly at: Instant;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly counts: Readonly<Record<string, number>>;
}

/** Notes that archived payloads of a connection were read again. */
export const noteReplay = async (
  { ports: { table, clock } }: Hub,
  connection: string,
  replayed: Pick<LastReplay, "from" | "to" | "counts">,
): Promise<void> => {
  const at = clock.now().toISOString();
  const data: LastReplay = { of: "connection", id: `con_${connection}`, at, ...replayed };
  await update<LastReplay>(table, connectionReplayKey(connection), () => ({ data }));
};
