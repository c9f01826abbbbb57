import type { Entity } from "../domain/entity.ts";
import type { StatusOf } from "../domain/item-history.ts";
import type { Row, Table } from "../ports/table.ts";
import type { MappedWord } from "./connection-detail.ts";
import { lists } from "./keys.ts";
import type { Slice } from "./views.ts";

/** Words looked at for one page at the most. */
const LOOK_AT_MOST = 1000;

/** Status words of a connection with what each means today, by id. @param fits which of them are wanted */
export const mappedWords = async (
  table: Table,
  connectionId: string,
  statusOf: (connectionId: string) => Promise<StatusOf>,
  after: string | undefined,
  limit: number,
  fits: (word: MappedWord) => boolean = () => true,
): Promise<Slice<MappedWord>> => {
  const map = await statusOf(connectionId);
  const { pk } = lists.ofVocabulary(connectionId.replace(/^con_/, ""), "");
  const items: MappedWord[] = [];
  let place = after;
  const rows: Row<Entity<"vocabulary">>[] = await table.query<Entity<"vocabulary">>({
    pk,
    by: "list",
    limit: LOOK_AT_MOST,
    ...(place !== undefined && { after: place }),
  });
  for (const { data, list } of rows) {
    if (items.length === limit) return { items, next: place };
    place = list?.sk;
    const { name, type, scope } = data.fields;
    const isGone = data.presence.state !== "present" && data.presence.state !== "archived";
    const id = data.source.externalId;
    const { category: means, mappedBy: by } = map({ id, name });
    const word: MappedWord = { id, name, type, means, by, ...(scope !== undefined && { scope }) };
    if (!isGone && fits(word)) items.push(word);
  }
  return { items, next: rows.length === LOOK_AT_MOST ? place : undefined };
};
