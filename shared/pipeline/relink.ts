import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, pointingTo, type StoredEntity, say, setName, update } from "../store/entities.ts";
import { contributionKey } from "../store/keys.ts";
import { customerNames, customerPointers } from "./customers.ts";
import { hash } from "./entity-of.ts";
import { sameNames } from "./namesakes.ts";
import {
  configNames,
  endsKey,
  joined,
  nativeStatements,
  pointedStatement,
  pointersOf,
  type Statement,
} from "./statements.ts";

/**
 * What projection last did for an entity, so that it can take back what no longer holds. Stored when all that follows
 * from it is done: after a crash the same records come again, and the same work is found undone.
 */
export interface Projected {
  readonly aliases: readonly string[];
  readonly pointers: readonly string[];
  readonly said: readonly { readonly from: string; readonly type: Statement["type"]; readonly to: string }[];
  readonly features: readonly Contribution[];
  /** Cycles that hold a part of it. */
  readonly cycles: readonly string[];
  /** Words of its name, each with the product that it stands under: `prd_web checkout`. */
  readonly words: readonly string[];
  /** Words under which a search finds it. */
  readonly found?: readonly string[] | undefined;
  /** Products and weeks that count it, each as `product week`. */
  readonly flow: readonly string[];
  /** A digest of what those count of it. */
  readonly counted?: string | undefined;
  /** A digest of all that its names, pointers and links follow from: while it is the same, they are. */
  readonly linked?: string | undefined;
}

/** A feature that a record speaks about. */
export interface Contribution {
  readonly featureId: string;
  /** 0 to 1: product over the best path. */
  readonly confidence: number;
  /** For people: how the record is connected. */
  readonly via: string;
  /** It is called as another feature is, and not as this one: people are asked which is right. */
  readonly isMisnamed?: true;
}

export const NOTHING: Projected = {
  aliases: [],
  pointers: [],
  said: [],
  features: [],
  cycles: [],
  flow: [],
  words: [],
};

export const projectedOf = async (table: Table, id: string): Promise<Projected> => {
  const { pk, sk } = contributionKey(id);
  return { ...NOTHING, ...(await table.get<Projected>(pk, sk))?.data };
};

/** The feature that stands for a record of a plan that several tools know; undefined where it stands for itself. */
export const storedHome = async (table: Table, featureId: string): Promise<Contribution | undefined> =>
  (await projectedOf(table, featureId)).features[0];

/** Stores what was done for an entity; equal content writes nothing. */
export const setProjected = (table: Table, id: string, part: Partial<Projected>): Promise<boolean> =>
  update<Projected>(table, contributionKey(id), (held) => {
    const next = { ...(held?.data ?? NOTHING), ...part };
    return JSON.stringify(next) === JSON.stringify(held?.data ?? NOTHING) ? undefined : { data: next };
  });

/** Links of which what they lead to tells, wherever they are stated. */
const DOWNWARD: ReadonlySet<string> = new Set(["parent_of", "blocks"]);

/** Raise it when {@link relink} makes other links of the same record. */
const LINKING = 2;

/** A digest of what a record says of names and links, see {@link Projected.linked}. */
export const linkedOf = (entity: StoredEntity): string =>
  hash([
    LINKING,
    namesOf(entity),
    sameNames(entity),
    customerPointers(entity),
    pointersOf(entity),
    nativeStatements(entity),
    entity.source.url,
  ]);

const namesOf = (entity: StoredEntity): readonly string[] => {
  const { state } = entity.presence;
  return state === "deleted" || state === "out_of_scope"
    ? []
    : [
        ...new Set([
          ...entity.aliases,
          ...configNames(entity),
          ...(entity.kind === "feature" ? sameNames(entity) : []),
          ...customerNames(entity),
        ]),
      ];
};

/**
 * Brings an entity's names, pointers and links up to its present record.
 *
 * Names are written before pointers to them are looked up, and pointers before names: of two records that come at the
 * same time, at least one sees the other.
 *
 * @param held what was done for it when it was last projected
 * @param before what an earlier visit of the same call did and nobody stored yet
 * @returns what was done, to be stored once all is done; and other entities: those whose links wait for a name that
 *   this one just took, and those at the start of a link that it no longer states
 */
export const relink = async (
  table: Table,
  entity: StoredEntity,
  now: Instant,
  held: Projected,
  before: Partial<Projected> = {},
): Promise<{
  readonly done: Pick<Projected, "aliases" | "pointers" | "said" | "linked">;
  readonly affected: readonly string[];
}> => {
  const aliases = namesOf(entity);
  const affected = new Set<string>();
  for (const alias of held.aliases) {
    if (aliases.includes(alias)) continue;
    await setName(table, "alias", alias, entity.id, true);
    for (const id of await pointingTo(table, alias)) if (id !== entity.id) affected.add(id);
  }
  for (const alias of aliases) {
    await setName(table, "alias", alias, entity.id, false);
    if (held.aliases.includes(alias)) continue;
    for (const id of await pointingTo(table, alias)) if (id !== entity.id) affected.add(id);
  }
  const pointers = pointersOf(entity);
  const waitsFor = [...sameNames(entity), ...customerPointers(entity)];
  const pointed = [...new Set([...pointers.map(({ alias }) => alias), ...waitsFor])].sort();
  for (const alias of held.pointers)
    if (!pointed.includes(alias)) await setName(table, "referrer", alias, entity.id, true);
  const known = new Set(held.pointers);
  for (const alias of pointed) if (!known.has(alias)) await setName(table, "referrer", alias, entity.id, false);

  const statements = nativeStatements(entity);
  for (const pointer of pointers) {
    for (const id of await calledSo(table, pointer.alias)) {
      const statement = pointedStatement(entity, pointer, id);
      if (statement !== undefined) statements.push(statement);
    }
  }
  const wanted = joined(statements);
  const keys = new Set(wanted.map(endsKey));
  for (const old of [...held.said, ...(before.said ?? [])]) {
    if (keys.has(endsKey(old))) continue;
    await say(table, old, entity.id, [], entity.sourceUpdatedAt, now);
    for (const end of [old.from, ...(DOWNWARD.has(old.type) ? [old.to] : [])]) if (end !== entity.id) affected.add(end);
  }
  for (const { evidence, ...ends } of wanted) await say(table, ends, entity.id, evidence, entity.sourceUpdatedAt, now);
  const said = wanted.map(({ from, type, to }) => ({ from, type, to }));
  return { done: { aliases, pointers: pointed, said, linked: linkedOf(entity) }, affected: [...affected] };
};
