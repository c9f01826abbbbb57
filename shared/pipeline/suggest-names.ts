import type { Entity } from "../domain/entity.ts";
import { isKind } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import { likeness, nameWords } from "../domain/likeness.ts";
import type { Ends, Link, LinkType } from "../domain/link.ts";
import type { Table } from "../ports/table.ts";
import { update } from "../store/entities.ts";
import { linkOutKey, nameWordKey, partition } from "../store/keys.ts";
import type { Hint } from "../store/suggestions.ts";
import type { Projected } from "./relink.ts";
import { setSuggestion } from "./suggest.ts";

/** What stands under each word of its name: enough to compare it without reading it. */
interface Named {
  readonly id: string;
  readonly words: readonly string[];
  readonly connectionId: string;
  /** Where people plan before they deliver: its record gives way to that of the delivery. */
  readonly isEarly: boolean;
  readonly url: string;
  readonly gone: boolean;
}

/** A word that more names of a product have says nothing; this also bounds the work. */
const RARE_UP_TO = 25;

/** What a thing with a feature's name is to that feature. */
const MEANS: Readonly<Record<string, LinkType>> = {
  campaign: "promotes",
  featureFlag: "gates",
  experiment: "evaluates",
  design: "designs",
};

/** What people would take for the name of a feature; undefined for all that is not compared by name. */
const wordsOf = (entity: Entity): string[] | undefined => {
  if (isKind(entity, "feature")) return nameWords(entity.fields.title);
  if (isKind(entity, "featureFlag")) return nameWords(`${entity.fields.name} ${entity.fields.key}`);
  if (isKind(entity, "campaign") || isKind(entity, "experiment") || isKind(entity, "design"))
    return nameWords(entity.fields.name);
  return undefined;
};

const EARLY = /\b(?:idea|roadmap|opportunity|insight)\b/i;

const isEarly = (entity: Entity): boolean => isKind(entity, "feature") && EARLY.test(entity.fields.type ?? "");

/** The link that two things would have if their names mean the same; undefined for two that are not compared. */
const endsBetween = (a: Named, b: Named): Ends | undefined => {
  const [one, other] = [kindOf(a.id), kindOf(b.id)];
  if (one === "feature" && other === "feature") {
    if (a.connectionId === b.connectionId) return undefined;
    const isFirst = a.isEarly === b.isEarly ? a.id < b.id : !a.isEarly;
    return isFirst ? { from: a.id, type: "supersedes", to: b.id } : { from: b.id, type: "supersedes", to: a.id };
  }
  const [thing, feature] = other === "feature" ? [a, b] : [b, a];
  const type = MEANS[kindOf(thing.id) ?? ""];
  return kindOf(feature.id) === "feature" && type !== undefined ? { from: thing.id, type, to: feature.id } : undefined;
};

const SAME: readonly LinkType[] = ["supersedes", "duplicates", "relates_to", "implements", "mentions"];

/** Whether something states that the two belong together anyhow. */
const isLinked = async (table: Table, { from, type, to }: Ends): Promise<boolean> => {
  const keys =
    type === "supersedes" ? SAME.flatMap((one) => [linkOutKey(from, one, to), linkOutKey(to, one, from)]) : [];
  const rows = await table.getMany<Link>([...keys, linkOutKey(from, type, to)]);
  return rows.some(({ data }) => data.validTo === undefined && data.decision === undefined);
};

/** Takes back what names suggested of two features that are linked by now. */
export const linkedByNow = async (table: Table, said: Projected["said"]): Promise<void> => {
  for (const { from, to } of said) {
    if (kindOf(from) !== "feature" || kindOf(to) !== "feature") continue;
    for (const ends of [
      { from, type: "supersedes", to },
      { from: to, type: "supersedes", to: from },
    ] as const)
      await setSuggestion(table, ends, { hints: { by: "name", now: [] } });
  }
};

/**
 * Suggests what is called alike in another tool, for a person to decide: it compares a changed name with those that
 * share a rare word of the same product, never all with all. What belongs to a feature already is not compared.
 *
 * @param held the words that it stands under so far
 * @returns the words that it stands under now, each with its product (`prd_web checkout`), or undefined if nothing changed
 */
export const suggestNamed = async (
  table: Table,
  entity: Entity,
  isPlaced: boolean,
  held: readonly string[],
): Promise<readonly string[] | undefined> => {
  const words = wordsOf(entity);
  if (words === undefined) return undefined;
  const gone = entity.presence.state === "deleted" || entity.presence.state === "out_of_scope";
  const isOut = gone || isPlaced;
  const places = isOut ? [] : entity.productIds.flatMap((product) => words.map((word) => `${product} ${word}`));
  if (JSON.stringify(places) === JSON.stringify(held)) return undefined;
  const { connectionId, url } = entity.source;
  const own: Named = { id: entity.id, words, connectionId, isEarly: isEarly(entity), url, gone: isOut };
  // Written before others are looked for: of two that come at the same time, at least one sees the other.
  for (const place of new Set([...held, ...places])) {
    const [product = "", word = ""] = place.split(" ", 2);
    const data: Named = { ...own, gone: !places.includes(place) };
    await update<Named>(table, nameWordKey(product, word, entity.id), (row) =>
      JSON.stringify(row?.data) === JSON.stringify(data) ? undefined : { data },
    );
  }
  for (const other of (await namesNear(table, entity.id, new Set([...held, ...places]))).values()) {
    const ends = endsBetween(own, other);
    if (ends === undefined) continue;
    const confidence = isOut ? 0 : likeness(words, other.words);
    const shared = words.filter((word) => other.words.includes(word)).join(" ");
    const isNew = confidence > 0 && !(await isLinked(table, ends));
    const now: Hint[] = isNew ? [{ by: "name", text: shared, url: "", confidence }] : [];
    await setSuggestion(table, ends, { hints: { by: "name", now }, productIds: entity.productIds });
  }
  return places;
};

const namesNear = async (table: Table, id: string, places: ReadonlySet<string>): Promise<Map<string, Named>> => {
  const near = new Map<string, Named>();
  for (const place of places) {
    const [product = "", word = ""] = place.split(" ", 2);
    const rows = await table.query<Named>({ pk: partition.ofNameWord(product, word), limit: RARE_UP_TO + 1 });
    const present = rows.filter(({ data }) => !data.gone);
    if (present.length > RARE_UP_TO) continue;
    for (const { data } of present) if (data.id !== id) near.set(data.id, data);
  }
  return near;
};
