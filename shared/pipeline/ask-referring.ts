import { entityId } from "../domain/kind.ts";
import type { Link } from "../domain/link.ts";
import { entitiesById, rowsOf } from "../store/entities.ts";
import { partition } from "../store/keys.ts";
import type { Connection, Hub } from "./hub.ts";

const ASKED_AT_ONCE = 50;

/**
 * Asks for the records that the tool itself links to some that are gone: they lose their parent, or a relation, and no
 * tool promises that their time of change moves with it.
 */
export const askReferring = async (hub: Hub, connection: Connection, goneIds: readonly string[]): Promise<void> => {
  const gone = new Set(goneIds);
  const ids = new Set<string>();
  for (const goneId of gone) {
    for await (const { data } of rowsOf<Link>(hub.ports.table, partition.ofEntity(goneId), "L#")) {
      for (const { place, saidBy } of data.validTo === undefined ? data.evidence : [])
        if (place === "native" && !gone.has(saidBy)) ids.add(saidBy);
    }
  }
  if (ids.size === 0) return;
  const entities = [...(await entitiesById(hub.ports.table, [...ids])).values()];
  for (const [stream, { census }] of Object.entries(connection.connector.streams)) {
    if (census === undefined) continue;
    const names = entities.flatMap(({ id, kind, source, goneToldAt }) => {
      const ref = { kind, noun: census.noun, id: source.externalId };
      if (goneToldAt !== undefined || entityId(connection.id, ref) !== id) return [];
      return census.rereadId?.({ id: source.externalId, key: source.key, url: source.url }) ?? source.externalId;
    });
    for (let at = 0; at < names.length; at += ASKED_AT_ONCE) {
      const job = { connection: connection.name, stream, ids: names.slice(at, at + ASKED_AT_ONCE) };
      await hub.ports.jobs.send([JSON.stringify(job)]);
    }
  }
};
