import { parseJson } from "../connector/body.ts";
import type { Stream, Told } from "../connector/contract.ts";
import { HubError, payloadUnreadable } from "../connector/errors.ts";
import type { Draft, PresenceState } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { merge } from "../domain/merge.ts";
import { traceOf } from "../domain/trace.ts";
import type { Archived } from "../ports/archive.ts";
import type { Row } from "../ports/table.ts";
import { addHistory, type StoredEntity, update } from "../store/entities.ts";
import { deliveryKey, entityKey, lists } from "../store/keys.ts";
import { askReferring } from "./ask-referring.ts";
import { type Arrival, entityOf, goneEntity, hash, historyHash } from "./entity-of.ts";
import { breathe } from "./give-way.ts";
import type { Connection, Hub, Mapping } from "./hub.ts";
import { mayBeUnnoted, type Written } from "./lost.ts";
import { type Gone, type InboxMessage, type Job, PageBody } from "./messages.ts";
import { setAside } from "./quarantine.ts";
import { afterGone, successor } from "./successor.ts";
import { tally, withPoint } from "./tally.ts";
import { openTogether, type Together } from "./together.ts";

const DELIVERY_MEMORY_SECONDS = 30 * 86_400;

/**
 * Turns one archived payload into entities and keeps each that is newer than the one we hold.
 * Safe to repeat and safe in any order. A record that cannot be read is set aside, and the rest goes on.
 *
 * @param how.replay reads a webhook again although its delivery is remembered
 * @param how.together gathers what the tool is to be asked, for the caller to send; else it is sent here
 * @param message.replay was read before: the tool is asked nothing, since its answers are in the archive too
 * @returns what it did, for the caller's log and for replays
 * @throws HubError payload_unreadable if the whole payload is none of the vendor's; connection_unknown
 */
export const ingest = async (
  hub: Hub,
  message: InboxMessage,
  how: { readonly replay?: boolean | undefined; readonly together?: Together | undefined } = {},
): Promise<Outcome> => {
  await breathe("ahead");
  const began = hub.ports.clock.now().getTime();
  const connection = await hub.connection(message.connection);
  const archived = await hub.ports.archive.get(message.rawRef);
  const work: Work = {
    hub,
    mapping: await hub.mapping(),
    connection,
    archived,
    rawRef: message.rawRef,
    replay: how.replay === true || message.replay === true,
    settled: message.replay === true,
    seen: new Map(),
    brought: [],
    outcome: { records: 0, drafts: 0, added: 0, written: 0, setAside: 0, waiting: [] },
    asking: { ids: new Map(), gone: [], words: false },
    together: how.together ?? openTogether(),
  };
  if (archived.note.what === "webhook") await ingestWebhook(work);
  else await ingestPage(work);
  if (how.together === undefined) await work.together.send(hub.ports);
  tell(work, hub.ports.clock.now().getTime() - began);
  return work.outcome;
};

/** Counts what a payload brought, and says so in one line. */
const tell = ({ hub, connection: { name: connection }, rawRef, outcome }: Work, durationMs: number): void => {
  const { records, drafts, added, written, setAside: aside } = outcome;
  const results = { new: added, changed: written - added, same: Math.max(0, drafts - written), set_aside: aside };
  for (const [result, count] of Object.entries(results))
    if (count > 0) hub.meter?.add("records_kept", { connection, result }, count);
  const trace = traceOf(rawRef);
  hub.log.info({ connection, trace, records, written, setAside: aside, durationMs }, "ingested");
};

export interface Outcome {
  records: number;
  /** Entities that they tell of. */
  drafts: number;
  /** Entities that were not held before. */
  added: number;
  /** Entities that were not held, or changed. */
  written: number;
  setAside: number;
  /** Under which ids they wait. */
  waiting: string[];
}

interface Work {
  readonly hub: Hub;
  readonly mapping: Mapping;
  readonly connection: Connection;
  readonly archived: Archived;
  readonly rawRef: string;
  readonly replay: boolean;
  /** What it may ask the tool was asked when it first came. */
  readonly settled: boolean;
  /** What this payload already brought, as told last. */
  readonly seen: Map<string, string>;
  /** What it wrote, or had written when it came before. */
  readonly brought: Written[];
  readonly outcome: Outcome;
  /** What the tool is to be asked because of this payload. */
  readonly asking: {
    readonly ids: Map<string, Set<string>>;
    readonly gone: { readonly stream: string; readonly rereadId: string; readonly gone: Gone }[];
    /** A word of the tool was renamed or means something else now: that was asked about. */
    words: boolean;
  };
  /** The same for all payloads of a batch. */
  readonly together: Together;
}

/** When all of a payload is read: a crash before it repeats the payload, and with it the questions. */
const ask = async ({ hub, connection, settled, asking, together }: Work): Promise<void> => {
  if (settled) return;
  const jobs: Omit<Job, "connection">[] = asking.gone.map(({ stream, rereadId, gone }) => ({
    stream,
    ids: [rereadId],
    gone,
  }));
  for (const [stream, ids] of asking.ids) together.ask(connection.name, stream, ids);
  if (jobs.length > 0)
    await hub.ports.jobs.send(jobs.map((job) => JSON.stringify({ connection: connection.name, ...job })));
};

/** No record tells that a word of it was renamed: all of them are read again, once for all words of a payload. */
const askForAll = async ({ hub, connection, settled, asking }: Work): Promise<void> => {
  if (settled || asking.words) return;
  asking.words = true;
  for (const [stream, { kinds, poll }] of Object.entries(connection.connector.streams)) {
    if (poll === undefined || !kinds.includes("workItem")) continue;
    await hub.ports.jobs.send([JSON.stringify({ connection: connection.name, stream, full: true })]);
  }
};

/** What is deleted or lives elsewhere takes its links with it; what is only out of sight keeps them. */
const askAbout = async ({ hub, connection, settled }: Work, gone: readonly Gone[]): Promise<void> => {
  const ids = gone.flatMap(({ entityId, state }) => (state === "deleted" || state === "moved" ? [entityId] : []));
  if (!settled && ids.length > 0) await askReferring(hub, connection, ids);
};

const ingestPage = async (work: Work): Promise<void> => {
  const { archived, connection } = work;
  const { records, gone = [] } = PageBody.parse(JSON.parse(new TextDecoder().decode(archived.bytes)));
  for (const [name, list] of Object.entries(records)) {
    const stream = connection.connector.streams[name];
    if (stream === undefined) throw payloadUnreadable(`stream ${name}`);
    const asked = archived.note.what === "reread" || archived.note.what === "census" || stream.timeless === true;
    const askedAt = asked ? archived.note.receivedAt : undefined;
    for (const [index, record] of list.entries()) {
      await breathe("ahead");
      await ingestRecord(work, name, record, { index, askedAt });
    }
  }
  await askAbout(work, gone);
  for (const one of gone) await ingestGone(work, one);
  work.together.note(work.brought);
  await ask(work);
};

/** What the tool told to be gone and a read did not find: the tie is settled. */
const ingestGone = async (work: Work, gone: Gone): Promise<void> => {
  const { hub, outcome } = work;
  const arrival = arrivalOf(work, work.archived.note.receivedAt);
  let brought: Written | undefined;
  const wrote = await update<StoredEntity>(hub.ports.table, entityKey(gone.entityId), (row) => {
    brought = row && broughtBefore(work, row.data);
    const entity = row && afterGone(row.data, goneEntity(row.data, gone, arrival));
    if (row === undefined || entity === undefined) return undefined;
    if (entity.version > row.data.version) brought = entity;
    return { data: entity, ...(row.list && { list: row.list }) };
  });
  if (brought === undefined) return;
  work.brought.push(brought);
  if (wrote) outcome.written += 1;
};

const ingestWebhook = async (work: Work): Promise<void> => {
  const { hub, connection, archived } = work;
  const { webhook } = connection.connector;
  if (webhook === undefined) throw payloadUnreadable("a webhook of a tool without webhooks");
  const headers = new Headers(archived.note.headers);
  const deliveryId = webhook.deliveryId({
    headers,
    body: archived.bytes,
    receivedAt: new Date(archived.note.receivedAt),
  });
  const key = deliveryKey(connection.name, deliveryId);
  if (deliveryId !== "" && !work.replay && (await hub.ports.table.get(key.pk, key.sk)) !== undefined) return;
  let told: readonly Told[];
  try {
    told = webhook.records((webhook.parse ?? parseJson)(archived.bytes), headers, connection.config);
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw payloadUnreadable(`a webhook of ${connection.name}`, error);
  }
  for (const [index, one] of told.entries()) {
    await breathe("ahead");
    if ("reread" in one) {
      const { ids } = work.asking;
      ids.set(one.stream, (ids.get(one.stream) ?? new Set()).add(one.reread));
    } else {
      const timeless = connection.connector.streams[one.stream]?.timeless === true;
      await ingestRecord(work, one.stream, one.record, {
        index,
        askedAt: timeless ? archived.note.receivedAt : undefined,
        presence: one.presence,
        at: one.at,
      });
    }
  }
  work.together.note(work.brought);
  await ask(work);
  // Remembered last: a crash before this line repeats the work, which the merge makes harmless.
  if (deliveryId !== "") {
    const expiresAt = Math.floor(hub.ports.clock.now().getTime() / 1000) + DELIVERY_MEMORY_SECONDS;
    const row = { ...key, version: 1, data: { rawRef: work.rawRef }, expiresAt };
    work.together.behind(() => hub.ports.table.put(row));
  }
};

interface Circumstances {
  readonly index: number;
  readonly askedAt: Instant | undefined;
  readonly presence?: PresenceState | undefined;
  readonly at?: Instant | undefined;
}

const ingestRecord = async (work: Work, streamName: string, record: unknown, how: Circumstances): Promise<void> => {
  const { hub, connection } = work;
  work.outcome.records += 1;
  const stream = connection.connector.streams[streamName];
  let drafts: readonly Draft[];
  try {
    drafts = draftsOf(stream, `${connection.name}/${streamName}`, record, {
      ...connection,
      emailHash: work.mapping.emailHash,
    });
  } catch (error) {
    work.outcome.setAside += 1;
    const waiting = await setAside(
      hub,
      { connectionId: connection.name, stream: streamName, rawRef: work.rawRef, index: how.index },
      error,
    );
    work.outcome.waiting.push(waiting);
    return;
  }
  const isGone = how.presence !== undefined && how.presence !== "present";
  // What a record names beside itself, people for example, does not go with it.
  for (const draft of isGone ? drafts.slice(0, 1) : drafts) {
    work.outcome.drafts += 1;
    if (await keep(work, streamName, stream?.rereadId?.(record) ?? draft.external.id, draft, how))
      work.outcome.written += 1;
  }
};

/** @throws HubError payload_unreadable, whatever went wrong: a record must never stop the others */
export const draftsOf = (
  // biome-ignore lint/suspicious/noExplicitAny: the stream's own types were checked where it was declared
  stream: Stream<any, any, any> | undefined,
  what: string,
  record: unknown,
  connection: Pick<Connection, "id" | "statuses" | "environments"> & Partial<Pick<Mapping, "emailHash">>,
): readonly Draft[] => {
  if (stream === undefined) throw payloadUnreadable(`stream ${what}`);
  const parsed = stream.record.safeParse(record);
  if (!parsed.success) throw payloadUnreadable(`a record of ${what}`, parsed.error);
  try {
    return stream.normalise(parsed.data, {
      connectionId: connection.id,
      statuses: connection.statuses,
      environments: connection.environments,
      emailHash: connection.emailHash,
    });
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw payloadUnreadable(`a record of ${what}`, error);
  }
};

const arrivalOf = (
  { hub, mapping, connection, archived: { note }, rawRef }: Work,
  askedAt: Instant | undefined,
): Arrival => ({
  connectionId: connection.id,
  tool: connection.connector.id,
  productsOf: connection.productsOf,
  mappingVersion: mapping.version,
  rawRef,
  now: hub.ports.clock.now().toISOString(),
  receivedAt: note.receivedAt,
  how: note.what === "webhook" || note.what === "census" ? note.what : "read",
  askedAt,
});

/** People and sprints stand on every issue of a page: whatever is told again in the same words was kept already. */
const isSeen = ({ seen }: Work, draft: Draft, presence: PresenceState | undefined): boolean => {
  if (draft.history !== undefined || draft.occurrence !== undefined) return false;
  const { noun, id } = draft.external;
  const key = `${draft.kind} ${noun} ${id}`;
  const told = `${presence ?? ""} ${JSON.stringify(draft)}`;
  if (seen.get(key) === told) return true;
  seen.set(key, told);
  return false;
};

/** @returns whether something was written */
const keep = async (
  work: Work,
  stream: string,
  rereadId: string,
  draft: Draft,
  how: Circumstances,
): Promise<boolean> => {
  const { hub, connection, archived } = work;
  const isGone = how.presence !== undefined && how.presence !== "present";
  // Ties between records without a time go by when they were read; an account on an issue's page is one.
  const askedAt = how.askedAt ?? (draft.updatedAt < "1971" ? archived.note.receivedAt : undefined);
  const arrival = { ...arrivalOf(work, askedAt), presence: how.presence };
  const { occurrence } = draft;
  if (isSeen(work, draft, how.presence)) return false;
  const fresh = entityOf(draft, arrival);
  const key = entityKey(fresh.id);
  const point = occurrence === undefined || isGone ? undefined : await tally(hub, fresh.id, occurrence);
  for (;;) {
    const row: Row<StoredEntity> | undefined = await hub.ports.table.get<StoredEntity>(key.pk, key.sk);
    const held = row?.data;
    if (draft.history !== undefined && fresh.historyHash !== held?.historyHash)
      await addHistory(hub.ports.table, fresh.id, draft.history, heldOf(draft.history, held));
    const told = isGone ? goneEntity(held ?? fresh, { state: how.presence, at: how.at }, arrival) : fresh;
    const next = point === undefined ? told : withPoint(told, held, point);
    const verdict = merge(held, next);
    if (point !== undefined && held !== undefined && row !== undefined && verdict !== "write") {
      const { pk, sk, list } = row;
      const counted = { ...withPoint(held, held, point), recordedAt: fresh.recordedAt, version: held.version + 1 };
      if (hash(counted.fields) === hash(held.fields)) return false;
      if (!(await hub.ports.table.put({ pk, sk, version: row.version + 1, data: counted, ...(list && { list }) })))
        continue;
      work.brought.push(counted);
      return true;
    }
    const before = held && verdict !== "write" ? broughtBefore(work, held) : undefined;
    if (before !== undefined) work.brought.push(before);
    if (verdict === "drop") return false;
    if (verdict === "refetch") {
      if (isGone) work.asking.gone.push({ stream, rereadId, gone: { entityId: fresh.id, state: how.presence } });
      else work.asking.ids.set(stream, (work.asking.ids.get(stream) ?? new Set()).add(rereadId));
      return false;
    }
    // People stand on every page of issues: noting each sight of them would write for nothing that anybody asks.
    if (verdict === "touch" && draft.kind === "account") return false;
    if (verdict === "touch" && row !== undefined && held !== undefined) {
      const { pk, sk, list, data } = row;
      const askedAt = [data.askedAt, next.askedAt]
        .filter((at) => at !== undefined)
        .sort()
        .at(-1);
      const isSame = data.mappedHash === next.mappedHash;
      const mappingVersion = isSame ? Math.max(data.mappingVersion, next.mappingVersion) : data.mappingVersion;
      const touched = { pk, sk, version: row.version + 1, data: { ...data, askedAt, mappingVersion } };
      if (await hub.ports.table.put({ ...touched, ...(list && { list }) })) return false;
      continue;
    }
    const entity = successor(held, next);
    const list =
      entity.kind === "vocabulary"
        ? lists.ofVocabulary(connection.name, entity.id)
        : lists.ofKind(entity.kind, entity.id);
    // Asked before it is written: what a crash repeats then would look as if nothing had changed.
    if (isGone) await askAbout(work, [{ entityId: fresh.id, state: how.presence }]);
    if (entity.kind === "vocabulary" && held !== undefined && hash(entity.fields) !== hash(held.fields))
      await askForAll(work);
    if (!(await hub.ports.table.put({ ...key, version: (row?.version ?? 0) + 1, data: entity, list }))) continue;
    work.brought.push(entity);
    if (held === undefined) work.outcome.added += 1;
    return true;
  }
};

/** A record mostly comes with one entry more than are held: that these are its first ones, their hash tells. */
const NEW_AT_MOST = 5;

/** How many entries are held already, from the first on; undefined if that cannot be told without looking. */
const heldOf = (entries: readonly HistoryEntry[], held: StoredEntity | undefined): number | undefined => {
  if (held === undefined || entries.length === 0) return 0;
  if (held.historyHash === undefined) return undefined;
  for (let count = entries.length - 1; count > 0 && count >= entries.length - NEW_AT_MOST; count--)
    if (historyHash(entries.slice(0, count)) === held.historyHash) return count;
  return undefined;
};

/** What this very payload wrote when it came before, and may not have noted then. */
const broughtBefore = ({ hub, rawRef }: Work, held: StoredEntity): Written | undefined =>
  held.rawRef === rawRef && mayBeUnnoted(hub.ports, held) ? held : undefined;
