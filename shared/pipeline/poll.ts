import { HubError, safeReason } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { Row } from "../ports/table.ts";
import { rowsOf, update } from "../store/entities.ts";
import { credentialKey, partition, streamKey } from "../store/keys.ts";
import { archivePage } from "./archive-page.ts";
import { type CensusState, noteCensus, takeCensus } from "./census.ts";
import { hash } from "./entity-of.ts";
import { renewHooks } from "./hooks.ts";
import type { Connection, Hub } from "./hub.ts";
import type { Gone, Job, PageBody } from "./messages.ts";
import { askForRederivation, rederive } from "./rederive.ts";

/** What is stored of one stream and scope: where reading goes on, who reads, how the last run went. */
export interface StreamState {
  readonly cursor?: unknown;
  readonly lease?: { readonly holder: string; readonly until: Instant } | undefined;
  readonly run: {
    readonly state: "syncing" | "completed" | "failed";
    readonly startedAt: Instant;
    readonly finishedAt?: Instant | undefined;
    readonly pages: number;
    readonly records: number;
    /** Of those, how many were on pages that were not queued before. */
    readonly queued: number;
    readonly error?: { readonly code: string; readonly message: string; readonly at: Instant } | undefined;
  };
  /** How the last run that ended did, kept while the next one is under way. */
  readonly lastOutcome?: "completed" | "failed" | undefined;
  readonly firstCompletedAt?: Instant | undefined;
  readonly lastCompletedAt?: Instant | undefined;
  /** Of the pages of the last run: a page that is the same again was queued already. */
  readonly pageHashes?: readonly string[] | undefined;
}

/** Overlaps repeat a page or a few; what is beyond is simply queued again. */
const PAGES_REMEMBERED = 50;
/** Longer than any page takes, and no longer than a function may run on AWS. */
const LEASE_MS = 900_000;
/** After the first complete read of a stream, so that what was read has had time to come in. */
const FIRST_CENSUS_AFTER_MS = 10 * 60_000;
const CENSUS_AGAIN_AFTER_FAILURE_MS = 60 * 60_000;

/**
 * Reads what a job names: single records anew, or a connection's streams from their cursors on.
 * A failing stream does not keep the others from being read: its failure stands in its run, and the next run tries again.
 */
export const poll = async (hub: Hub, job: Job, signal: AbortSignal): Promise<void> => {
  const connection = await hub.connection(job.connection);
  if (job.ids !== undefined) return reread(hub, connection, job.stream ?? "", job.ids, job.gone, signal);
  if (job.census !== undefined) return takeCensuses(hub, connection, job, signal);
  if (job.replay !== undefined) return rederive(hub, connection, job.replay.after, signal);
  const { streams } = connection.connector;
  if (job.stream !== undefined && !Object.hasOwn(streams, job.stream)) {
    throw new HubError("stream_unknown", `${connection.connector.id} has no stream ${job.stream}`, { retry: "never" });
  }
  if (job.stream === undefined) await askForRederivation(hub, connection);
  const states = await statesOf(hub, connection.name);
  // A timer may come round before a long run has ended: the run that is at work reads everything anyway.
  if (job.stream === undefined && job.full !== true && states.some((state) => isHeld(hub, state))) return;
  // The run that is at work reads on from its cursor: whoever wants all of it waits for its end.
  if (job.full === true && states.some((state) => isHeld(hub, state))) throw leaseHeld(connection);
  // A credential that was refused last is tried with one request, not with one for each stream and scope.
  const isDoubtful = states.some(({ run }) => run.error?.code === "vendor_auth_expired");
  let isProven = false;
  for (const [name, stream] of Object.entries(streams)) {
    if (stream.poll === undefined || (job.stream !== undefined && job.stream !== name)) continue;
    const scopes = stream.poll.scopes?.(connection.config) ?? [""];
    const read = (scope: string) => pollStream(hub, connection, name, scope, job.full === true, signal);
    const batches: (readonly string[])[] = isDoubtful && !isProven ? [scopes.slice(0, 1), scopes.slice(1)] : [scopes];
    for (const some of batches) {
      const failures: (string | undefined)[] = await Promise.all(some.map(read));
      if (job.full === true && failures.includes("lease_held")) throw leaseHeld(connection);
      isProven ||= failures.some((code) => code !== "vendor_auth_expired");
      if (!isProven && failures.length > 0) return;
    }
  }
  if (job.stream === undefined) await askForCensuses(hub, connection);
  if (!isProven) return;
  await noteCredential(hub, connection);
  await renewHooks(hub, connection, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    const code = error instanceof HubError ? error.code : "internal_error";
    hub.log.warn({ connection: connection.name, code, reason: safeReason(error) }, "webhooks not renewed");
  });
};

/** Failures that say that a scope is not seen any more: what we hold of it is then told to be hidden. */
const HIDDEN: ReadonlySet<string> = new Set(["vendor_forbidden", "vendor_not_found"]);

/** Somebody may be reading under this lease. What a process that worked alone left behind is nobody's any more. */
const isHeld = (hub: Hub, state: StreamState | undefined): boolean =>
  state?.lease !== undefined &&
  state.lease.until > hub.ports.clock.now().toISOString() &&
  (state.lease.holder === hub.instance || !hub.alone);

const statesOf = async (hub: Hub, connectionName: string): Promise<StreamState[]> => {
  const states: StreamState[] = [];
  for await (const { data } of rowsOf<StreamState>(hub.ports.table, partition.ofConnection(connectionName), ""))
    states.push(data);
  return states;
};

/** What is stored of a connection's credential. */
export interface CredentialSeen {
  readonly expiresAt?: Instant | undefined;
}

/** Keeps when the credential ends, as the vendor or the config told, for whoever looks later. */
const noteCredential = async (hub: Hub, { name, credential }: Connection): Promise<void> => {
  const expiresAt = credential.expiresAt();
  await update<CredentialSeen>(hub.ports.table, credentialKey(name), (held) =>
    held?.data.expiresAt === expiresAt ? undefined : { data: { expiresAt } },
  );
};

const leaseHeld = ({ name }: Connection): HubError =>
  new HubError("lease_held", `${name} is being read`, { retry: { afterSeconds: 30 } });

/** Page by page: read, archive, queue, then the cursor. A crash between any two repeats work and loses none. @returns how it failed */
const pollStream = async (
  hub: Hub,
  connection: Connection,
  name: string,
  scope: string,
  full: boolean,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const stream = connection.connector.streams[name];
  const reading = stream?.poll;
  if (reading === undefined) return undefined;
  // Where no time of change and a webhook may tell something else in between, the same page may be news again.
  const canSkip = stream?.timeless !== true || stream.reread === undefined;
  const { clock, table } = hub.ports;
  const key = streamKey(connection.name, name, scope);
  const startedAt = clock.now().toISOString();
  let row: Row<StreamState> | undefined = await table.get<StreamState>(key.pk, key.sk);
  const held = row?.data;
  if (isHeld(hub, held)) return "lease_held";
  /** The row's version is the fence: whoever lost the lease cannot store a cursor any more. */
  const store = async (data: StreamState): Promise<void> => {
    const next: Row<StreamState> = { ...key, version: (row?.version ?? 0) + 1, data };
    if (!(await table.put(next))) throw leaseHeld(connection);
    row = next;
  };
  const lease = () => ({ holder: hub.instance, until: new Date(clock.now().getTime() + LEASE_MS).toISOString() });
  const stored = full ? undefined : held?.cursor;
  const parsed = stored === undefined ? undefined : reading.cursor.safeParse(stored);
  const known = new Set(full ? [] : held?.pageHashes);
  const pageHashes: string[] = [];
  let cursor: unknown = parsed?.success ? parsed.data : reading.start;
  let pages = 0;
  let records = 0;
  let queued = 0;
  const before = {
    firstCompletedAt: held?.firstCompletedAt,
    lastCompletedAt: held?.lastCompletedAt,
    lastOutcome: held?.lastOutcome,
    pageHashes: held?.pageHashes,
  };
  await store({
    cursor,
    lease: lease(),
    run: { state: "syncing", startedAt, pages, records, queued },
    ...before,
  });
  try {
    const context = { http: connection.http(signal), config: connection.config, signal };
    for await (const page of reading.read(context, cursor, scope)) {
      signal.throwIfAborted();
      const body: PageBody["records"] = { [name]: [...page.records] };
      for (const [other, more] of Object.entries(page.also ?? {})) body[other] = [...more];
      const size = Object.values(body).reduce((sum, list) => sum + list.length, 0);
      const digest = hash(body);
      if (size > 0 && !(canSkip && known.has(digest))) {
        await archivePage(hub, connection, { what: "page", stream: name }, { records: body });
        queued += size;
      }
      if (pageHashes.length < PAGES_REMEMBERED) pageHashes.push(digest);
      cursor = page.cursor;
      pages += 1;
      records += size;
      await store({
        cursor,
        lease: lease(),
        run: { state: "syncing", startedAt, pages, records, queued },
        ...before,
      });
    }
    const finishedAt = clock.now().toISOString();
    await store({
      cursor,
      run: { state: "completed", startedAt, finishedAt, pages, records, queued },
      lastOutcome: "completed",
      firstCompletedAt: before.firstCompletedAt ?? finishedAt,
      lastCompletedAt: finishedAt,
      pageHashes,
    });
    hub.log.info({ connection: connection.name, stream: name, scope, pages, records }, "polled");
    if (HIDDEN.has(held?.run.error?.code ?? "")) await askForCensus(hub, connection, name, scope);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const at = clock.now().toISOString();
    const { code, message } =
      error instanceof HubError ? error : { code: "internal_error", message: "the connector failed unexpectedly" };
    hub.log.warn(
      {
        connection: connection.name,
        stream: name,
        scope,
        code,
        reason: safeReason(error),
      },
      "poll failed",
    );
    if (code !== "lease_held") {
      await store({
        cursor,
        ...before,
        lastOutcome: "failed",
        run: { state: "failed", startedAt, finishedAt: at, pages, records, queued, error: { code, message, at } },
      });
      if (HIDDEN.has(code) && !HIDDEN.has(held?.run.error?.code ?? ""))
        await askForCensus(hub, connection, name, scope);
    }
    return code;
  }
};

const askForCensus = async (hub: Hub, connection: Connection, stream: string, scope: string): Promise<void> => {
  if (connection.connector.streams[stream]?.census === undefined) return;
  await hub.ports.jobs.send([JSON.stringify({ connection: connection.name, stream, scope, census: "now" })]);
};

/** Asks for the censuses that are due: each is a job of its own, so that none holds up what is read. */
const askForCensuses = async (hub: Hub, connection: Connection): Promise<void> => {
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

const takeCensuses = async (hub: Hub, connection: Connection, job: Job, signal: AbortSignal): Promise<void> => {
  for (const { stream, scope } of censusesOf(connection)) {
    if ((job.stream ?? stream) !== stream || (job.scope ?? scope) !== scope) continue;
    await takeCensus(hub, connection, stream, scope, job.census === "confirmed", signal);
  }
};

/** The vendor's present word on single records, to settle a tie or to follow a webhook's hint. */
const reread = async (
  hub: Hub,
  connection: Connection,
  name: string,
  ids: readonly string[],
  gone: Gone | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const read = connection.connector.streams[name]?.reread;
  if (read === undefined) {
    throw new HubError("stream_unknown", `${connection.connector.id} cannot read single records of ${name}`, {
      retry: "never",
    });
  }
  const records = await read({ http: connection.http(signal), config: connection.config, signal }, ids);
  const missing = records.length === 0 && gone !== undefined ? [gone] : [];
  if (records.length + missing.length > 0) {
    const body = { records: { [name]: [...records] }, ...(missing.length > 0 && { gone: missing }) };
    await archivePage(hub, connection, { what: "reread", stream: name }, body);
  }
  hub.log.info({ connection: connection.name, stream: name, records: records.length }, "read again");
};
