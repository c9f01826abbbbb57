import type { Entity, FieldedKind } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Ends, Link, LinkType } from "../domain/link.ts";
import type { Table } from "../ports/table.ts";
import { linksOf, rowsOf, update } from "../store/entities.ts";
import { lists, partition, suggestionKey } from "../store/keys.ts";
import type { Hint, Suggestion } from "../store/suggestions.ts";
import { SAYS, UPWARD } from "./statements.ts";

/** What a record that only mentions a plan would be to it, were a person to say so. */
const MEANS: Partial<Readonly<Record<FieldedKind, LinkType>>> = {
  ...SAYS,
  pullRequest: "implements",
  workItem: "implements",
};

interface Change {
  /** The hints of one sort as they are now. */
  readonly hints?: { readonly by: Hint["by"]; readonly now: readonly Hint[] } | undefined;
  readonly productIds?: readonly string[] | undefined;
  readonly isDecided?: boolean | undefined;
}

/** Changes one part of a suggestion and leaves the others; the row stands in the queue exactly while it is open. */
export const setSuggestion = async (
  table: Table,
  { from, type, to }: Ends,
  { hints, productIds, isDecided }: Change,
): Promise<void> => {
  await update<Suggestion>(table, suggestionKey(from, type, to), (held) => {
    const before = held?.data;
    if (before === undefined && (hints?.now.length ?? 0) === 0) return undefined;
    const others = before?.hints.filter(({ by }) => by !== hints?.by) ?? [];
    const all = hints === undefined ? (before?.hints ?? []) : [...others, ...hints.now];
    const data: Suggestion = {
      ...before,
      from,
      to,
      type,
      productIds: productIds ?? before?.productIds ?? [],
      hints: all.toSorted((a, b) => b.confidence - a.confidence || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      isDecided: isDecided ?? before?.isDecided ?? false,
    };
    if (JSON.stringify(data) === JSON.stringify(before)) return undefined;
    const [best] = data.hints;
    const isOpen = best !== undefined && !data.isDecided;
    const doubt = 100 - Math.round((best?.confidence ?? 0) * 100);
    return { data, ...(isOpen && { list: lists.ofSuggestion(doubt, from, type, to) }) };
  });
};

const isPlan = (from: string, to: string): boolean =>
  kindOf(to) === "feature" || (kindOf(to) === "workItem" && kindOf(from) !== "workItem");

/** Suggests what a record mentions and nothing links it to; takes back what it no longer mentions, or is linked to by now. */
export const suggestMentioned = async (table: Table, { id, kind, productIds }: Entity): Promise<void> => {
  const type = MEANS[kind];
  if (type === undefined || !UPWARD.has(type)) return;
  const links = await linksOf(table, id, "out");
  const above = await linksOf(table, id, "in", "parent_of");
  const linked = new Set([
    ...links.filter((link) => UPWARD.has(link.type)).map(({ to }) => to),
    ...above.map(({ from }) => from),
  ]);
  const mentioned = new Map<string, Link>(
    links
      .filter((link) => link.type === "mentions" && isPlan(id, link.to) && !linked.has(link.to))
      .map((link) => [link.to, link]),
  );
  for await (const { data } of rowsOf<Suggestion>(table, partition.ofEntity(id), `Q#${type}#`)) {
    if (mentioned.has(data.to)) continue;
    await setSuggestion(table, data, { hints: { by: "mention", now: [] } });
  }
  for (const [to, { evidence, confidence }] of mentioned) {
    const now = evidence.map(({ text, url }): Hint => ({ by: "mention", text, url, confidence }));
    await setSuggestion(table, { from: id, type, to }, { hints: { by: "mention", now }, productIds });
  }
};
