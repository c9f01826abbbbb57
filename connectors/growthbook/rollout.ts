import { type DefinedRule, definitionOf, rulesOf } from "./definition.ts";
import type { Feature, Rule } from "./schema.ts";
import { armsOf, isTargeted, type Lookup, type Spread, spreadOf } from "./spread.ts";

/** Who gets a feature in an environment. */
export interface Rollout {
  readonly on: boolean;
  /** Of all people outside of the named groups; absent where the record does not tell it. */
  readonly rolloutPercent?: number;
  readonly segments?: readonly string[];
}

/**
 * A boolean feature is had by whoever gets a value that GrowthBook itself calls on (not false, 0, empty or null). For
 * any other type the values are variants, so that whoever gets another value than the default has it; where everybody
 * gets the one default, it cannot be told whether that is the feature, unless the value is itself off.
 */
export const rolloutOf = (feature: Feature, environment: string): Rollout => {
  const definition = definitionOf(feature, environment);
  if (definition === undefined) return { on: false };
  if (definition === null) return { on: false, rolloutPercent: 0 };
  const lookup: Lookup = (id) => {
    const needed = feature.needed?.[id];
    return needed === null ? null : needed === undefined ? undefined : (definitionOf(needed, environment) ?? null);
  };
  const spread = spreadOf(definition, lookup, [feature.id]);
  const rules = definition.rules ?? [];
  const baseline = JSON.stringify(definition.defaultValue ?? null);
  const hasVariants = feature.valueType !== "boolean" && rules.some((rule) => servesOther(rule, baseline));
  const isHad = (value: string): boolean => isOn(value) && !(hasVariants && value === baseline);
  const isTold = feature.valueType === "boolean" || hasVariants || !isOn(baseline);
  const segments = rules.flatMap((rule) =>
    isTargeted(rule) && servesAny(rule, isHad) ? [nameOf(rule, feature, environment)] : [],
  );
  return {
    on: true,
    ...(spread !== undefined && isTold && { rolloutPercent: percentOf(spread, isHad) }),
    ...(segments.length > 0 && { segments: [...new Set(segments)] }),
  };
};

const isOn = (value: string): boolean => Boolean(JSON.parse(value));

const servesAny = (rule: DefinedRule, test: (value: string) => boolean): boolean =>
  rule.isOpen === true || armsOf(rule).some(({ value, share }) => share > 0 && test(JSON.stringify(value ?? null)));

const servesOther = (rule: DefinedRule, baseline: string): boolean => servesAny(rule, (value) => value !== baseline);

const percentOf = (spread: Spread, isHad: (value: string) => boolean): number => {
  const share = [...spread].reduce((sum, [value, part]) => sum + (isHad(value) ? part : 0), 0);
  return Math.min(100, Math.round(share * 1e6) / 1e4);
};

/** A rule's own description, else its saved groups, else by what it tells people apart. */
const nameOf = (rule: DefinedRule, feature: Feature, environment: string): string => {
  const told: Rule | undefined = rulesOf(feature, environment).find(({ id }) => id != null && id === rule.id);
  if (told?.description) return told.description;
  const groups = (told?.savedGroupTargeting ?? []).flatMap(({ savedGroups }) => savedGroups ?? []);
  if (groups.length > 0) return groups.map((id) => feature.savedGroupNames?.[id] ?? id).join(", ");
  return `by ${attributesIn(rule.condition).join(", ")}`;
};

/** Names of attributes in a condition; `$and` and the like hold further conditions. */
const attributesIn = (condition: unknown): string[] => {
  if (Array.isArray(condition)) return [...new Set(condition.flatMap(attributesIn))];
  if (typeof condition !== "object" || condition === null) return [];
  return [
    ...new Set(
      Object.entries(condition).flatMap(([name, inner]) => (name.startsWith("$") ? attributesIn(inner) : [name])),
    ),
  ];
};
