import { rowsOf } from "../store/entities.ts";
import { partition, streamKey } from "../store/keys.ts";
import { type CensusState, noteCensus, takeCensus } from "./census.ts";
import type { Connection, Hub } from "./hub.ts";
import type { Job } from "./messages.ts";
import type { StreamState } from "./poll-stream.ts";

/** After the first complete read of a stream, so that what was read has had time to come in. */
const FIRST_CENSUS_AFTER_MS = 10 * 60_000;
const CENSUS_AGAIN_AFTER_FAILURE_MS = 60 * 60_000;

export const askForCensus = async (hub: Hub, connection: Connection, stream: string, scope: string): Promise<void> => {
  if (connection.connector.streams[stream]?.census === undefined) return;
  await hub.ports.jobs.send([JSON.stringify({ connection: connection.name, stream, scope, census: "now" })]);
};

/** Asks for the censuses that are due: each is a job of its own, so that none holds up what is read. */
export const askForCensuses = async (hub: Hub, connection: Connection): Promise<void> => {
  const { table, clock } = hub.ports;
  const now = clock.now().getTime();
  const taken = new Map<string, CensusState>();
  for await (const { sk, data } of rowsOf<CensusState>(table, partition.ofCensuses(connection.name), ""))
    taken.set(sk, data);
  const read = new Map<string, StreamState>();
  for await (const { sk, data } of rowsOf<StreamState>(table, partition.ofConnection(connection.name), ""))
    read.set(sk, data);
  for (const { stream, scope } of censusesOf(connection)) {
    const { sk } = streamKey(connection.name, stream, scope);
    const first = read.get(sk)?.firstCompletedAt;
    const last = taken.get(sk);
    if (first === undefined) continue;
    const next =
      last === undefined
        ? Date.parse(first) + FIRST_CENSUS_AFTER_MS
        : Date.parse(last.startedAt) +
          (last.state === "completed" ? connection.censusEverySeconds * 1000 : CENSUS_AGAIN_AFTER_FAILURE_MS);
    if (next > now) continue;
    // Noted at once: a census that waits for its turn is not asked for at every poll.
    await noteCensus(hub, connection.name, stream, scope, { state: "counting", startedAt: clock.now().toISOString() });
    await askForCensus(hub, connection, stream, scope);
  }
};

/** Every scope that a connection takes a census of. */
export const censusesOf = ({ connector, config }: Connection): { readonly stream: string; readonly scope: string }[] =>
  Object.entries(connector.streams).flatMap(([stream, { poll: reading, census }]) =>
    census === undefined ? [] : (reading?.scopes?.(config) ?? [""]).map((scope) => ({ stream, scope })),
  );

export const takeCensuses = async (hub: Hub, connection: Connection, job: Job, signal: AbortSignal): Promise<void> => {
  for (const { stream, scope } of censusesOf(connection)) {
    if ((job.stream ?? stream) !== stream || (job.scope ?? scope) !== scope) continue;
    await takeCensus(hub, connection, stream, scope, job.census === "confirmed", signal);
  }
};
