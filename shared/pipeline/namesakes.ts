import { type Entity, isKind } from "../domain/entity.ts";
import { nameWords } from "../domain/likeness.ts";
import type { Link } from "../domain/link.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, entitiesById, linksOf, pointingTo } from "../store/entities.ts";
import type { Contribution } from "./relink.ts";

/** An issue key in a name tells where it belongs, and is no part of what it is called. */
const KEYS = /\b[A-Za-z][A-Za-z0-9]+-[1-9]\d*\b/g;

/** What people would take for the name of a feature; undefined for all that is not called after one. */
const calledOf = (entity: Entity): string | undefined => {
  if (isKind(entity, "feature")) return entity.fields.title;
  if (isKind(entity, "featureFlag") || isKind(entity, "campaign")) return entity.fields.name;
  return isKind(entity, "experiment") || isKind(entity, "design") ? entity.fields.name : undefined;
};

/**
 * What a plan, or a thing made for one, is called in each of its products: `name:prd_web cart saved`. Features are found
 * by it, and whoever is called so learns when another feature takes or leaves the name.
 */
export const sameNames = (entity: Entity): string[] => {
  const called = calledOf(entity)?.replaceAll(KEYS, " ");
  const words = called === undefined ? [] : nameWords(called);
  return words.length === 0 ? [] : entity.productIds.map((product) => `name:${product} ${words.join(" ")}`);
};

/** Whatever is called as a feature is, and may belong elsewhere once that one does. */
export const calledAs = async (table: Table, feature: Entity): Promise<string[]> => {
  const found = new Set<string>();
  for (const name of sameNames(feature)) for (const id of await pointingTo(table, name)) found.add(id);
  found.delete(feature.id);
  return [...found];
};

/** Features of its products that are called as it is, itself apart. */
export const namesakesOf = async (table: Table, entity: Entity): Promise<Entity<"feature">[]> => {
  const ids = new Set<string>();
  for (const name of sameNames(entity)) for (const id of await calledSo(table, name)) ids.add(id);
  ids.delete(entity.id);
  if (ids.size === 0) return [];
  return [...(await entitiesById(table, [...ids])).values()].filter((one) => isKind(one, "feature"));
};

/** Whether somebody vouched for a link: in the hub, or by a marker that is written for nothing else. */
export const isVouched = ({ decision, evidence }: Link): boolean =>
  decision?.is === "confirmed" || evidence.some(({ place }) => place === "declared");

/** Whether two names have no telling word in common. */
export const isCalledElse = (entity: Entity, other: Entity): boolean => {
  const words = new Set(nameWords(calledOf(entity) ?? ""));
  return !nameWords(calledOf(other) ?? "").some((word) => words.has(word));
};

/** What a misnamed record says moves nothing until a person decides. */
const DOUBTED = 0.5;

/**
 * What a flag, an experiment, a campaign or a design says of features, in doubt where it is called after another one
 * alone. A wrong key looks as sure as a right one: where the name says something else, neither is believed.
 *
 * @param homeOf the feature that stands for another
 */
export const doubted = async (
  table: Table,
  entity: Entity,
  said: readonly Contribution[],
  homeOf: (featureId: string) => Promise<Contribution | undefined>,
): Promise<readonly Contribution[]> => {
  const namesakes = said.length === 0 || isKind(entity, "feature") ? [] : await namesakesOf(table, entity);
  const homes = new Set<string>();
  for (const { id } of namesakes) homes.add((await homeOf(id))?.featureId ?? id);
  if (homes.size === 0 || said.some(({ featureId }) => homes.has(featureId))) return said;
  if ((await linksOf(table, entity.id, "out")).some(isVouched)) return said;
  const features = await entitiesById(
    table,
    said.map(({ featureId }) => featureId),
  );
  return said.map((one) => {
    const feature = features.get(one.featureId);
    if (feature === undefined || !isCalledElse(entity, feature)) return one;
    const via = `${one.via}, but it is called as another feature`;
    return { ...one, confidence: Math.min(one.confidence, DOUBTED), via, isMisnamed: true };
  });
};
