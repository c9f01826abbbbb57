import type { Entity, StatusCategory } from "../domain/entity.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { type Mapped, mapWord, type Word as Told } from "../domain/mapped.ts";
import type { FactsContext } from "../lifecycle/facts.ts";
import type { Row, Table } from "../ports/table.ts";
import { type StoredEntity, update } from "../store/entities.ts";
import { lists, wordsKey } from "../store/keys.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";

/**
 * The status words of each connection as its tool explains them, so that the past is mapped by the table of the present.
 * Each connection's words are read once per batch.
 */
export const vocabulary = (hub: Hub): ((connectionId: string) => Promise<StatusOf>) => {
  const known = new Map<string, Promise<StatusOf>>();
  return (connectionId) => {
    const held = known.get(connectionId) ?? wordsOf(hub, connectionId.replace(/^con_/, ""));
    known.set(connectionId, held);
    return held;
  };
};

/** A status by the name that it has in its tool today; what it means stays as it was read. */
export const namedToday = <M extends Mapped>(status: M, statusOf: StatusOf): M =>
  status.id === undefined ? status : { ...status, detail: statusOf({ id: status.id, name: status.detail }).detail };

/** What the facts of a record are made with. */
export const factsContext = async (
  { rules }: Pick<Hub, "rules">,
  words: ReturnType<typeof vocabulary>,
  { source, productIds }: Pick<Entity, "source" | "productIds">,
): Promise<FactsContext> => ({
  statusOf: await words(source.connectionId),
  stages: rules.stagesOf(source.connectionId),
  signals: rules.ofProducts(productIds).signals,
});

/** All status words of a connection as one row, so that a change reads one row and not every word. */
interface Words {
  /** By the id of the word's entity. */
  readonly words: Readonly<Record<string, Word>>;
}

interface Word {
  /** The tool's id of it. */
  readonly id: string;
  /** What people call it today, whatever it was called when it was written down. */
  readonly name: string;
  readonly type: string;
}

/** Brings the words of connections up to the records that came. */
export const putWords = async (table: Table, came: readonly StoredEntity<"vocabulary">[]): Promise<void> => {
  for (const [connectionId, some] of Map.groupBy(came, ({ source }) => source.connectionId)) {
    const name = connectionId.replace(/^con_/, "");
    const key = wordsKey(name);
    const listed = (await table.get<Words>(key.pk, key.sk)) === undefined ? await listedWords(table, name) : {};
    await update<Words>(table, key, (held) => {
      const words = { ...listed, ...held?.data.words, ...Object.fromEntries(some.map((one) => [one.id, wordOf(one)])) };
      return hash(words) === hash(held?.data.words ?? {}) ? undefined : { data: { ...held?.data, words } };
    });
  }
};

const wordOf = ({ source, fields }: Entity<"vocabulary">): Word => ({
  id: source.externalId,
  name: fields.name,
  type: fields.type,
});

const listedWords = async (table: Table, name: string): Promise<Record<string, Word>> => {
  const words: Record<string, Word> = {};
  for (let after: string | undefined; ; ) {
    const rows: Row<Entity<"vocabulary">>[] = await table.query<Entity<"vocabulary">>({
      pk: lists.vocabulary(name),
      by: "list",
      limit: 500,
      ...(after !== undefined && { after }),
    });
    for (const { data } of rows) words[data.id] = wordOf(data);
    after = rows.at(-1)?.list?.sk;
    if (rows.length < 500 || after === undefined) return words;
  }
};

const wordsOf = async (hub: Hub, name: string): Promise<StatusOf> => {
  const { table } = hub.ports;
  // Its records stay when a connection is taken out of the config, or its secret is gone.
  const connection = await hub.connection(name).catch(() => undefined);
  const types = new Map<string, string>();
  const names = new Map<string, string>();
  const key = wordsKey(name);
  const held = (await table.get<Words>(key.pk, key.sk))?.data.words ?? (await listedWords(table, name));
  for (const [, { id, name: called, type }] of Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))) {
    types.set(id, type);
    names.set(id, called);
    if (!types.has(called)) types.set(called, type);
  }
  const map = connection?.connector.status ?? ((word: Told) => mapWord<StatusCategory>(word, new Map()));
  return ({ id, name: told = id ?? "" }) => {
    const word = (id === undefined ? undefined : names.get(id)) ?? told;
    const type = (id === undefined ? undefined : types.get(id)) ?? types.get(word);
    return map({ id, name: word, ...(type !== undefined && { type }) }, connection?.statuses ?? new Map());
  };
};
