import type { Instant } from "../domain/instant.ts";
import type { FeedRecord, Row, Table } from "../ports/table.ts";
import type { StoredEntity } from "../store/entities.ts";
import { update } from "../store/entities.ts";
import { announcedKey, checkedKey, entityKey, partition, recordedKey } from "../store/keys.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";

/** An entity of whose write nothing was told this long after it was lost by the feed. */
const LOST_AFTER_MS = 60 * 60_000;
/** After so long nobody waits for it any more: what failed lies with what failed for good, and an alarm told of it. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000;
const REMEMBERED_SECONDS = 3 * 86_400;
/** Clocks of two functions differ by less. */
const SKEW_MS = 5 * 60_000;
const LOST_AT_ONCE = 200;
const NOTES = 50;
const PAGES = 50;

/** Entities, each with its version, that one batch of the feed announced. */
interface Announced {
  readonly versions: readonly string[];
}

/** Entities that one payload brought, each with its version. */
interface Recorded extends Announced {
  /** When the first of them was written. */
  readonly since: Instant;
}

/** An entity as it was written. */
export type Written = Pick<StoredEntity, "id" | "version" | "recordedAt">;

/** Some 20 KB. */
const NOTED_AT_ONCE = 500;

const versionOf = ({ id, version }: Pick<StoredEntity, "id" | "version">): string => `${id} ${version}`;

/**
 * Notes what a payload brought, in one row for all of it: to find an entity by when it was written would take a place in
 * an index, which costs more than the entity. Called behind the writes; whoever repeats a payload that a crash cut off
 * notes what was written of it before.
 */
export const noteRecorded = async ({ table, clock }: Hub["ports"], written: readonly Written[]): Promise<void> => {
  const now = clock.now();
  for (let at = 0; at < written.length; at += NOTED_AT_ONCE) {
    const some = written.slice(at, at + NOTED_AT_ONCE);
    const since = some.map(({ recordedAt }) => recordedAt).sort()[0] ?? now.toISOString();
    const recorded: Recorded = { versions: some.map(versionOf).sort(), since };
    await table.put({
      ...recordedKey(now.toISOString(), hash(recorded).slice(0, 16)),
      version: 1,
      data: recorded,
      expiresAt: Math.floor(now.getTime() / 1000) + REMEMBERED_SECONDS,
    });
  }
};

/** Whether a payload that comes again may have written this before it could note it. */
export const mayBeUnnoted = ({ clock }: Hub["ports"], { recordedAt }: Written): boolean =>
  clock.now().getTime() - Date.parse(recordedAt) < GIVEN_UP_AFTER_MS;

/**
 * Remembers what a batch of the feed announced, so that {@link lostByFeed} can tell what it lost: one row for the batch,
 * since to note it with each entity would write every entity twice.
 */
export const remember = async ({ table, clock }: Hub["ports"], records: readonly FeedRecord[]): Promise<void> => {
  const versions = records.flatMap(({ pk, sk, after }) =>
    pk.startsWith("E#") && sk === "A" ? [versionOf(after.data as StoredEntity)] : [],
  );
  const announced: Announced = { versions: [...new Set(versions)].sort() };
  if (versions.length === 0) return;
  const now = clock.now();
  await table.put({
    ...announcedKey(now.toISOString(), hash(announced).slice(0, 16)),
    version: 1,
    data: announced,
    expiresAt: Math.floor(now.getTime() / 1000) + REMEMBERED_SECONDS,
  });
};

/**
 * Entities that were written an hour ago or longer and never announced.
 *
 * @returns them, and what is to be called once they are taken care of: the next look begins before the first of them
 */
export const lostByFeed = async ({
  table,
  clock,
}: Hub["ports"]): Promise<{ readonly lost: readonly Row<StoredEntity>[]; readonly done: () => Promise<unknown> }> => {
  const now = clock.now().getTime();
  const upTo = new Date(now - LOST_AFTER_MS).toISOString();
  const givenUp = new Date(now - GIVEN_UP_AFTER_MS).toISOString();
  const checked = (await table.get<{ place: string }>(checkedKey.pk, checkedKey.sk))?.data.place ?? "";
  const lost: Row<StoredEntity>[] = [];
  let announced: ReadonlySet<string> | undefined;
  let place = checked;
  let passed = checked;
  for (let page = 0; page < PAGES && lost.length < LOST_AT_ONCE; page++) {
    const rows: Row<Recorded>[] = await table.query<Recorded>({
      pk: partition.ofRecorded,
      upTo: `${upTo}#~`,
      limit: NOTES,
      ...(place !== "" && { after: place }),
    });
    if (rows.length === 0) break;
    announced ??= await announcedSince(table, rows.map(({ data }) => data.since).sort()[0] ?? "");
    const missing = rows.flatMap(({ data }) => data.versions.filter((version) => announced?.has(version) !== true));
    lost.push(...(await stillSo(table, missing)));
    place = rows.at(-1)?.sk ?? place;
    if (lost.every(({ data }) => data.recordedAt <= givenUp)) passed = place;
    if (rows.length < NOTES) break;
  }
  const done = () =>
    update<{ place: string }>(table, checkedKey, (held) =>
      (held?.data.place ?? "") === passed ? undefined : { data: { ...held?.data, place: passed } },
    );
  return { lost: lost.slice(0, LOST_AT_ONCE), done };
};

/** Entities of which this is the last version: a later one is noted by whoever brought it. */
const stillSo = async (table: Table, versions: readonly string[]): Promise<Row<StoredEntity>[]> => {
  const ids = new Set(versions.map((version) => version.slice(0, version.indexOf(" "))));
  const rows = await table.getMany<StoredEntity>([...ids].map(entityKey));
  const wanted = new Set(versions);
  return rows.filter(({ data }) => wanted.has(versionOf(data)));
};

const announcedSince = async (table: Table, at: Instant): Promise<ReadonlySet<string>> => {
  const since = at === "" ? "" : new Date(Date.parse(at) - SKEW_MS).toISOString();
  const found = new Set<string>();
  for (let after = since; ; ) {
    const rows: Row<Announced>[] = await table.query<Announced>({
      pk: partition.ofAnnounced,
      limit: 100,
      ...(after !== "" && { after }),
    });
    for (const { data, sk } of rows) {
      after = sk;
      for (const version of data.versions) found.add(version);
    }
    if (rows.length < 100) return found;
  }
};
