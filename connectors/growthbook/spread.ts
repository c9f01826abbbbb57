import type { DefinedRule, Definition } from "./definition.ts";

/** How people fall on a feature's values: a value as JSON, and the share of people who get it. */
export type Spread = ReadonlyMap<string, number>;

/** The feature of that id in the same environment; null where it is off or unknown, undefined where we do not know. */
export type Lookup = (id: string) => Definition | null | undefined;

const OFF: Spread = new Map([["null", 1]]);

/**
 * How all people outside of targeted groups fall on the values of a feature, by the rules of GrowthBook's SDKs: top
 * down, the first rule that takes a person decides. Hashes of different rules and features are independent of each
 * other, so that shares multiply. Rules for a group (a condition, a saved group) take nobody outside of it.
 *
 * @returns undefined where the record does not tell it: a safe rollout at work, a prerequisite that was not read
 */
export const spreadOf = (
  definition: Definition | null | undefined,
  lookup: Lookup,
  above: readonly string[] = [],
): Spread | undefined => {
  if (definition === undefined) return undefined;
  if (definition === null) return OFF;
  const shares = new Map<string, number>();
  const add = (value: unknown, share: number): void => {
    const key = JSON.stringify(value ?? null);
    if (share > 0) shares.set(key, (shares.get(key) ?? 0) + share);
  };
  let rest = 1;
  for (const rule of definition.rules ?? []) {
    if (rest <= 0) break;
    if (isTargeted(rule)) continue;
    let reached = 1;
    for (const { id, condition, gate } of rule.parentConditions ?? []) {
      const share = above.includes(id) ? 0 : shareThat(condition, spreadOf(lookup(id), lookup, [...above, id]));
      if (share === undefined) return undefined;
      if (gate === true) {
        add(null, rest * (1 - share));
        rest *= share;
      } else reached *= share;
    }
    if (rule.isOpen === true) return undefined;
    const within = rest * reached * withinFilters(rule);
    for (const { value, share } of armsOf(rule)) {
      add(value, within * share);
      rest -= within * share;
    }
  }
  add(definition.defaultValue, Math.max(0, rest));
  return shares;
};

/** Whether a rule is for a group only. */
export const isTargeted = ({ condition }: DefinedRule): boolean => Object.keys(condition ?? {}).length > 0;

/** What a rule serves, each with its share of those whom the rule takes into account. */
export const armsOf = (rule: DefinedRule): readonly { readonly value: unknown; readonly share: number }[] => {
  if (rule.force !== undefined)
    return [{ value: rule.force, share: bounded(widthOf(rule.range) ?? rule.coverage ?? 1) }];
  const { variations } = rule;
  if (variations == null || variations.length === 0) return [];
  const inNamespace = rule.namespace == null ? 1 : bounded(rule.namespace[2] - rule.namespace[1]);
  const even = variations.map(() => 1 / variations.length);
  const weights = rule.weights?.length === variations.length ? rule.weights : even;
  const coverage = bounded(rule.coverage ?? 1);
  return variations.map((value, index) => ({
    value,
    share: inNamespace * bounded(widthOf(rule.ranges?.[index]) ?? coverage * (weights[index] ?? 0)),
  }));
};

const withinFilters = ({ filters }: DefinedRule): number =>
  (filters ?? []).reduce(
    (share, { ranges }) => share * bounded((ranges ?? []).reduce((sum, one) => sum + (widthOf(one) ?? 0), 0)),
    1,
  );

const bounded = (share: number): number => Math.min(1, Math.max(0, share));

const widthOf = (range: readonly [number, number] | null | undefined): number | undefined =>
  range == null ? undefined : range[1] - range[0];

/** The share of people for whom a prerequisite's value passes the condition, e.g. `{"value": true}`. */
const shareThat = (condition: Readonly<Record<string, unknown>>, spread: Spread | undefined): number | undefined => {
  if (spread === undefined) return undefined;
  let share = 0;
  for (const [value, part] of spread) {
    const passes = passesFor(condition, JSON.parse(value));
    if (passes === undefined) return undefined;
    if (passes) share += part;
  }
  return bounded(share);
};

/** Of GrowthBook's conditions those that people write about a prerequisite; undefined for any other. */
const passesFor = (condition: Readonly<Record<string, unknown>>, value: unknown): boolean | undefined => {
  const { value: wanted, ...others } = condition;
  if (Object.keys(others).length > 0) return undefined;
  if (typeof wanted !== "object" || wanted === null) return wanted === undefined || wanted === value;
  let passes = true;
  for (const [operator, operand] of Object.entries(wanted)) {
    const test = OPERATORS[operator];
    if (test === undefined) return undefined;
    passes &&= test(value, operand);
  }
  return passes;
};

const OPERATORS: Readonly<Partial<Record<string, (value: unknown, operand: unknown) => boolean>>> = {
  $eq: (value, operand) => value === operand,
  $ne: (value, operand) => value !== operand,
  $exists: (value, operand) => (value !== null) === Boolean(operand),
  $in: (value, operand) => Array.isArray(operand) && operand.includes(value),
  $nin: (value, operand) => Array.isArray(operand) && !operand.includes(value),
};
