import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { people } from "../company/people.ts";
import { at, hash } from "../company/random.ts";
import { LOST, reportName, shippedOf } from "../company/usage.ts";
import type { World } from "../company/world.ts";

/** The shop is measured with Mixpanel: one project with one data view. */
export const PROJECT = "3187001";
export const WORKSPACE = "3690112";
export const STOREFRONT = 0;

type Row = Readonly<Record<string, unknown>>;

/** What was changed in Mixpanel since the start, by id; and annotations that were made. */
export interface Changes {
  readonly experiments: Map<string, Row>;
  readonly flags: Map<string, Row>;
  readonly annotations: Row[];
  readonly gone: Set<string>;
}

export const measured = (world: World): readonly Exposure[] => shippedOf(exposures(world), STOREFRONT);

export const eventOf = (exposure: Exposure): string => `${exposure.feature.title} used`;

/** Ids as large as a real project's, the same for ever. */
export const reportId = ({ feature }: Exposure): string => String(61_400_000 + feature.index * 17);
export const funnelId = ({ feature }: Exposure): string => String(9_500_100 + feature.index * 3);
export const uuidOf = (world: World, what: number, n: number): string => {
  const hex = [0, 1, 2, 3].map((part) =>
    hash(world.company.seed, 84, what * 1000 + n, part)
      .toString(16)
      .padStart(8, "0"),
  );
  const all = hex.join("");
  return `${all.slice(0, 8)}-${all.slice(8, 12)}-4${all.slice(13, 16)}-a${all.slice(17, 20)}-${all.slice(20, 32)}`;
};

const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "+00:00");

/** Text in which people point to a feature as they do: not at all, or to the wrong one. */
const pointer = (world: World, exposure: Exposure): string => referenceOf(world, exposure)?.key ?? "";

export const annotations = (world: World, changes: Changes): readonly Row[] => [
  ...measured(world).flatMap((exposure, index): Row[] => {
    const made = timeOf(world, exposure.days.shipped ?? 0) + 3_600_000;
    const key = pointer(world, exposure);
    const words = `${key} ${reportName(exposure, "mixpanel")} is out`.trim();
    return made > world.clock ? [] : [annotation(2_004_000 + index, made, words, index % 2 === 0 ? ["release"] : [])];
  }),
  ...changes.annotations,
];

export const annotation = (id: number, made: number, description: string, tags: readonly string[]): Row => ({
  id,
  project_id: Number(PROJECT),
  date: iso(made).replace(".000", ""),
  description,
  user: { id: 6_535_281, first_name: "Amara", last_name: "Okafor" },
  tags: tags.map((name, index) => ({ id: 4700 + index, name })),
});

export const cohorts = (world: World): readonly Row[] =>
  measured(world).map((exposure, index) => ({
    id: 1000 + index,
    project_id: Number(PROJECT),
    name: `Uses ${reportName(exposure, "mixpanel")}`,
    description: index % 2 === 0 && pointer(world, exposure) !== "" ? `feature:${pointer(world, exposure)}` : "",
    count: 40 + (hash(world.company.seed, 85, index) % 400),
    is_visible: 1,
    created: iso(timeOf(world, exposure.days.shipped ?? 0))
      .slice(0, 19)
      .replace("T", " "),
  }));

const maker = (exposure: Exposure): Row => {
  const person = at(people, exposure.feature.lead % 12);
  return { creator_id: 6_535_000 + person.index, creator_name: person.name, creator_email: person.email };
};

/** Every other feature was tried on half of the people first; gift cards lost and went out anyway. */
export const experimented = (world: World): readonly Exposure[] =>
  measured(world).filter(({ feature }) => feature.index % 2 === 0 || feature.slug === LOST);

export const experiments = (world: World, changes: Changes): readonly Row[] =>
  experimented(world).map((exposure) => {
    const { feature, days } = exposure;
    const id = uuidOf(world, 1, feature.index);
    const shipped = timeOf(world, days.shipped ?? 0);
    const ended = shipped + 9 * 86_400_000;
    const isOver = ended < world.clock;
    const lost = feature.slug === LOST;
    const status = isOver ? (lost ? "fail" : "success") : "active";
    const told = (n: number) => Math.max(0, n);
    return {
      id,
      name: `${reportName(exposure, "mixpanel")} for half of the shoppers`,
      content_type: "experiments",
      description: pointer(world, exposure) === "" ? null : `feature:${pointer(world, exposure)}`,
      hypothesis: `${feature.title} lets more people finish a purchase.`,
      ...maker(exposure),
      created: iso(shipped - 5 * 86_400_000),
      modified: iso(isOver ? ended : shipped),
      deleted: null,
      status,
      tags: ["checkout"],
      variants: [
        { key: "control", name: "Control", is_control: true, split: 0.5 },
        { key: "treatment", name: "Treatment", is_control: false, split: 0.5 },
      ],
      metrics: [
        { id: "purchase", name: "Purchases", type: "primary", direction: "up" },
        { id: "errors", name: "Payment errors", type: "guardrail", direction: "down" },
      ],
      settings: { controlKey: "control", confidenceLevel: 0.95, testingModel: "sequential" },
      exposures_cache: {
        control: told(2010 + feature.index),
        treatment: told(1990 - feature.index),
        $srm_analysis: { p_value: 0.41, chi_square: 0.68 },
        $last_computed: iso(isOver ? ended : shipped),
      },
      results_cache: {
        message: isOver ? "Decided by the figures." : null,
        variant: isOver && !lost ? "treatment" : null,
        metrics: {
          purchase: {
            control: { value: 0.081, sampleSize: 2010, lift: 0, liftConfidence: 0.95, significance: "NO" },
            treatment: {
              value: lost ? 0.074 : 0.088,
              sampleSize: 1990,
              lift: lost ? -0.0864 : 0.0864,
              liftConfidence: 0.95,
              significance: lost ? "YES_NEGATIVE" : "YES_POSITIVE",
            },
          },
        },
      },
      start_date: iso(shipped),
      end_date: isOver ? iso(ended) : null,
      feature_flag: { id: uuidOf(world, 2, feature.index), key: exposure.key },
      ...changes.experiments.get(id),
    };
  });

export const flags = (world: World, changes: Changes): readonly Row[] =>
  experimented(world).map((exposure) => {
    const { feature, days } = exposure;
    const id = uuidOf(world, 2, feature.index);
    const shipped = timeOf(world, days.shipped ?? 0);
    return {
      id,
      project_id: Number(PROJECT),
      content_type: "feature-flags",
      key: exposure.key,
      name: feature.title,
      description: pointer(world, exposure),
      ...maker(exposure),
      created: iso(shipped - 5 * 86_400_000),
      modified: iso(shipped),
      enabled_at: iso(shipped),
      deleted: null,
      status: "enabled",
      tags: [],
      context: "distinct_id",
      serving_method: "client",
      experiment_id: uuidOf(world, 1, feature.index),
      ruleset: {
        variants: [
          { key: "control", value: false, is_control: true, split: 0, is_sticky: true },
          { key: "treatment", value: true, is_control: false, split: 1, is_sticky: true },
        ],
        rollout: [
          { name: null, rollout_percentage: 1, variant_splits: { control: 0, treatment: 1 }, cohort_definition: null },
        ],
        test: null,
      },
      ...changes.flags.get(id),
    };
  });
