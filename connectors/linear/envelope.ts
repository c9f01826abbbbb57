import { type Instant, instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Kind, Ref } from "../../shared/domain/kind.ts";

type Told = string | null | undefined;

/** The times that every draft carries; a partial record may lack its own. */
export const timesOf = (record: {
  readonly createdAt?: Told;
  readonly updatedAt?: Told;
  readonly archivedAt?: Told;
  readonly trashed?: boolean | null | undefined;
}): { createdAt: Instant | undefined; updatedAt: Instant; archivedAt: Instant | undefined } => {
  const createdAt = maybeInstant(record.createdAt);
  const updatedAt = instant(maybeInstant(record.updatedAt) ?? createdAt ?? TIMELESS);
  const archivedAt = maybeInstant(record.archivedAt) ?? (record.trashed ? updatedAt : undefined);
  return { createdAt, updatedAt, archivedAt };
};

/** Linear's `TimelessDate`, without anything that may stand behind it. */
export const dayOf = (told: Told): string | undefined => (told ? /^\d{4}-\d{2}-\d{2}/.exec(told)?.[0] : undefined);

/** A pointer to another record of this connection, or undefined where there is none. */
export const refTo = <K extends Kind>(
  kind: K,
  noun: string,
  pointer: { readonly id: string } | null | undefined,
  id?: Told,
): Ref<K> | undefined => {
  const known = pointer?.id ?? id;
  return known ? { kind, noun, id: known } : undefined;
};

/** Names of labels in an order that no read changes. */
export const labelsOf = (labels: readonly { readonly name: string }[]): string[] =>
  labels.map(({ name }) => name).toSorted(byText);

/** A page of Linear's app that has no `url` field of its own in the API. */
export const pageOf = (workspace: Told, path: string): string =>
  workspace ? `https://linear.app/${workspace}/${path}` : "https://linear.app";

/** The same order on every machine, which `localeCompare` is not. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
