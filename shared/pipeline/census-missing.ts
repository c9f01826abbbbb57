import type { Census, Missed, ReadContext, Stream } from "../connector/contract.ts";
import type { Instant } from "../domain/instant.ts";
import { entityId } from "../domain/kind.ts";
import type { StoredEntity } from "../store/entities.ts";
import type { Connection, Hub } from "./hub.ts";
import { draftsOf } from "./ingest.ts";
import type { Gone } from "./messages.ts";

/** All that one census works with. */
export interface Counting {
  readonly hub: Hub;
  readonly connection: Connection;
  // biome-ignore lint/suspicious/noExplicitAny: the stream's own types were checked where it was declared
  readonly stream: Stream<any, any, any>;
  readonly streamName: string;
  readonly census: Census<unknown>;
  readonly context: ReadContext<unknown>;
  readonly scope: string;
  readonly confirmed: boolean;
  readonly startedAt: Instant;
}

/** The part of an id of ours that no kind changes: a record may become another kind of thing. */
export const tailOf = (id: string): string => id.slice(id.indexOf("_") + 1);

export const placeOf = (entity: StoredEntity): string => entity.scopes[0] ?? "";

/** A place where so many were missing that nothing was removed. */
export interface FusedPlace {
  readonly name: string;
  readonly missing: number;
  readonly of: number;
}

/** So few are looked for whatever the fuse says: only what is found to be gone counts then. */
const LOOKED_FOR_ANYWAY = 200;
const READ_AT_ONCE = 50;

interface Missing {
  /** Found by a second read after all, as the tool gives them. */
  readonly records: readonly unknown[];
  readonly gone: readonly Gone[];
  readonly fuse: readonly FusedPlace[];
}

/**
 * What became of records that a listing did not name. A place that is not seen any more loses none of them, it hides
 * them; elsewhere each is looked for by its id.
 */
export const missing = async (
  counting: Counting,
  unlisted: readonly StoredEntity[],
  heldIn: ReadonlyMap<string, number>,
): Promise<Missing> => {
  const { census, context, connection, confirmed } = counting;
  const records: unknown[] = [];
  const gone: Gone[] = [];
  const fuse: FusedPlace[] = [];
  const byPlace = Map.groupBy(unlisted, placeOf);
  for (const [place, entities] of byPlace) {
    if (place !== "" && !(await census.reaches(context, place))) {
      const news = entities.filter(({ presence }) => presence.state !== "lost_access");
      gone.push(...news.map(({ id }) => ({ entityId: id, state: "lost_access" as const })));
      continue;
    }
    const of = heldIn.get(place) ?? 0;
    const most = confirmed ? Number.POSITIVE_INFINITY : connection.deletionFuse * of;
    const name = place === "" ? "everything" : place;
    const there = new Set(entities.flatMap(({ id, goneToldAt }) => (goneToldAt === undefined ? [id] : [])));
    if (there.size > most && there.size > LOOKED_FOR_ANYWAY) {
      fuse.push({ name, missing: there.size, of });
      continue;
    }
    const looked = await lookedFor(counting, entities);
    records.push(...looked.records);
    const deleted = looked.gone.filter(({ entityId, state }) => state === "deleted" && there.has(entityId)).length;
    if (deleted > most) fuse.push({ name, missing: deleted, of });
    else gone.push(...looked.gone);
  }
  return { records, gone, fuse };
};

const lookedFor = async (
  counting: Counting,
  entities: readonly StoredEntity[],
): Promise<Pick<Missing, "records" | "gone">> => {
  const { stream, streamName, census, context, connection } = counting;
  const records: unknown[] = [];
  const gone: Gone[] = [];
  for (let at = 0; at < entities.length; at += READ_AT_ONCE) {
    const some = entities.slice(at, at + READ_AT_ONCE);
    const names = some.map((entity) => census.rereadId?.(missedOf(entity)) ?? entity.source.externalId);
    const read = (await stream.reread?.(context, [...new Set(names)])) ?? [];
    /** By the tail of the id: the id and key that the record has now. */
    const found = new Map<string, { readonly ids: readonly string[]; readonly key: string | undefined }>();
    for (const record of read) {
      const own = draftsOf(stream, `${connection.name}/${streamName}`, record, connection).filter(
        ({ external }) => external.noun === census.noun,
      );
      for (const { kind, external } of own) {
        const id = entityId(connection.id, { kind, noun: external.noun, id: external.id });
        found.set(tailOf(id), { ids: [...(found.get(tailOf(id))?.ids ?? []), id], key: external.key });
      }
    }
    records.push(...read);
    for (const entity of some) {
      const now = found.get(tailOf(entity.id));
      if (now === undefined) {
        const went = (await census.whereabouts?.(context, missedOf(entity))) ?? { state: "deleted" as const };
        gone.push({ entityId: entity.id, ...went });
      } else if (!now.ids.includes(entity.id)) {
        // The record has become another kind of thing, an epic for example.
        gone.push({ entityId: entity.id, state: "moved", ...(now.key !== undefined && { movedTo: now.key }) });
      }
    }
  }
  return { records, gone };
};

const missedOf = ({ source }: StoredEntity): Missed => ({
  id: source.externalId,
  ...(source.key !== undefined && { key: source.key }),
  url: source.url,
});
