import type { Entity, StatusCategory } from "../domain/entity.ts";
import type { StatusOf } from "../domain/item-history.ts";
import { mapWord, type Word } from "../domain/mapped.ts";
import type { FactsContext } from "../lifecycle/facts.ts";
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

const wordsOf = async (hub: Hub, name: string): Promise<StatusOf> => {
  // Its records stay when a connection is taken out of the config, or its secret is gone.
  const connection = await hub.connection(name).catch(() => undefined);
  const types = new Map<string, string>();
  /** By id: what people call it today, whatever it was called when it was written down. */
  const names = new Map<string, string>();
  for (let after: string | undefined; ; ) {
    const rows = await hub.ports.table.query<Entity<"vocabulary">>({
      pk: `W#${name}`,
      by: "list",
      limit: 500,
      ...(after !== undefined && { after }),
    });
    for (const { data } of rows) {
      types.set(data.source.externalId, data.fields.type);
      names.set(data.source.externalId, data.fields.name);
      if (!types.has(data.fields.name)) types.set(data.fields.name, data.fields.type);
    }
    after = rows.at(-1)?.list?.sk;
    if (rows.length < 500 || after === undefined) break;
  }
  const map = connection?.connector.status ?? ((word: Word) => mapWord<StatusCategory>(word, new Map()));
  return ({ id, name: told = id ?? "" }) => {
    const word = (id === undefined ? undefined : names.get(id)) ?? told;
    const type = (id === undefined ? undefined : types.get(id)) ?? types.get(word);
    return map({ id, name: word, ...(type !== undefined && { type }) }, connection?.statuses ?? new Map());
  };
};
