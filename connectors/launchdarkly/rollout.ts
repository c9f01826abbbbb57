import type { Environment, Rule, Served, Targeted } from "./schema.ts";

/** Who gets a flag in an environment. */
export interface Rollout {
  readonly on: boolean;
  /** Of all people outside of the named segments; absent where the record does not tell it. */
  readonly rolloutPercent?: number;
  readonly segments?: readonly string[];
}

/** Flags by key; null where there is none, undefined where we do not know. */
export type Needed = Readonly<Record<string, Targeted | null>>;

/** Share of people by the index of the variation that they get; -1 is the value that the code itself falls back to. */
type Spread = ReadonlyMap<number, number>;

const CODE = -1;
/** Weights are thousandths of a percent. */
const WHOLE = 100_000;

/**
 * A boolean flag is had by whoever gets true; of any other, by whoever gets another variation than the one that is
 * served while the flag is off.
 */
export const rolloutOf = (flag: Targeted, environment: string, needed: Needed): Rollout => {
  const config = flag.environments?.[environment];
  if (config === undefined) return { on: false };
  const isHad = hadBy(flag, config);
  const spread = spreadOf(flag, environment, needed, []);
  const segments = config.on === true ? segmentsOf(config, (index) => isHad(index) === true) : [];
  const percent = spread === undefined ? undefined : percentOf(spread, isHad);
  return {
    on: config.on === true,
    ...(percent !== undefined && { rolloutPercent: percent }),
    ...(segments.length > 0 && { segments }),
  };
};

const percentOf = (spread: Spread, isHad: (index: number) => boolean | undefined): number | undefined => {
  let share = 0;
  for (const [index, part] of spread) {
    if (part === 0) continue;
    const had = isHad(index);
    if (had === undefined) return undefined;
    if (had) share += part;
  }
  return Math.min(100, Math.round(share * 1e6) / 1e4);
};

const offOf = (flag: Targeted, config: Environment): number | undefined =>
  config.offVariation ?? flag.defaults?.offVariation ?? undefined;

const hadBy = (flag: Targeted, config: Environment): ((index: number) => boolean | undefined) => {
  const off = offOf(flag, config);
  const isBoolean =
    flag.kind === "boolean" || flag.variations?.every(({ value }) => typeof value === "boolean") === true;
  return (index) => {
    if (index === CODE) return false;
    const variation = flag.variations?.[index];
    if (isBoolean && variation !== undefined) return variation.value === true;
    return off === undefined ? undefined : index !== off;
  };
};

/**
 * How all people outside of named segments fall on a flag's variations: a prerequisite that is not met gives the off
 * variation; rules with clauses take only those that they name; then the default rule decides. Each flag hashes people
 * on its own, so that shares of prerequisites multiply.
 *
 * @param above flags that asked for this one: a circle is never met
 */
const spreadOf = (
  flag: Targeted,
  environment: string,
  needed: Needed,
  above: readonly string[],
): Spread | undefined => {
  const config = flag.environments?.[environment];
  if (config === undefined) return undefined;
  const off = config.offVariation ?? CODE;
  if (config.on !== true) return new Map([[off, 1]]);
  const everybody = config.rules?.find((rule) => rule.disabled !== true && isForAll(rule));
  const served = sharesOf(everybody ?? config.fallthrough ?? {});
  if (served === undefined) return undefined;
  let met = 1;
  for (const { key, variation } of config.prerequisites ?? []) {
    const share = shareThat(key, variation, environment, needed, [...above, flag.key]);
    if (share === undefined) return undefined;
    met *= share;
  }
  const spread = new Map([...served].map(([index, share]) => [index, share * met]));
  if (met < 1) spread.set(off, (spread.get(off) ?? 0) + 1 - met);
  return spread;
};

/** The share of people for whom a flag is on and serves the variation. */
const shareThat = (
  key: string,
  variation: number,
  environment: string,
  needed: Needed,
  above: readonly string[],
): number | undefined => {
  if (above.includes(key)) return 0;
  const flag = needed[key];
  if (flag === undefined) return undefined;
  if (flag === null || flag.environments?.[environment]?.on !== true) return 0;
  const spread = spreadOf(flag, environment, needed, above);
  return spread === undefined ? undefined : (spread.get(variation) ?? 0);
};

const isForAll = ({ clauses }: Rule): boolean => (clauses ?? []).length === 0;

const sharesOf = ({ variation, rollout }: Served): Spread | undefined => {
  if (variation != null) return new Map([[variation, 1]]);
  const weights = rollout?.variations ?? [];
  if (weights.length === 0) return undefined;
  const shares = new Map<number, number>();
  for (const { variation: index, weight } of weights) {
    const share = Math.min(1, Math.max(0, weight / WHOLE));
    shares.set(index, (shares.get(index) ?? 0) + share);
  }
  return shares;
};

/** Rules with clauses and people named one by one that get the flag, by names that people know. */
const segmentsOf = (config: Environment, isHad: (index: number) => boolean): string[] => {
  const named = [...(config.targets ?? []), ...(config.contextTargets ?? [])].filter(({ variation }) =>
    variation == null ? false : isHad(variation),
  );
  const people = named.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const rules = (config.rules ?? []).filter(
    (rule) =>
      rule.disabled !== true &&
      !isForAll(rule) &&
      [...(sharesOf(rule) ?? [])].some(([index, share]) => share > 0 && isHad(index)),
  );
  return [...new Set([...rules.map(nameOf), ...(people > 0 ? [`${people} named one by one`] : [])])];
};

/** Built-in attributes that tell who somebody is: their values stay out. */
const PERSONAL = new Set(["key", "email", "name", "firstName", "lastName", "ip", "avatar", "anonymous"]);
const VALUES_SHOWN = 5;

/** Its segments, else its description, else its clauses in words. */
const nameOf = ({ description, clauses }: Rule): string => {
  const segments = (clauses ?? []).flatMap(({ op, values, negate }) =>
    op === "segmentMatch" ? (values ?? []).map((value) => `${negate === true ? "not " : ""}${String(value)}`) : [],
  );
  if (segments.length > 0) return segments.join(", ");
  if (description) return description;
  return (clauses ?? [])
    .map(({ attribute, op, negate, values }) =>
      [
        attribute ?? "",
        ...(negate === true ? ["not"] : []),
        op ?? "",
        ...(PERSONAL.has(attribute ?? "") ? ["…"] : [(values ?? []).slice(0, VALUES_SHOWN).map(String).join(", ")]),
      ].join(" "),
    )
    .join(" and ");
};
