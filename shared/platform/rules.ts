import { configuredId } from "../domain/kind.ts";
import { STAGES, type Stage } from "../domain/stage.ts";
import { RULE_SET, type RuleSet } from "../lifecycle/rule-set.ts";
import { hash } from "../pipeline/entity-of.ts";
import type { Rules } from "../pipeline/hub.ts";
import type { HubConfig } from "./define-hub.ts";
import type { RulesConfig } from "./rules-shape.ts";

/** The part of a config that decides stages, kept so that a change of it can be shown before it is made. */
export type RulesPart = Pick<HubConfig, "rules" | "features"> & {
  readonly statuses?: HubConfig["statuses"];
  readonly products?: Readonly<Record<string, { readonly rules: RulesConfig }>> | undefined;
};

export const rulesPartOf = ({ rules, features, statuses, products = {} }: HubConfig): RulesPart => {
  const own = Object.entries(products).flatMap(([slug, one]) =>
    one.rules ? [[slug, { rules: one.rules }] as const] : [],
  );
  return {
    ...(rules && { rules }),
    ...(features && { features }),
    ...(statuses && { statuses: placesIn(statuses) }),
    ...(own.length > 0 && { products: Object.fromEntries(own) }),
  };
};

/** The part of a config that maps records; what decides stages and health is no part of it. */
export const mappingPartOf = (config: HubConfig): Pick<HubConfig, "products" | "statuses" | "environments"> => {
  const { products, statuses, environments } = config;
  return {
    ...(products && {
      products: Object.fromEntries(
        Object.entries(products).map(([slug, { rules: _, health: __, owner: ___, objectives: ____, ...product }]) => [
          slug,
          product,
        ]),
      ),
    }),
    ...(statuses && { statuses: wordsIn(statuses, (word) => !isStage(word)) }),
    ...(environments && { environments }),
  };
};

const isStage = (word: string): word is Stage => (STAGES as readonly string[]).includes(word);

type Statuses = NonNullable<HubConfig["statuses"]>;

const wordsIn = (statuses: Statuses, fits: (word: string) => boolean): Statuses =>
  Object.fromEntries(
    Object.entries(statuses).map(([name, words]) => [
      name,
      Object.fromEntries(Object.entries(words).filter(([, word]) => fits(word))),
    ]),
  );

/** Only the statuses that stand for a stage: the others are mapping. */
const placesIn = (statuses: Statuses): Statuses =>
  Object.fromEntries(Object.entries(wordsIn(statuses, isStage)).filter(([, words]) => Object.keys(words).length > 0));

/** How a config decides stages: the standard rules, what the hub changes of them, and what its products do. */
export const rulesOf = (part: RulesPart): Rules => {
  const { rules: hub, products = {}, features = {}, statuses = {} } = part;
  const common = ruleSetOf([hub]);
  const own: ReadonlyMap<string, RuleSet> = new Map(
    Object.entries(products).map(([slug, { rules }]) => [configuredId("prd", slug), ruleSetOf([hub, rules])] as const),
  );
  const places: ReadonlyMap<string, ReadonlyMap<string, Stage>> = new Map(
    Object.entries(statuses).map(([name, words]) => [
      configuredId("con", name),
      new Map(Object.entries(words).flatMap(([word, to]) => (isStage(to) ? [[word, to] as const] : []))),
    ]),
  );
  const none = new Map<string, Stage>();
  return {
    version: hash([common.version, [...own].map(([id, { version }]) => [id, version]), features, placesIn(statuses)]),
    ofProducts: (ids) => ids.map((id) => own.get(id)).find((found) => found !== undefined) ?? common,
    stagesOf: (connectionId) => places.get(connectionId) ?? none,
    features: new Map(
      Object.entries(features).flatMap(([key, names]) => names.map((name) => [name.toLowerCase(), key] as const)),
    ),
    part,
  };
};

/** The version names the standard rules and, where a config changes them, a digest of what it changes. */
const ruleSetOf = (changes: readonly (RulesConfig | undefined)[]): RuleSet => {
  const told = changes.map((one) => defined(one ?? {}));
  const changed = Object.assign({}, ...told) as RulesConfig;
  if (Object.keys(changed).length === 0) return RULE_SET;
  const { establishedAt, signals: _, ...plain } = changed;
  return {
    ...RULE_SET,
    ...(plain as Partial<RuleSet>),
    version: `${RULE_SET.version}+${hash(told).slice(0, 8)}`,
    establishedAt: { ...RULE_SET.establishedAt, ...defined(establishedAt ?? {}) },
    // A product adds its signals to those of the hub.
    signals: told.flatMap(({ signals = [] }) => signals),
  };
};

const defined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value;
