import { type Mapped, mapWord, type Table } from "./mapped.ts";

export type EnvironmentCategory = "production" | "staging" | "test" | "other";

const CATEGORIES: Table<EnvironmentCategory> = new Map([
  ["production", "production"],
  ["staging", "staging"],
  ["test", "test"],
  ["other", "other"],
]);

/** Names by convention, with or without what follows a dash, a slash or a space: `prod-eu`, `Preview - web`. */
const NAMES: readonly (readonly [RegExp, EnvironmentCategory])[] = [
  [/^(?:production|prod)(?:[\s/_-].*)?$/i, "production"],
  [/^(?:staging|stage|preview)(?:[\s/_-].*)?$/i, "staging"],
  [/^(?:test|testing|qa|ci)(?:[\s/_-].*)?$/i, "test"],
];

/**
 * What an environment is for: the hub's own table first, then the name.
 *
 * @param otherwise where the name says nothing
 */
export const environmentOf = (
  name: string,
  own: Table<EnvironmentCategory> | undefined,
  otherwise: EnvironmentCategory = "other",
): Mapped<EnvironmentCategory> => {
  const type = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? otherwise;
  return mapWord({ name, type }, CATEGORIES, own);
};
