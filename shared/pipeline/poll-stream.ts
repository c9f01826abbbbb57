import { hash as digestOf } from "node:crypto";
import { HubError, safeReason } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { type Known, keeping } from "../domain/kept-fields.ts";
import { entityId } from "../domain/kind.ts";
import type { Row } from "../ports/table.ts";
import { streamKey } from "../store/keys.ts";
import { archivePage, pageBytes } from "./archive-page.ts";
import { askForCensus } from "./due-censuses.ts";
import { hash } from "./entity-of.ts";
import type { Connection, Hub } from "./hub.ts";
import type { PageBody } from "./messages.ts";
import { readAhead } from "./read-ahead.ts";

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
  /** When a page was last queued. */
  readonly queuedAt?: Instant | undefined;
  /** Of the pages of the last run: a page that is the same again was queued already. */
  readonly pageHashes?: readonly string[] | undefined;
}

const STATE: Known<StreamState> = {
  cursor: true,
  lease: true,
  run: true,
  lastOutcome: true,
  firstCompletedAt: true,
  lastCompletedAt: true,
  queuedAt: true,
  pageHashes: true,
};

/** Overlaps repeat a page or a few; what is beyond is simply queued again. */
const PAGES_REMEMBERED = 50;
/** Longer than any page takes, and no longer than a function may run on AWS. */
const LEASE_MS = 900_000;
/** Where each write is paid for: how often a page is queued again that only a webhook can have made news. */
const SAME_PAGE_AGAIN_MS = 6 * 3_600_000;
/** Of a page's digest: enough to tell the pages of one stream apart. */
const DIGEST_CHARACTERS = 16;

/** Somebody may be reading under this lease. What a process that worked alone left behind is nobody's any more. */
export const isHeld = (hub: Hub, state: StreamState | undefined): boolean =>
  state?.lease !== undefined &&
  state.lease.until > hub.ports.clock.now().toISOString() &&
  (state.lease.holder === hub.instance || !hub.alone);

/** A process that works alone asks its own table, which costs nothing, and may look again soon. */
export const leaseHeld = ({ alone }: Hub, { name }: Connection): HubError =>
  new HubError("lease_held", `${name} is being read`, { retry: { afterSeconds: alone ? 3 : 30 } });

/** Failures that say that a scope is not seen any more: what we hold of it is then told to be hidden. */
const HIDDEN: ReadonlySet<string> = new Set(["vendor_forbidden", "vendor_not_found"]);

/** The run was told to end before it was through. */
export const BROKEN_OFF = "broken_off";

/**
 * Page by page: read, archive, queue, then the cursor, the next page being read meanwhile. A crash between any two repeats
 * work and loses none.
 *
 * @param known its state as just read, if it was
 * @returns how it failed: a code, or {@link BROKEN_OFF} if the signal ended it; the cursor is stored then
 */
export const pollStream = async (
  hub: Hub,
  connection: Connection,
  name: string,
  scope: string,
  full: boolean,
  signal: AbortSignal,
  known?: Row<StreamState>,
): Promise<string | undefined> => {
  const stream = connection.connector.streams[name];
  const reading = stream?.poll;
  if (reading === undefined) return undefined;
  const { clock, table } = hub.ports;
  const key = streamKey(connection.name, name, scope);
  const startedAt = clock.now().toISOString();
  let row = known ?? (await table.get<StreamState>(key.pk, key.sk));
  const held = row?.data;
  const isWithin = (milliseconds: number, at: Instant | undefined) =>
    clock.now().getTime() - Date.parse(at ?? "") < milliseconds;
  // Where no time of change and a webhook may tell something else in between, the same page may be news again: each
  // time, or where that is paid for, now and then.
  const canSkip =
    stream?.timeless !== true ||
    stream.reread === undefined ||
    (hub.elastic && isWithin(SAME_PAGE_AGAIN_MS, held?.queuedAt));
  if (isHeld(hub, held)) return "lease_held";
  /** The row's version is the fence: whoever lost the lease cannot store a cursor any more. */
  const store = async (data: StreamState): Promise<void> => {
    const next: Row<StreamState> = { ...key, version: (row?.version ?? 0) + 1, data: keeping(row?.data, data, STATE) };
    if (!(await table.put(next))) throw leaseHeld(hub, connection);
    row = next;
  };
  const lease = () => ({ holder: hub.instance, until: new Date(clock.now().getTime() + LEASE_MS).toISOString() });
  const stored = full ? undefined : held?.cursor;
  const parsed = stored === undefined ? undefined : reading.cursor.safeParse(stored);
  const remembered = full ? [] : held?.pageHashes;
  const alreadyQueued = new Set(remembered);
  const pageHashes: string[] = [];
  let cursor: unknown = parsed?.success ? parsed.data : reading.start;
  let pages = 0;
  let records = 0;
  let queued = 0;
  let { queuedAt } = held ?? {};
  const before = {
    firstCompletedAt: held?.firstCompletedAt,
    lastCompletedAt: held?.lastCompletedAt,
    lastOutcome: held?.lastOutcome,
    pageHashes: remembered,
  };
  const syncing = (): StreamState => ({
    cursor,
    lease: lease(),
    run: { state: "syncing", startedAt, pages, records, queued },
    ...before,
    queuedAt,
  });
  /** As long as it holds, nothing was written that somebody would have to be kept from. */
  let isQuiet = hub.elastic && !full && held?.run.state === "completed";
  if (!isQuiet) await store(syncing());
  /** @returns how long it took, in milliseconds */
  const ended = (outcome: "completed" | "failed" | "broken_off"): number => {
    const durationMs = clock.now().getTime() - Date.parse(startedAt);
    hub.meter?.add("runs", { connection: connection.name, stream: name, outcome });
    hub.meter?.observe("run_duration_seconds", { connection: connection.name }, durationMs / 1000);
    return durationMs;
  };
  const told = { connection: connection.name, stream: name, scope, run: startedAt };
  try {
    const start = cursor;
    const read = (until: AbortSignal) =>
      reading.read({ http: connection.http(until), config: connection.config, signal: until }, start, scope);
    // Before its lease is stored a run asks for nothing that it may not need.
    for await (const page of readAhead(read, signal, () => !isQuiet)) {
      const body: PageBody["records"] = { [name]: [...page.records] };
      for (const [other, more] of Object.entries(page.also ?? {})) body[other] = [...more];
      const gone = (page.gone ?? []).map((ref) => ({
        entityId: entityId(connection.id, ref),
        state: "deleted" as const,
      }));
      const size = Object.values(body).reduce((sum, list) => sum + list.length, gone.length);
      const whole = { records: body, ...(gone.length > 0 && { gone }) };
      const bytes = pageBytes(whole);
      const digest = digestOf("sha256", bytes, "hex").slice(0, DIGEST_CHARACTERS);
      const isNews = size > 0 && !(canSkip && alreadyQueued.has(digest));
      isQuiet &&= !isNews;
      if (isNews) {
        await archivePage(hub, connection, { what: "page", stream: name }, whole, undefined, bytes);
        queued += size;
        queuedAt = startedAt;
      }
      if (pageHashes.length < PAGES_REMEMBERED) pageHashes.push(digest);
      cursor = page.cursor;
      pages += 1;
      records += size;
      hub.meter?.add("records_read", { connection: connection.name, stream: name }, size);
      if (!isQuiet) await store(syncing());
    }
    const finishedAt = clock.now().toISOString();
    // Where each write is paid for, a read that found nothing goes unnoted for a while.
    const isSameCursor = hash(cursor ?? null) === hash(held?.cursor ?? null);
    if (isQuiet && isSameCursor && isWithin(connection.freshWithinSeconds * 500, held?.lastCompletedAt)) {
      ended("completed");
      return undefined;
    }
    await store({
      cursor,
      run: { state: "completed", startedAt, finishedAt, pages, records, queued },
      lastOutcome: "completed",
      firstCompletedAt: before.firstCompletedAt ?? finishedAt,
      lastCompletedAt: finishedAt,
      queuedAt,
      pageHashes,
    });
    hub.log.info({ ...told, pages, records, durationMs: ended("completed") }, "polled");
    if (HIDDEN.has(held?.run.error?.code ?? "")) await askForCensus(hub, connection, name, scope);
    return undefined;
  } catch (error) {
    if (signal.aborted) {
      const { lease: _, ...rest } = syncing();
      await store(rest);
      ended("broken_off");
      return BROKEN_OFF;
    }
    const at = clock.now().toISOString();
    const { code, message } =
      error instanceof HubError ? error : { code: "internal_error", message: "the connector failed unexpectedly" };
    const durationMs = ended("failed");
    hub.log.warn({ ...told, code, reason: safeReason(error), pages, records, durationMs }, "poll failed");
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
