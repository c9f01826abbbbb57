import type { Census, ReadContext, Stream } from "../connector/contract.ts";
import type { Instant } from "../domain/instant.ts";
import { entityId } from "../domain/kind.ts";
import type { StoredEntity } from "../store/entities.ts";
import type { Connection, Hub } from "./hub.ts";
import { draftsOf } from "./ingest.ts";
import type { Gone } from "./messages.ts";
import { isOnlyTold, missedOf, wentWhere } from "./whereabouts.ts";

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
const HIDDEN_AT_ONCE = 500;

/** What one look at some records found, and when: it is no newer than that. */
interface Look {
  readonly readAt: Instant;
  /** Found by a second read after all, as the tool gives them. */
  readonly records: readonly unknown[];
  readonly gone: readonly Gone[];
}

interface Missing {
  readonly looks: readonly Look[];
  readonly fuse: readonly FusedPlace[];
}

/** Of a small place a few may go, since each was looked for by itself; but never more than half of it. */
const FEW = 3;

/**
 * What became of records that a listing did not name. A place that is not seen any more loses none of them, it hides
 * them; elsewhere each is looked for by its id.
 */
export const missing = async (
  counting: Counting,
  unlisted: readonly StoredEntity[],
  heldIn: ReadonlyMap<string, number>,
): Promise<Missing> => {
  const { census, context, connection, confirmed, hub } = counting;
  const looks: Look[] = [];
  const fuse: FusedPlace[] = [];
  for (const [place, entities] of Map.groupBy(unlisted, placeOf)) {
    const readAt = hub.ports.clock.now().toISOString();
    if (place !== "" && !(await census.reaches(context, place))) {
      const news = entities.filter(({ goneToldAt }) => goneToldAt === undefined);
      for (let at = 0; at < news.length; at += HIDDEN_AT_ONCE) {
        const part = news.slice(at, at + HIDDEN_AT_ONCE);
        looks.push({ readAt, records: [], gone: part.map(({ id }) => ({ entityId: id, state: "lost_access" })) });
      }
      continue;
    }
    const of = heldIn.get(place) ?? 0;
    const most = confirmed ? Number.POSITIVE_INFINITY : Math.max(connection.deletionFuse * of, Math.min(FEW, of / 2));
    const name = place === "" ? "everything" : place;
    const there = new Set(entities.flatMap(({ id, goneToldAt }) => (goneToldAt === undefined ? [id] : [])));
    if (there.size > most && there.size > LOOKED_FOR_ANYWAY) {
      fuse.push({ name, missing: there.size, of });
      continue;
    }
    const [told, others] = [true, false].map((is) => entities.filter((one) => isOnlyTold(census, one) === is));
    const looked = await lookedFor(counting, [...(others ?? []), ...(told ?? []).slice(0, LOOKED_FOR_ANYWAY)]);
    const isDeleted = ({ state }: Gone) => state === "deleted";
    const deleted = looked.flatMap(({ gone }) => gone).filter((one) => isDeleted(one) && there.has(one.entityId));
    if (deleted.length <= most) looks.push(...looked);
    else {
      fuse.push({ name, missing: deleted.length, of });
      // What was found elsewhere was seen there, and is no guess.
      looks.push(...looked.map((look) => ({ ...look, gone: look.gone.filter((one) => !isDeleted(one)) })));
    }
  }
  return { looks: looks.filter(({ records, gone }) => records.length + gone.length > 0), fuse };
};

const lookedFor = async (counting: Counting, entities: readonly StoredEntity[]): Promise<Look[]> => {
  const { hub, stream, streamName, census, context, connection } = counting;
  const looks: Look[] = [];
  for (let at = 0; at < entities.length; at += READ_AT_ONCE) {
    const some = entities.slice(at, at + READ_AT_ONCE);
    const gone: Gone[] = [];
    const names = some.map((entity) => census.rereadId?.(missedOf(entity)) ?? entity.source.externalId);
    const readAt = hub.ports.clock.now().toISOString();
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
    for (const entity of some) {
      const now = found.get(tailOf(entity.id));
      if (now === undefined) {
        gone.push(await wentWhere(census, context, entity));
      } else if (!now.ids.includes(entity.id)) {
        // The record has become another kind of thing, an epic for example.
        gone.push({ entityId: entity.id, state: "moved", ...(now.key !== undefined && { movedTo: now.key }) });
      }
    }
    looks.push({ readAt, records: read, gone });
  }
  return looks;
};
