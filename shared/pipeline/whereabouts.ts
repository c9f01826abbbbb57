import type { Census, Missed, ReadContext, Stream } from "../connector/contract.ts";
import { entityId } from "../domain/kind.ts";
import { entityById, type StoredEntity } from "../store/entities.ts";
import type { Hub } from "./hub.ts";
import type { Gone } from "./messages.ts";

export const missedOf = ({ source }: StoredEntity): Missed => ({
  id: source.externalId,
  ...(source.key !== undefined && { key: source.key }),
  url: source.url,
});

/** Entities of the same kinds may come from other connections, and from other records of this one. */
export const isOf = (connectionId: string, noun: string, { id, kind, source }: StoredEntity): boolean =>
  source.connectionId === connectionId && entityId(connectionId, { kind, noun, id: source.externalId }) === id;

/**
 * Deleted by the tool's own word, which no read has confirmed: a webhook tells the same of what went into a bin, and
 * what came out of it and was moved may never be told.
 */
export const isOnlyTold = ({ whereabouts }: Census<unknown>, { presence, askedAt }: StoredEntity): boolean =>
  whereabouts !== undefined && presence.state === "deleted" && askedAt === undefined;

/** What became of a record that a read of its own did not find. */
export const wentWhere = async (
  census: Census<unknown>,
  context: ReadContext<unknown>,
  entity: StoredEntity,
): Promise<Gone> => ({
  entityId: entity.id,
  ...((await census.whereabouts?.(context, missedOf(entity))) ?? { state: "deleted" }),
});

/**
 * The same that was told, once a read did not find the record either. What was told to be deleted is asked for outside
 * the selector too: it may have been taken out of the bin and moved since, and a read leaves out what was moved.
 */
export const provenGone = async (
  hub: Hub,
  // biome-ignore lint/suspicious/noExplicitAny: the stream's own types were checked where it was declared
  { census }: Stream<any, any, any>,
  context: ReadContext<unknown>,
  told: Gone,
): Promise<Gone> => {
  if (census?.whereabouts === undefined || told.state !== "deleted") return told;
  const held = await entityById(hub.ports.table, told.entityId);
  if (held === undefined) return told;
  return isOf(held.source.connectionId, census.noun, held) ? wentWhere(census, context, held) : told;
};
