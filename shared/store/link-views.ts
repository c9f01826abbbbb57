import { nameOf } from "../domain/entity.ts";
import { type Ends, endsOf, type Link, linkId } from "../domain/link.ts";
import type { Row, Table } from "../ports/table.ts";
import { entitiesById, type StoredEntity } from "./entities.ts";
import { linkOutKey, lists, partition, saidKey, suggestionKey } from "./keys.ts";
import { type Said, updatesOf } from "./said.ts";
import type { LinkEnd, LinkView, SuggestionView } from "./shown-links.ts";
import type { Suggestion } from "./suggestions.ts";
import type { Views } from "./views.ts";

/** Rows looked at for one page at the most, where few are of the product that was asked for. */
const LOOK_AT_MOST = 2000;

const endOf = (id: string, entity: StoredEntity | undefined): LinkEnd => ({
  id,
  ...(entity !== undefined && {
    kind: entity.kind,
    ...(entity.source.key !== undefined && { key: entity.source.key }),
    name: nameOf(entity),
    tool: entity.source.tool,
    url: entity.source.url,
  }),
});

/** Of both ends: who may not see one of them may not see that they belong together. */
const productsOf = (ends: Ends, entities: ReadonlyMap<string, StoredEntity>): readonly string[] => {
  const [a, b] = [ends.from, ends.to].map((id) => entities.get(id)?.productIds ?? []);
  const shared = (a ?? []).filter((id) => b?.includes(id));
  return shared.length > 0 ? shared : [...new Set([...(a ?? []), ...(b ?? [])])];
};

const linkView = (link: Ends & Partial<Link>, entities: ReadonlyMap<string, StoredEntity>): LinkView => ({
  id: linkId(link),
  from: endOf(link.from, entities.get(link.from)),
  to: endOf(link.to, entities.get(link.to)),
  type: link.type,
  productIds: productsOf(link, entities),
  origin: link.origin ?? null,
  confidence: link.confidence ?? 0,
  holds: link.version !== undefined && link.validTo === undefined,
  ...(link.decision !== undefined && { decision: link.decision }),
  evidence: (link.evidence ?? []).map(({ place, text, url }) => ({ place, text, url })),
});

const endsIn = (links: readonly Ends[]): string[] => links.flatMap(({ from, to }) => [from, to]);

/** The reads of what people say and decide that {@link Views} makes. */
export const linkViews = (table: Table): Pick<Views, "said" | "updates" | "links" | "link" | "suggestions"> => ({
  async said(feature) {
    const { pk, sk } = saidKey(feature);
    return (await table.get<Said>(pk, sk))?.data.assertions ?? [];
  },
  updates: (about, after, limit) => updatesOf(table, about, after, limit),
  async links(id, after, limit) {
    const rows = await table.query<Link>({
      pk: partition.ofEntity(id),
      prefix: "L#",
      limit: limit + 1,
      ...(after !== undefined && { after }),
    });
    const shown = rows.slice(0, limit);
    const links = shown.map(({ data }) => data).filter(({ validTo, decision }) => validTo === undefined || decision);
    const entities = await entitiesById(table, endsIn(links));
    return {
      items: links.map((link) => linkView(link, entities)),
      next: rows.length > limit ? shown.at(-1)?.sk : undefined,
    };
  },
  async link(id) {
    const ends = endsOf(id);
    if (ends === undefined) return undefined;
    const entities = await entitiesById(table, [ends.from, ends.to]);
    if (entities.size < 2) return undefined;
    const { pk, sk } = linkOutKey(ends.from, ends.type, ends.to);
    const suggested = suggestionKey(ends.from, ends.type, ends.to);
    const [link, suggestion] = await Promise.all([
      table.get<Link>(pk, sk),
      table.get<Suggestion>(suggested.pk, suggested.sk),
    ]);
    const view = linkView(link?.data ?? ends, entities);
    return { ...view, isKnown: link !== undefined || suggestion !== undefined };
  },
  async suggestions(product, after, limit) {
    const found: Row<Suggestion>[] = [];
    let place = after;
    let isMore = true;
    for (let looked = 0; isMore && looked < LOOK_AT_MOST && found.length < limit; ) {
      const wanted = Math.min(200, limit + 1);
      const rows: Row<Suggestion>[] = await table.query<Suggestion>({
        pk: lists.suggestions,
        by: "list",
        limit: wanted,
        ...(place !== undefined && { after: place }),
      });
      isMore = rows.length === wanted;
      looked += rows.length;
      for (const row of rows) {
        if (found.length === limit) {
          isMore = true;
          break;
        }
        place = row.list?.sk;
        if (product === undefined || row.data.productIds.includes(product)) found.push(row);
      }
    }
    const all = found.map(({ data }) => data);
    const [entities, linked] = await Promise.all([
      entitiesById(table, endsIn(all)),
      table.getMany<Link>(all.map(({ from, type, to }) => linkOutKey(from, type, to))),
    ]);
    // Linked since it was suggested: nobody needs to decide it any more.
    const settled = new Set(linked.filter(({ data }) => data.validTo === undefined).map(({ data }) => linkId(data)));
    const items = all
      .filter((one) => !settled.has(linkId(one)) && entities.has(one.from) && entities.has(one.to))
      .map(
        (one): SuggestionView => ({
          ...linkView({ from: one.from, to: one.to, type: one.type }, entities),
          confidence: one.hints[0]?.confidence ?? 0,
          hints: one.hints,
        }),
      );
    return { items, next: isMore ? place : undefined };
  },
});
