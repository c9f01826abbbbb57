import { type Entity, isKind } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link, LinkType } from "../domain/link.ts";
import { aliasOfUrl } from "../domain/reference.ts";
import { calledSo, entityById, linksOf } from "../store/entities.ts";
import { contributionsOf } from "./contribute.ts";
import type { Hub } from "./hub.ts";
import { isCalledElse, isVouched, namesakesOf } from "./namesakes.ts";
import type { Contribution } from "./relink.ts";

/** Links by which two records of plans may be one feature. */
const SAME: readonly LinkType[] = ["implements", "duplicates", "supersedes", "relates_to"];
/** A link that is less sure than a key in a title does not make two records one. */
const SURE = 0.9;
/** A row names an idea that names an epic: longer chains are loops or say nothing. */
const STEPS = 4;

/** A record that another may be the same feature as. */
interface Other {
  readonly id: string;
  readonly confidence: number;
  readonly isDeclared: boolean;
}

/**
 * The feature that stands for a record of a plan which several tools know (docs/adr/0014): the record in which the work
 * is done, or the one that the config or a `feature:` marker names. Decided from links and records alone, so that it
 * does not depend on the order in which they came, and is undone when a link goes.
 *
 * @returns undefined where the record stands for itself: no other outranks it, or several do
 */
export const homeOf = async (hub: Hub, id: string): Promise<Contribution | undefined> => {
  const found = await finalOf(hub, id, []);
  return found === undefined || found.id === id
    ? undefined
    : { featureId: found.id, confidence: found.confidence, via: "the same feature in another tool" };
};

/** Records of plans whose home may be another one once something changed about this one. */
export const neighboursOf = async (hub: Hub, id: string): Promise<string[]> => {
  const { table } = hub.ports;
  const found = new Set<string>();
  for (const type of SAME) {
    for (const { to } of await linksOf(table, id, "out", type)) found.add(to);
    for (const { from } of await linksOf(table, id, "in", type)) found.add(from);
  }
  return [...found].filter((other) => kindOf(other) === "feature");
};

const finalOf = async (
  hub: Hub,
  id: string,
  path: readonly string[],
): Promise<{ readonly id: string; readonly confidence: number } | undefined> => {
  const turn = path.indexOf(id);
  // Records that outrank each other in a circle are all the first by id.
  if (turn >= 0) return { id: path.slice(turn).toSorted()[0] ?? id, confidence: 1 };
  const entity = await entityById(hub.ports.table, id);
  if (!isKind(entity, "feature") || isGone(entity)) return undefined;
  if (path.length > STEPS) return { id, confidence: 1 };
  const others = await outranking(hub, entity);
  const chosen = others.some(({ isDeclared }) => isDeclared) ? others.filter(({ isDeclared }) => isDeclared) : others;
  const finals = new Map<string, number>();
  for (const other of chosen) {
    const final = await finalOf(hub, other.id, [...path, id]);
    if (final === undefined) continue;
    finals.set(final.id, Math.max(finals.get(final.id) ?? 0, final.confidence * other.confidence));
  }
  const [only, ...more] = finals;
  // An idea that several epics deliver is more than each of them: it stands for itself.
  return only === undefined || more.length > 0 ? { id, confidence: 1 } : { id: only[0], confidence: only[1] };
};

const isGone = ({ presence }: Entity): boolean => presence.state === "deleted" || presence.state === "out_of_scope";

/** Records that stand for this one rather than it for them. */
const outranking = async (hub: Hub, entity: Entity<"feature">): Promise<Other[]> => {
  const { table } = hub.ports;
  const declared = await declaredFor(hub, entity);
  if (declared.length > 0) return declared;
  if (namesOf(entity).some((name) => [...hub.rules.features.values()].some((key) => key.toLowerCase() === name)))
    return [];
  const own = await rankOf(hub, entity);
  const namesakes = own === ASIDE ? await namesakeHomes(hub, entity) : new Set<string>();
  const found = new Map<string, Other>();
  const add = async (id: string, link: Link) => {
    if (namesakes.size > 0 && !isVouched(link) && (await isOfAnother(hub, entity, id, namesakes))) return;
    const isDeclared = link.from === entity.id && link.evidence.some(({ place }) => place === "declared");
    const held = found.get(id);
    found.set(id, {
      id,
      confidence: Math.max(link.confidence, held?.confidence ?? 0),
      isDeclared: isDeclared || held?.isDeclared === true,
    });
  };
  for (const type of SAME) {
    const out = (await linksOf(table, entity.id, "out", type)).map((link) => ({ link, id: link.to }));
    const into = (await linksOf(table, entity.id, "in", type)).map((link) => ({ link, id: link.from }));
    for (const { link, id } of [...out, ...into]) {
      if (link.confidence < SURE) continue;
      // A row that names a story means the epic that the story is a part of.
      if (kindOf(id) === "workItem" && own === ASIDE && link.from === entity.id) {
        for (const above of await contributionsOf(table, id))
          if (above.confidence >= SURE && above.featureId !== entity.id) await add(above.featureId, link);
      } else if (kindOf(id) === "feature" && (await outranks(hub, id, entity, own, link))) await add(id, link);
    }
  }
  return [...found.values()];
};

/** The features at which those stand that a record beside the work is called after: where work is planned or done. */
const namesakeHomes = async (hub: Hub, entity: Entity<"feature">): Promise<ReadonlySet<string>> => {
  const homes = new Set<string>();
  for (const one of await namesakesOf(hub.ports.table, entity))
    if ((await rankOf(hub, one)) > ASIDE) homes.add((await finalOf(hub, one.id, []))?.id ?? one.id);
  return homes;
};

/** Whether a link leads to a feature of quite another name, while another one has the record's own. */
const isOfAnother = async (
  hub: Hub,
  entity: Entity<"feature">,
  id: string,
  namesakes: ReadonlySet<string>,
): Promise<boolean> => {
  const final = (await finalOf(hub, id, [entity.id]))?.id ?? id;
  const other = await entityById(hub.ports.table, final);
  return other !== undefined && !namesakes.has(final) && isCalledElse(entity, other);
};

/** What the config says of a record. */
const declaredFor = async (hub: Hub, entity: Entity<"feature">): Promise<Other[]> => {
  const keys = new Set(namesOf(entity).flatMap((name) => hub.rules.features.get(name) ?? []));
  const found: Other[] = [];
  for (const key of keys)
    for (const alias of [key, key.toUpperCase(), key.toLowerCase(), aliasOfUrl(key) ?? key])
      for (const id of await calledSo(hub.ports.table, alias))
        if (kindOf(id) === "feature" && id !== entity.id && !found.some((one) => one.id === id))
          found.push({ id, confidence: 1, isDeclared: true });
  return found;
};

/** How the config may call a record. */
const namesOf = ({ id, source, aliases }: Entity<"feature">): string[] =>
  [id, source.key, source.url, ...aliases].flatMap((name) => name?.toLowerCase() ?? []);

const outranks = async (hub: Hub, id: string, entity: Entity<"feature">, own: number, link: Link): Promise<boolean> => {
  const other = await entityById(hub.ports.table, id);
  if (!isKind(other, "feature") || isGone(other)) return false;
  if (link.type === "duplicates") return link.from === entity.id;
  if (link.type === "supersedes") return link.to === entity.id;
  const theirs = await rankOf(hub, other);
  if (theirs !== own) return theirs > own;
  // Epics of one tool that are related stay two features; a record of another tool that points here is about this one.
  return link.from === entity.id && other.source.connectionId !== entity.source.connectionId;
};

/** Records of plans beside the work: rows of a roadmap, pages, properties. */
const ASIDE = 0;
const IDEA = 1;
const DELIVERY = 2;

/** How near a record is to the work: where code or issues live, an idea before them, anything else. */
const rankOf = async (hub: Hub, { source, fields }: Entity<"feature">): Promise<number> => {
  const name = source.connectionId.replace(/^con_/, "");
  const connection = await hub.connection(name).catch(() => undefined);
  const category = connection?.connector.category;
  if (category !== "planning" && category !== "code") return ASIDE;
  return fields.type === "Idea" ? IDEA : DELIVERY;
};
