import * as z from "zod";
import type { Feature, Rule } from "./schema.ts";

const shares = z.array(z.number()).nullish();
const range = z.tuple([z.number(), z.number()]);

/** A rule as the SDKs evaluate it. */
const DefinedRule = z.looseObject({
  id: z.string().nullish(),
  condition: z.record(z.string(), z.unknown()).nullish(),
  parentConditions: z
    .array(z.looseObject({ id: z.string(), condition: z.record(z.string(), z.unknown()), gate: z.boolean().nullish() }))
    .nullish(),
  force: z.unknown().optional(),
  variations: z.array(z.unknown()).nullish(),
  weights: shares,
  coverage: z.number().nullish(),
  range: range.nullish(),
  ranges: z.array(range).nullish(),
  filters: z.array(z.looseObject({ ranges: z.array(range).nullish() })).nullish(),
  namespace: z.tuple([z.string(), z.number(), z.number()]).nullish(),
  /** Of our own making: what it serves cannot be told from the record. */
  isOpen: z.boolean().nullish(),
});
export type DefinedRule = z.output<typeof DefinedRule>;

/** https://docs.growthbook.io/lib/build-your-own#feature */
const Definition = z.looseObject({
  defaultValue: z.unknown().optional(),
  rules: z.array(DefinedRule).nullish(),
});
export type Definition = z.output<typeof Definition>;

/**
 * What the SDKs get of a feature in one environment: as the server compiled it, else made from the rules. Null where the
 * feature is off there: then its value is null.
 */
export const definitionOf = (feature: Feature, environment: string): Definition | null | undefined => {
  const told = feature.environments?.[environment];
  if (told === undefined) return undefined;
  if (told.enabled !== true) return null;
  return compiled(told.definition) ?? madeFromRules(feature, environment);
};

const compiled = (told: string | null | undefined): Definition | undefined => {
  const value = jsonOf(told);
  return value === undefined ? undefined : Definition.safeParse(value).data;
};

/** The rules of a feature that count in an environment, in their order. */
export const rulesOf = (feature: Feature, environment: string): readonly Rule[] => {
  const own = feature.environments?.[environment]?.rules;
  const rules = own ?? feature.rules ?? [];
  return rules.filter(
    (rule) =>
      rule.enabled !== false &&
      (own != null || rule.allEnvironments !== false || (rule.environments ?? []).includes(environment)),
  );
};

const madeFromRules = (feature: Feature, environment: string): Definition => {
  const read = (value: unknown) => parsedValue(value, feature.valueType);
  const gates = (feature.prerequisites ?? []).map((one): DefinedRule => {
    const { id, condition } = typeof one === "string" ? { id: one, condition: undefined } : one;
    return { parentConditions: [{ id, condition: objectOf(condition) ?? { value: true }, gate: true }] };
  });
  return {
    defaultValue: read(feature.environments?.[environment]?.defaultValue ?? feature.defaultValue),
    rules: [...gates, ...rulesOf(feature, environment).map((rule) => defined(rule, read))],
  };
};

const defined = (rule: Rule, read: (value: unknown) => unknown): DefinedRule => {
  const groups = rule.savedGroupTargeting ?? [];
  const condition = { ...objectOf(rule.condition), ...(groups.length > 0 && { $savedGroups: groups }) };
  const parents = (rule.prerequisites ?? []).map(({ id, condition: wanted }) => ({
    id,
    condition: objectOf(wanted) ?? { value: true },
  }));
  const common = {
    ...(rule.id != null && { id: rule.id }),
    ...(Object.keys(condition).length > 0 && { condition }),
    ...(parents.length > 0 && { parentConditions: parents }),
  };
  // Whether a schedule's hour has come is not in the record, and no normaliser has a clock.
  if ((rule.scheduleRules ?? []).length > 0) return { ...common, isOpen: true };
  switch (rule.type) {
    case "force":
      return { ...common, force: read(rule.value) };
    case "rollout":
      return { ...common, force: read(rule.value), coverage: rule.coverage ?? 1 };
    case "experiment":
      return { ...common, ...splitOf(rule, read) };
    case "safe-rollout":
      if (rule.status === "released") return { ...common, force: read(rule.variationValue) };
      if (rule.status === "rolled-back" || rule.status === "stopped")
        return { ...common, force: read(rule.controlValue) };
      return { ...common, isOpen: true };
    default:
      return { ...common, isOpen: true };
  }
};

const Arms = z.array(z.looseObject({ value: z.unknown().optional(), weight: z.number() }));

/** An experiment that stands in the rule itself, as older features have them. */
const splitOf = (rule: Rule, read: (value: unknown) => unknown): Partial<DefinedRule> => {
  const arms = Arms.safeParse(rule.value).data;
  if (arms === undefined) return { isOpen: true };
  const [from, to] = rule.namespace?.enabled === true ? (rule.namespace.range ?? []) : [];
  return {
    variations: arms.map(({ value }) => read(value)),
    weights: arms.map(({ weight }) => weight),
    coverage: rule.coverage ?? 1,
    ...(from !== undefined &&
      to !== undefined && { namespace: ["", from, to] as const satisfies [string, number, number] }),
  };
};

/** GrowthBook writes every value as text beside the feature's type. */
const parsedValue = (told: unknown, type: string | null | undefined): unknown => {
  if (typeof told !== "string" || type === "string") return told ?? null;
  const value = jsonOf(told);
  return value === undefined ? told : value;
};

const jsonOf = (told: string | null | undefined): unknown => {
  if (told == null || told === "") return undefined;
  try {
    return JSON.parse(told) as unknown;
  } catch {
    return undefined;
  }
};

const objectOf = (told: string | null | undefined): Record<string, unknown> | undefined =>
  z.record(z.string(), z.unknown()).safeParse(jsonOf(told)).data;
