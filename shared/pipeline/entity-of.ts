import { hash as digest } from "node:crypto";
import type { Draft, Entity, FieldedKind, PresenceState, StatedRelation } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { entityId, type Ref } from "../domain/kind.ts";
import { namesIn } from "../domain/reference.ts";
import type { StoredEntity } from "../store/entities.ts";
import { canonical } from "./canonical.ts";

/** What is known of a record's arrival. */
export interface Arrival {
  /** The connection's id. */
  readonly connectionId: string;
  readonly tool: string;
  readonly productsOf: (scopes: readonly string[]) => readonly string[];
  readonly mappingVersion: number;
  readonly rawRef: string;
  readonly now: Instant;
  /** When the payload came in, by our clock. */
  readonly receivedAt: Instant;
  readonly how: "webhook" | "read" | "census";
  /** When it was read from the vendor, for re-reads and for records without a time of their own. */
  readonly askedAt?: Instant | undefined;
  readonly presence?: PresenceState | undefined;
}

/** A draft as the entity that would be stored if nothing were held: refs become ids, the envelope is put on. */
export const entityOf = <K extends FieldedKind>(draft: Draft<K>, arrival: Arrival): StoredEntity<K> => {
  const { external, fields } = draft;
  const id = entityId(arrival.connectionId, { kind: draft.kind, noun: external.noun, id: external.id });
  const state = arrival.presence ?? (draft.archivedAt === undefined ? "present" : "archived");
  const resolved = resolve(arrival.connectionId, fields) as Entity<K>["fields"];
  const aliases = [
    ...new Set([...(external.key === undefined ? [] : [external.key]), ...(draft.aliases ?? []), ...ownNames(draft)]),
  ].sort();
  const references = (draft.references ?? []).toSorted((a, b) =>
    compare(`${a.alias} ${a.place}`, `${b.alias} ${b.place}`),
  );
  const relations = (draft.relations ?? [])
    .map(
      ({ type, to, reverse }): StatedRelation => ({
        type,
        otherId: entityId(arrival.connectionId, to),
        reverse: reverse ?? false,
      }),
    )
    .toSorted((a, b) => compare(`${a.type} ${a.otherId} ${a.reverse}`, `${b.type} ${b.otherId} ${b.reverse}`));
  const productIds = [...arrival.productsOf(draft.scopes)].sort();
  const meaning = {
    kind: draft.kind,
    id,
    productIds,
    scopes: draft.scopes,
    fields: resolved,
    aliases,
    references,
    relations,
    customFields: draft.customFields ?? [],
  };
  const contentHash = hash([
    state,
    draft.updatedAt,
    external,
    { ...meaning, productIds: undefined, fields: unmapped(resolved) },
  ]);
  const history = draft.history ?? [];
  return {
    ...meaning,
    source: {
      tool: arrival.tool,
      connectionId: arrival.connectionId,
      externalId: external.id,
      ...(external.key !== undefined && { key: external.key }),
      keyHistory: (draft.previousKeys ?? []).map((key) => ({ key, until: draft.updatedAt })),
      url: external.url,
    },
    presence: {
      state,
      since: draft.archivedAt ?? draft.updatedAt,
      how: arrival.presence === undefined ? "read" : arrival.how,
    },
    ...(draft.createdAt !== undefined && { sourceCreatedAt: draft.createdAt }),
    sourceUpdatedAt: draft.updatedAt,
    ...(arrival.askedAt !== undefined && { askedAt: arrival.askedAt }),
    firstSeenAt: arrival.now,
    recordedAt: arrival.now,
    version: 1,
    contentHash,
    mappedHash: hash(meaning),
    mappingVersion: arrival.mappingVersion,
    rawRef: arrival.rawRef,
    receivedAt: arrival.receivedAt,
    ...(history.length > 0 && { historyHash: hash(history.map((entry) => entry.id).toSorted()) }),
  };
};

/** What the words of a feature say that it is called. */
const ownNames = (draft: Draft): string[] => {
  if (draft.kind !== "feature") return [];
  const { title, problem, labels = [] } = draft.fields as Draft<"feature">["fields"];
  return namesIn([title, problem, ...labels].join("\n"));
};

interface Gone {
  readonly state: PresenceState;
  /** When, if the vendor tells. */
  readonly at?: Instant | undefined;
  readonly movedTo?: string | undefined;
}

/** The same thing, told to be gone: what it was stays readable. Its time is the vendor's, else the one we hold. */
export const goneEntity = (held: StoredEntity, { state, at, movedTo }: Gone, arrival: Arrival): StoredEntity => {
  const since = at ?? held.sourceUpdatedAt;
  // When the record was asked for says nothing of when its going was.
  const { askedAt: _, ...rest } = held;
  return {
    ...rest,
    presence: { state, since, how: arrival.how, ...(movedTo !== undefined && { movedTo }) },
    sourceUpdatedAt: since,
    ...(arrival.askedAt !== undefined && { askedAt: arrival.askedAt }),
    goneToldAt: arrival.receivedAt,
    receivedAt: arrival.receivedAt,
    recordedAt: arrival.now,
    contentHash: hash([state, since, held.id, movedTo ?? null]),
    rawRef: arrival.rawRef,
  };
};

/** Turns every Ref of a draft's fields into an id of ours. */
const resolve = (connectionId: string, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => resolve(connectionId, item));
  if (typeof value !== "object" || value === null) return value;
  if ("noun" in value && "kind" in value && "id" in value) return entityId(connectionId, value as Ref);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, resolve(connectionId, part)]])),
  );
};

/** The tool's own words only, so that another mapping of ours is not taken for another content of the tool. */
const unmapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unmapped);
  if (typeof value !== "object" || value === null) return value;
  // Words get renamed in the tool without any record changing: where it has ids for them, these are the content.
  if ("mappedBy" in value && "detail" in value) return "id" in value ? [value.id] : value.detail;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unmapped(part)]));
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of a JSON value, whatever the order of its keys. */
export const hash = (value: unknown): string => digest("sha256", canonical(value), "hex").slice(0, 32);
