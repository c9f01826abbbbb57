import { type Entity, type FieldedKind, nameOf } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, entitiesById, rowsOf, update } from "./entities.ts";
import { entityFits } from "./entity-views.ts";
import { lists, partition, searchWordKey } from "./keys.ts";
import type { SearchHit } from "./views.ts";

/** Kinds that are found by the words of their names: few of each, and what people plan and talk about. */
const NAMED: ReadonlySet<FieldedKind> = new Set([
  "feature",
  "initiative",
  "objective",
  "release",
  "featureFlag",
  "experiment",
  "metric",
  "campaign",
  "survey",
  "design",
  "document",
  "incident",
  "customer",
]);
/** Kinds that come by the thousand: found by key, of which `#418` may be typed alone. */
const NUMBERED: ReadonlySet<FieldedKind> = new Set(["workItem", "pullRequest", "supportTicket"]);

const WORDS_AT_MOST = 12;
const WORD_LENGTH = 40;
const HITS_LOOKED_AT = 200;

/** What people type and what names hold, made alike: lower case, without accents. */
const alike = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The words of a text, each once: letters and digits, cut to a length that a key can hold. */
export const wordsIn = (text: string): string[] => [
  ...new Set((alike(text).match(/[\p{L}\p{N}]{2,}/gu) ?? []).map((word) => word.slice(0, WORD_LENGTH))),
];

/** Under which words an entity is found. */
const wordsOf = (entity: Entity): string[] => {
  if (entity.presence.state === "deleted") return [];
  if (NUMBERED.has(entity.kind)) return /#\d+$/.exec(entity.source.key ?? "")?.slice(0, 1) ?? [];
  return NAMED.has(entity.kind) ? wordsIn(nameOf(entity)).slice(0, WORDS_AT_MOST) : [];
};

/**
 * Brings the words under which an entity is found up to date.
 *
 * @param held those under which it was found until now
 * @returns those under which it is found from now on; undefined where they are the same
 */
export const putSearchWords = async (
  table: Table,
  entity: Entity,
  held: readonly string[] = [],
): Promise<readonly string[] | undefined> => {
  const words = wordsOf(entity);
  if (words.join() === held.join()) return undefined;
  const wanted = new Set(words);
  for await (const { sk, list } of rowsOf(table, partition.ofEntity(entity.id), "N#")) {
    const word = sk.slice("N#".length);
    if (wanted.delete(word) || list === undefined) continue;
    await update(table, searchWordKey(entity.id, word), () => ({ data: { id: entity.id } }));
  }
  for (const word of wanted)
    await update(table, searchWordKey(entity.id, word), () => ({
      data: { id: entity.id },
      list: lists.ofSearchWord(word, entity.id),
    }));
  return words;
};

const withWord = async (table: Table, word: string, beginning: string): Promise<string[]> => {
  const rows = await table.query<{ id: string }>({
    pk: lists.searchWords(word),
    by: "list",
    prefix: beginning,
    limit: HITS_LOOKED_AT,
  });
  return rows.map(({ data }) => data.id);
};

/**
 * What is called so: first by key, then by the words that names begin with. All words must be there.
 *
 * @param products ids: what belongs to none of them is left out
 * @returns at most `limit` of each kind
 */
export const search = async (
  table: Table,
  asked: string,
  limit: number,
  products?: readonly string[],
): Promise<SearchHit[]> => {
  const text = asked.trim();
  const keys = new Set([text, text.toUpperCase(), text.toLowerCase()]);
  const byKey = (await Promise.all([...keys].map((key) => calledSo(table, key)))).flat();
  if (/^#\d+$/.test(text)) byKey.push(...(await withWord(table, text, `${text}#`)));
  const words = wordsIn(text);
  const [longest] = words.toSorted((a, b) => b.length - a.length);
  const byName = longest === undefined ? [] : await withWord(table, longest, longest);
  const fitting = (entity: Entity): boolean => {
    const own = wordsIn(nameOf(entity));
    return words.every((word) => own.some((one) => one.startsWith(word)));
  };
  const ids = [...new Set([...byKey.slice(0, HITS_LOOKED_AT), ...byName])].filter(
    (id) => !HIDDEN.has(kindOf(id) ?? ""),
  );
  const found: ReadonlyMap<string, Entity> = await entitiesById(table, ids);
  const hits: SearchHit[] = [];
  const counts = new Map<FieldedKind, number>();
  for (const id of ids) {
    const entity = found.get(id);
    if (entity === undefined || !entityFits(entity, { products })) continue;
    const match = byKey.includes(id) ? "key" : "name";
    const count = counts.get(entity.kind) ?? 0;
    if (count === limit || (match === "name" && !fitting(entity))) continue;
    counts.set(entity.kind, count + 1);
    const { source, productIds, kind } = entity;
    hits.push({
      id,
      kind,
      ...(source.key !== undefined && { key: source.key }),
      name: nameOf(entity),
      tool: source.tool,
      url: source.url,
      productIds,
      match,
    });
  }
  return hits;
};

/** Found by the same names as what they belong to, and nothing that people look for. */
const HIDDEN: ReadonlySet<string> = new Set(["vocabulary", "commit", "review", "testRun", "surveyResponse"]);
