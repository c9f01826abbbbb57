import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { Table } from "../ports/table.ts";
import { contributionKey, viewKey } from "./keys.ts";
import { lastOf, type SteppedView } from "./past.ts";
import type { FeatureView, Slice } from "./views.ts";
import { walkKind } from "./walk-kind.ts";

/** Entities of any kind, of all products: for what is made for the hub itself, and for nobody who asks. */
export interface EntityReads {
  /** By id, ascending; those that are gone too. */
  entities<K extends FieldedKind>(kind: K, after: string | undefined, limit: number): Promise<Slice<Entity<K>>>;
}

export const entityReads = (table: Table): EntityReads => ({
  entities: <K extends FieldedKind>(kind: K, after: string | undefined, limit: number) =>
    walkKind(table, kind, after, limit, (entity) => entity as Entity<K>),
});

/** Features as shown, by id; those unknown are left out. */
export const featuresById = async (table: Table, ids: readonly string[]): Promise<Map<string, FeatureView>> => {
  const rows = await table.getMany<SteppedView>([...new Set(ids)].map(viewKey));
  return new Map(rows.map(({ data }) => [data.id, lastOf(data)]));
};

/** The features that records speak about, by the id of the record. */
export const featuresOf = async (table: Table, records: readonly string[]): Promise<Map<string, string[]>> => {
  const rows = await table.getMany<{ readonly features: readonly { readonly featureId: string }[] }>(
    records.map(contributionKey),
  );
  return new Map(rows.map(({ pk, data }) => [pk.slice("E#".length), data.features.map(({ featureId }) => featureId)]));
};
