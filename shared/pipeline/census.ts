import type { Census, Counted } from "../connector/contract.ts";
import { HubError, safeReason } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { entityId } from "../domain/kind.ts";
import { entityById, everyOf, type StoredEntity, update } from "../store/entities.ts";
import { censusKey } from "../store/keys.ts";
import { archivePage } from "./archive-page.ts";
import { type Counting, type FusedPlace, missing, placeOf, tailOf } from "./census-missing.ts";
import type { Connection, Hub } from "./hub.ts";
import { isOf, isOnlyTold } from "./whereabouts.ts";

/** What the last census of one stream and scope found. */
export interface CensusState {
  readonly state: "counting" | "completed" | "failed";
  readonly startedAt: Instant;
  /** Of the last one that ended well. */
  readonly result?: CensusResult | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

export interface CensusResult {
  readonly at: Instant;
  /** How many records the tool lists. */
  readonly theirs: number;
  /** How many we held as there. */
  readonly ours: number;
  /** Listed and not held as they are listed: asked for since. */
  readonly gaps: number;
  /** Held, not listed, and gone by the word of a second read. */
  readonly gone: number;
  /** Of places that the credential no longer sees. */
  readonly lost: number;
  /** Held, not listed, and found by a read: the listing lags. */
  readonly unlisted: number;
  /** Places where so many were missing that nothing was removed. */
  readonly fuse: readonly FusedPlace[];
}

/** Single records are asked for in jobs of so many, and no more jobs than this after one census. */
const ASKED_AT_ONCE = 50;
const JOBS_AT_MOST = 200;
const GONE_PER_PAGE = 500;

/**
 * Compares what the tool lists with what we hold. What is listed and not held is asked for; what is held and not listed
 * is looked for once more, and only then told to be gone. A run with any error changes nothing, nor does one that
 * would remove more than the connection's fuse allows, unless a person confirmed it.
 *
 * @throws only if the signal aborts
 */
export const takeCensus = async (
  hub: Hub,
  connection: Connection,
  streamName: string,
  scope: string,
  confirmed: boolean,
  signal: AbortSignal,
): Promise<void> => {
  const stream = connection.connector.streams[streamName];
  const census = stream?.census as Census<unknown> | undefined;
  if (stream === undefined || census === undefined) return;
  const startedAt = hub.ports.clock.now().toISOString();
  const note = (state: Omit<CensusState, "startedAt">) =>
    noteCensus(hub, connection.name, streamName, scope, { ...state, startedAt });
  const fields = { connection: connection.name, stream: streamName, scope };
  await note({ state: "counting" });
  try {
    const context = { http: connection.http(signal), config: connection.config, signal };
    const result = await count({ hub, connection, stream, streamName, census, context, scope, confirmed, startedAt });
    await note({ state: "completed", result });
    hub.log.info({ ...fields, records: result.theirs }, "counted");
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } =
      error instanceof HubError ? error : { code: "internal_error", message: "the connector failed unexpectedly" };
    await note({ state: "failed", error: { code, message } });
    hub.log.warn({ ...fields, code, reason: safeReason(error) }, "census failed");
  }
};

/** Stores how a census stands; the result of the last one that ended well stays until there is another. */
export const noteCensus = (
  hub: Hub,
  connection: string,
  stream: string,
  scope: string,
  state: CensusState,
): Promise<boolean> =>
  update<CensusState>(hub.ports.table, censusKey(connection, stream, scope), (held) => ({
    data: { ...held?.data, error: undefined, ...state },
  }));

const count = async (counting: Counting): Promise<CensusResult> => {
  const { hub, connection, streamName, census } = counting;
  const theirs = await listed(counting);
  const { ours, unlisted, outOfScope, heldIn } = await compared(counting, theirs);
  const found = await missing(counting, unlisted, heldIn);
  const told = new Set(unlisted.filter((entity) => isOnlyTold(census, entity)).map(({ id }) => id));
  const gone = found.looks.flatMap((look) => look.gone);
  const news = gone.filter(({ entityId: id, state }) => state !== "deleted" || !told.has(id));
  // All of it at the end: had anything above failed, nothing would have been told.
  const note = { what: "census", stream: streamName } as const;
  for (let at = 0; at < outOfScope.length; at += GONE_PER_PAGE) {
    const part = outOfScope.slice(at, at + GONE_PER_PAGE);
    const left = part.map(({ id }) => ({ entityId: id, state: "out_of_scope" as const }));
    await archivePage(hub, connection, note, { records: {}, gone: left });
  }
  for (const { readAt, records, gone } of found.looks)
    await archivePage(hub, connection, note, { records: { [streamName]: [...records] }, gone: [...gone] }, readAt);
  const gaps = [...theirs.values()].filter((one) => one !== HELD);
  for (let at = 0; at < Math.min(gaps.length, ASKED_AT_ONCE * JOBS_AT_MOST); at += ASKED_AT_ONCE) {
    const ids = gaps.slice(at, at + ASKED_AT_ONCE).map((one) => one.slice(1));
    await hub.ports.jobs.send([JSON.stringify({ connection: connection.name, stream: streamName, ids })]);
  }
  return {
    at: counting.startedAt,
    theirs: theirs.size,
    ours,
    gaps: gaps.length,
    gone: news.filter(({ state }) => state !== "lost_access").length + outOfScope.length,
    lost: news.filter(({ state }) => state === "lost_access").length,
    unlisted: found.looks.reduce((sum, { records }) => sum + records.length, 0),
    fuse: found.fuse,
  };
};

/** One listed record in few bytes, since there may be very many: `a` or `p` (archived or not) or `?`, and what reads it again. */
type Listing = string;
const listing = ({ id, rereadId, isArchived }: Counted): Listing =>
  `${isArchived === undefined ? "?" : isArchived ? "a" : "p"}${rereadId ?? id}`;
/** Stands in the listing for a record that we hold as it is listed. */
const HELD: Listing = "";

/** Every listed record, by the tail of the id it has here. A scope that is not seen any more lists nothing. */
const listed = async ({ connection, census, context, scope }: Counting): Promise<Map<string, Listing>> => {
  const found = new Map<string, Listing>();
  const [kind] = census.kinds;
  if (kind === undefined) return found;
  try {
    for await (const page of census.ids(context, scope)) {
      for (const one of page)
        found.set(tailOf(entityId(connection.id, { kind, noun: census.noun, id: one.id })), listing(one));
    }
  } catch (error) {
    const isHidden =
      error instanceof HubError && (error.code === "vendor_forbidden" || error.code === "vendor_not_found");
    if (!isHidden || scope === "" || (await census.reaches(context, scope))) throw error;
    return new Map();
  }
  return found;
};

interface Compared {
  readonly ours: number;
  /** Held and not listed. */
  readonly unlisted: readonly StoredEntity[];
  readonly outOfScope: readonly StoredEntity[];
  /** How many we hold, by place. */
  readonly heldIn: ReadonlyMap<string, number>;
}

/** Walks what we hold. What is held as it is listed is struck off the list. */
const compared = async (counting: Counting, theirs: Map<string, Listing>): Promise<Compared> => {
  const { hub, connection, census, scope, startedAt } = counting;
  const holds = census.holds ?? sameOrAll;
  const unlisted: StoredEntity[] = [];
  const outOfScope: StoredEntity[] = [];
  const heldIn = new Map<string, number>();
  const struck = new Map<string, string>();
  let ours = 0;
  for (const kind of census.kinds) {
    for await (const entity of everyOf(hub.ports.table, kind)) {
      if (!isOf(connection.id, census.noun, entity)) continue;
      const tail = tailOf(entity.id);
      const place = placeOf(entity);
      const isThere = entity.goneToldAt === undefined;
      const isHidden = entity.presence.state === "lost_access";
      const isSelected =
        entity.scopes.length === 0 || entity.scopes.some((one) => census.selects(connection.config, one));
      if (!isSelected) {
        if (isThere) outOfScope.push(entity);
        continue;
      }
      const one = theirs.get(tail);
      const isHere =
        one !== undefined || entity.scopes.length === 0 || entity.scopes.some((name) => holds(scope, name));
      // What was hidden may have gone meanwhile: if it is not among what shows again, it is looked for.
      if ((isHidden || isOnlyTold(census, entity)) && isHere && one === undefined) unlisted.push(entity);
      if (!isThere || !isHere) continue;
      ours += 1;
      heldIn.set(place, (heldIn.get(place) ?? 0) + 1);
      const twin = struck.get(tail);
      if (one === undefined) {
        // What came in while the tool was listing may well be missing from the list.
        if (entity.recordedAt < startedAt) unlisted.push(entity);
      } else if (twin !== undefined) {
        const other = await entityById(hub.ports.table, twin);
        unlisted.push(entity, ...(other === undefined ? [] : [other]));
      } else if (one[0] === "?" || (one[0] === "a") === (entity.presence.state === "archived")) {
        theirs.set(tail, HELD);
        struck.set(tail, entity.id);
      }
    }
  }
  return { ours, unlisted, outOfScope, heldIn };
};

const sameOrAll = (scope: string, place: string): boolean =>
  scope === "" || scope.toLowerCase() === place.toLowerCase();
