import { hash as digest } from "node:crypto";
import type { Draft, Entity, FieldedKind, PresenceState, StatedRelation } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Instant } from "../domain/instant.ts";
import { entityId, type Ref } from "../domain/kind.ts";
import { namesIn } from "../domain/reference.ts";
import type { StoredEntity } from "../store/entities.ts";
import { canonical, keysOf } from "./canonical.ts";

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
  const { text, textInTheirWords } = textsOf(meaning);
  const contentHash = hashOf(
    `[${[canonical(state), canonical(draft.updatedAt), canonical(external), textInTheirWords].join()}]`,
  );
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
    mappedHash: hashOf(text),
    mappingVersion: arrival.mappingVersion,
    rawRef: arrival.rawRef,
    receivedAt: arrival.receivedAt,
    ...(history.length > 0 && { historyHash: historyHash(history) }),
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

/**
 * What a record means as canonical text, and the same without our products and in the tool's own words only, so that
 * another mapping of ours is not taken for another content of the tool. Each part is written once for both.
 */
const textsOf = (meaning: Meaning): { readonly text: string; readonly textInTheirWords: string } => {
  const fields = meaning.fields as Readonly<Record<string, unknown>>;
  let ours = "";
  let theirs = "";
  for (const key of keysOf(fields)) {
    const part = fields[key];
    const plain = unmapped(part);
    const text = canonical(part);
    const start = `${ours === "" ? "" : ","}${JSON.stringify(key)}:`;
    ours += start + text;
    theirs += start + (plain === part ? text : canonical(plain));
  }
  const part = (key: keyof Meaning) => `"${key}":${canonical(meaning[key])}`;
  // By name, as in all canonical text.
  const before = `{${part("aliases")},${part("customFields")},"fields":{`;
  const between = `},${part("id")},${part("kind")}`;
  const behind = `,${part("references")},${part("relations")},${part("scopes")}}`;
  return {
    text: `${before}${ours}${between},${part("productIds")}${behind}`,
    textInTheirWords: `${before}${theirs}${between}${behind}`,
  };
};

/** What is hashed of an entity: all that its tool tells of the thing itself. */
type Meaning = Pick<
  Entity,
  "aliases" | "customFields" | "fields" | "id" | "kind" | "productIds" | "references" | "relations" | "scopes"
>;

/** Turns every Ref of a draft's fields into an id of ours. What has none is not copied. */
const resolve = (connectionId: string, value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("noun" in value && "kind" in value && "id" in value) return entityId(connectionId, value as Ref);
  return changed(value, (part) => resolve(connectionId, part));
};

/** In the tool's own words only. */
const unmapped = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  // Words get renamed in the tool without any record changing: where it has ids for them, these are the content.
  if ("mappedBy" in value && "detail" in value) return "id" in value ? [value.id] : value.detail;
  return changed(value, unmapped);
};

/** A list or an object with its parts changed, without those that are undefined; itself if none is another. */
const changed = (value: object, change: (part: unknown) => unknown): unknown => {
  if (Array.isArray(value)) {
    let list: unknown[] | undefined;
    for (let at = 0; at < value.length; at++) {
      const is = change(value[at]);
      if (is === value[at]) continue;
      list ??= [...value];
      list[at] = is;
    }
    return list ?? value;
  }
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record);
  let entries: [string, unknown][] | undefined;
  for (const [at, key] of keys.entries()) {
    const part = record[key];
    const is = part === undefined ? undefined : change(part);
    if (entries === undefined && is === part && is !== undefined) continue;
    entries ??= keys.slice(0, at).map((one) => [one, record[one]]);
    if (is !== undefined) entries.push([key, is]);
  }
  return entries === undefined ? value : Object.fromEntries(entries);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of a JSON value, whatever the order of its keys. */
export const hash = (value: unknown): string => hashOf(canonical(value));

/** Over the ids of past entries, in any order. */
export const historyHash = (entries: readonly HistoryEntry[]): string => hash(entries.map(({ id }) => id).toSorted());

const hashOf = (text: string): string => digest("sha256", text, "hex").slice(0, 32);
