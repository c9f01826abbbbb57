import { HubError, safeReason } from "../connector/errors.ts";
import type { LastLimits } from "../connector/limits.ts";
import type { Instant } from "../domain/instant.ts";
import type { Row } from "../ports/table.ts";
import type { Quota } from "../store/connection-load.ts";
import { rowsOf, update } from "../store/entities.ts";
import { backfillKey, credentialKey, partition, streamKey } from "../store/keys.ts";
import { archivePage } from "./archive-page.ts";
import { askForCensuses, takeCensuses } from "./due-censuses.ts";
import { renewHooks } from "./hooks.ts";
import type { Connection, Hub } from "./hub.ts";
import type { Gone, Job } from "./messages.ts";
import { BROKEN_OFF, isHeld, leaseHeld, pollStream, type StreamState } from "./poll-stream.ts";
import { askForRederivation, rederive } from "./rederive.ts";
import { askForLetter } from "./replay-letter.ts";
import { provenGone } from "./whereabouts.ts";

/** One stream of one scope: what one cursor belongs to. */
interface Part {
  readonly stream: string;
  readonly scope: string;
}

/** First reads that were asked for and are not through are asked for again after so long. */
const BACKFILL_AGAIN_MS = 900_000;

/**
 * Reads what a job names: single records anew, or a connection's streams from their cursors on.
 * A failing stream does not keep the others from being read: its failure stands in its run, and the next run tries again.
 * What the signal breaks off is handed on as jobs, each from its cursor.
 */
export const poll = async (hub: Hub, job: Job, signal: AbortSignal): Promise<void> => {
  const connection = await hub.connection(job.connection);
  if (job.ids !== undefined) return reread(hub, connection, job.stream ?? "", job.ids, job.gone, signal);
  if (job.census !== undefined) return takeCensuses(hub, connection, job, signal);
  if (job.replay?.letter !== undefined) return askForLetter(hub, connection, job.replay.letter);
  if (job.replay !== undefined) return rederive(hub, connection, job.replay.after, signal);
  const { streams } = connection.connector;
  if (job.stream !== undefined && !Object.hasOwn(streams, job.stream)) {
    throw new HubError("stream_unknown", `${connection.connector.id} has no stream ${job.stream}`, { retry: "never" });
  }
  if (job.stream === undefined) await askForRederivation(hub, connection);
  const states = await statesOf(hub, connection.name);
  const isBusy = [...states.values()].some(({ data }) => isHeld(hub, data));
  // A timer may come round before a long run has ended: the run that is at work reads everything anyway.
  if (job.stream === undefined && job.full !== true && isBusy && !hub.elastic) return;
  // The run that is at work reads on from its cursor: whoever wants all of it waits for its end.
  if (job.full === true && job.scope === undefined && isBusy) throw leaseHeld(hub, connection);
  const parts = await fanOut(hub, connection, job, partsOf(connection, job), states);
  const isProven = await readAll(hub, connection, job, parts, states, signal);
  if (signal.aborted) return;
  if (job.stream === undefined) await askForCensuses(hub, connection);
  if (!isProven) return;
  await noteCredential(hub, connection);
  await renewHooks(hub, connection, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const code = error instanceof HubError ? error.code : "internal_error";
    hub.log.warn({ connection: connection.name, code, reason: safeReason(error) }, "webhooks not renewed");
  });
};

/** What a job asks to be read, in the order of the streams. */
const partsOf = ({ connector, config }: Connection, job: Job): Part[] =>
  Object.entries(connector.streams).flatMap(([stream, { poll: reading }]) =>
    reading === undefined || (job.stream ?? stream) !== stream
      ? []
      : (reading.scopes?.(config) ?? [""])
          .filter((scope) => (job.scope ?? scope) === scope)
          .map((scope) => ({ stream, scope })),
  );

/**
 * On elastic ports, whatever is read from its start becomes a job of its own.
 *
 * @returns what is left to be read here
 */
const fanOut = async (
  hub: Hub,
  connection: Connection,
  job: Job,
  parts: readonly Part[],
  states: States,
): Promise<readonly Part[]> => {
  if (!hub.elastic || job.scope !== undefined) return parts;
  const stateOf = ({ stream, scope }: Part) => states.get(streamKey(connection.name, stream, scope).sk)?.data;
  const isLong = (part: Part) => job.full === true || stateOf(part)?.firstCompletedAt === undefined;
  const long = parts.filter(isLong);
  if (long.length === 0) return parts;
  const rest = parts.filter((part) => !isLong(part));
  const now = hub.ports.clock.now();
  const isDue = await update<{ at: Instant }>(hub.ports.table, backfillKey(connection.name), (held) =>
    job.full !== true && held !== undefined && now.getTime() - Date.parse(held.data.at) < BACKFILL_AGAIN_MS
      ? undefined
      : { data: { ...held?.data, at: now.toISOString() } },
  );
  if (isDue)
    await handOn(
      hub,
      connection,
      long.filter((part) => !isHeld(hub, stateOf(part))),
      job.full,
    );
  return rest;
};

const handOn = (hub: Hub, { name }: Connection, parts: readonly Part[], full: boolean | undefined): Promise<void> =>
  hub.ports.jobs.send(
    parts.map((part) => JSON.stringify({ connection: name, ...part, ...(full === true && { full }) } satisfies Job)),
  );

/** So many streams and scopes of a connection are read side by side, under its one budget. */
const AT_ONCE = 8;

/** Reads part by part; after the signal, or once the table itself failed one, none is begun. @returns how each begun one failed */
const eachOf = async (
  parts: readonly Part[],
  read: (part: Part) => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<(string | undefined)[]> => {
  const codes: (string | undefined)[] = [];
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < parts.length && !signal.aborted) {
      const at = next++;
      codes[at] = await read(parts[at] as Part).catch((error: unknown) => {
        next = parts.length;
        throw error;
      });
    }
  };
  const readers = Array.from({ length: AT_ONCE }, reader);
  // Whoever tries again must not meet those that were at work still.
  await Promise.allSettled(readers);
  await Promise.all(readers);
  return codes;
};

/** @returns whether the vendor accepted the credential */
const readAll = async (
  hub: Hub,
  connection: Connection,
  job: Job,
  parts: readonly Part[],
  states: States,
  signal: AbortSignal,
): Promise<boolean> => {
  const read = ({ stream, scope }: Part) => {
    const known = hub.elastic ? states.get(streamKey(connection.name, stream, scope).sk) : undefined;
    return pollStream(hub, connection, stream, scope, job.full === true, signal, known);
  };
  // A credential that was refused last is tried with one request, not with one for each stream and scope.
  const isDoubtful = [...states.values()].some(({ data }) => data.run.error?.code === "vendor_auth_expired");
  // On one machine a first stream proves the credential, which is seldom refused where jobs are many.
  const proving = isDoubtful ? 1 : hub.elastic ? 0 : parts.filter(({ stream }) => stream === parts[0]?.stream).length;
  let left = parts;
  let isProven = false;
  for (const round of [parts.slice(0, proving), parts.slice(proving)]) {
    const codes = await eachOf(round, read, signal);
    if (job.full === true && codes.includes("lease_held")) throw leaseHeld(hub, connection);
    left = left.slice(codes.length);
    if (signal.aborted) {
      const brokenOff = round.filter((_, index) => codes[index] === BROKEN_OFF);
      await handOn(hub, connection, brokenOff, false);
      await handOn(hub, connection, left, job.full);
      return false;
    }
    isProven ||= codes.some((code) => code !== "vendor_auth_expired");
    if (!isProven && codes.length > 0) return false;
  }
  return isProven;
};

/** By sort key. */
type States = ReadonlyMap<string, Row<StreamState>>;

const statesOf = async (hub: Hub, connectionName: string): Promise<States> => {
  const states = new Map<string, Row<StreamState>>();
  for await (const row of rowsOf<StreamState>(hub.ports.table, partition.ofConnection(connectionName), ""))
    states.set(row.sk, row);
  return states;
};

/** What is stored of a connection's credential. */
export interface CredentialSeen {
  readonly expiresAt?: Instant | undefined;
  readonly quota?: Quota | undefined;
}

/** What is left of requests is noted anew after so long: nobody plans by the minute, and each note is a write. */
const QUOTA_KEPT_MS = 15 * 60_000;

/** Keeps when the credential ends and what is left of requests, as the vendor or the config told, for whoever looks later. */
const noteCredential = async (hub: Hub, { name, credential, limits }: Connection): Promise<void> => {
  const expiresAt = credential.expiresAt();
  const told = limits?.();
  await update<CredentialSeen>(hub.ports.table, credentialKey(name), (held) => {
    const before = held?.data.quota;
    const isNew = told !== undefined && told.at - Date.parse(before?.at ?? "1970-01-01") >= QUOTA_KEPT_MS;
    const quota = isNew ? quotaOf(told) : before;
    return held?.data.expiresAt === expiresAt && quota === before
      ? undefined
      : { data: { ...held?.data, expiresAt, ...(quota && { quota }) } };
  });
};

const quotaOf = ({ remaining, resetAt, at }: LastLimits): Quota => ({
  remaining,
  ...(resetAt !== undefined && { resetAt: new Date(resetAt).toISOString() }),
  at: new Date(at).toISOString(),
});

/** The vendor's present word on single records, to settle a tie or to follow a webhook's hint. */
const reread = async (
  hub: Hub,
  connection: Connection,
  name: string,
  ids: readonly string[],
  gone: Gone | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const stream = connection.connector.streams[name];
  if (stream?.reread === undefined) {
    throw new HubError("stream_unknown", `${connection.connector.id} cannot read single records of ${name}`, {
      retry: "never",
    });
  }
  const context = { http: connection.http(signal), config: connection.config, signal };
  const records = await stream.reread(context, ids);
  const missing = records.length === 0 && gone !== undefined ? [await provenGone(hub, stream, context, gone)] : [];
  if (records.length + missing.length > 0) {
    const body = { records: { [name]: [...records] }, ...(missing.length > 0 && { gone: missing }) };
    await archivePage(hub, connection, { what: "reread", stream: name }, body);
  }
  hub.log.info({ connection: connection.name, stream: name, records: records.length }, "read again");
};
