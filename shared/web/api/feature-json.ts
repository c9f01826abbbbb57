import * as z from "zod";
import { BADGES, DISPOSITIONS, STAGE_STATES, STAGES, type Stage, type StageResult } from "../../domain/stage.ts";
import type { FeatureView } from "../../store/views.ts";
import { featurePath } from "../feature-address.ts";
import { Expanded } from "./feature-expand.ts";
import { HealthDimensionJson, healthDimensionsJson } from "./health-json.ts";
import { MappedJson } from "./mapped-json.ts";
import { AssertionJson, assertionJson } from "./said-json.ts";

const Time = z.iso.datetime();
const Health = z.enum(["on_track", "at_risk", "off_track", "unknown"]);
const Headline = z.enum(STAGES).nullable().describe("The furthest established stage; null while none is.");

const StageJson = z
  .object({
    state: z.enum(STAGE_STATES),
    since: Time.nullable().describe("When the state began; null for states that have no beginning."),
    confidence: z.number().describe("0 to 1."),
    rule: z.string().nullable().describe("The rule that decided, see /docs/stages."),
    reason: z.string().nullable().describe("The evidence in words, or why the stage cannot be seen."),
  })
  .meta({ id: "Stage" });

const eachStage = <Value>(value: (stage: Stage) => Value): Record<Stage, Value> =>
  Object.fromEntries(STAGES.map((stage) => [stage, value(stage)])) as Record<Stage, Value>;

const StagesJson = z.object(eachStage(() => StageJson)).meta({ id: "Stages" });

const HealthJson = z.object({
  value: Health.describe("The leading health: the worse of the two."),
  disagree: z.boolean(),
  declared: z
    .object({
      value: Health,
      at: Time.nullable(),
      stale: z.boolean(),
      by: z.string().nullable().describe("Who said so in the hub; null where a tool told it."),
      text: z.string().nullable().describe("Their words."),
    })
    .nullable(),
  derived: z.object({ value: Health, rule: z.string(), reasons: z.array(z.string()) }),
  dimensions: z.array(HealthDimensionJson).describe("What the derived health rests on, one entry per aspect."),
  forecast: z
    .object({
      p50: z.string().nullable().describe("Day by which half of 10,000 simulated courses end; null: beyond 104 weeks."),
      p85: z.string().nullable().describe("Day by which 85 % of them end."),
      basis: z.string().describe("What it was made of."),
    })
    .nullable()
    .describe("Null where history is too short, or nothing is left to do."),
  rules: z.string().nullable().describe("Version of the thresholds; with a digest where the config changes some."),
});

const NamesJson = z
  .array(z.object({ id: z.string(), key: z.string().nullable(), name: z.string(), tool: z.string(), url: z.string() }))
  .describe("Records of other tools that are the same feature.");

export const FeatureJson = z
  .object({
    id: z.string(),
    key: z.string().nullable(),
    name: z.string(),
    url: z.string().describe("Its page in the hub."),
    type: z.string().describe("The tool's word: Epic, Idea, Project, Milestone."),
    productIds: z.array(z.string()),
    version: z.int().describe("Rises by exactly 1 with each change."),
    stage: Headline,
    stages: StagesJson,
    disposition: z.enum(DISPOSITIONS),
    badges: z.array(z.enum(BADGES)),
    status: MappedJson,
    health: HealthJson,
    assertions: z.array(AssertionJson).describe("What people assert of it now. It silences nothing that tools say."),
    progress: z.object({ done: z.int(), total: z.int(), cancelled: z.int() }),
    counts: z.object({ workItems: z.int(), pullRequests: z.int(), deployments: z.int() }),
    names: NamesJson,
    owner: z.object({ id: z.string(), name: z.string() }).nullable(),
    initiatives: z.array(z.object({ id: z.string(), name: z.string() })),
    targetDate: z.string().nullable().describe("The last day of the promised time."),
    targetDateResolution: z.string().nullable().describe("day, month, quarter, half_year or year."),
    source: z.object({
      tool: z.string(),
      connectionId: z.string(),
      key: z.string().nullable(),
      url: z.string().describe("Where it lives in its tool, as the tool says it: check it before you link to it."),
    }),
    presence: z.object({ state: z.string(), since: Time }),
    updatedAt: Time.describe("Newest source time of all that it was made from."),
    observedAt: Time.describe("When the hub last looked."),
    ...Expanded,
  })
  .meta({ id: "Feature" });

export const ExplanationJson = z
  .object({
    feature: z.string(),
    key: z.string().nullable(),
    name: z.string(),
    names: NamesJson,
    status: MappedJson.describe("What its plan declares."),
    health: HealthJson,
    stage: Headline,
    state: z.enum(STAGE_STATES),
    since: Time.nullable(),
    confidence: z.number(),
    asOf: Time.describe("The moment it speaks about."),
    knownAt: Time.describe("From what was known then."),
    ruleSet: z.string(),
    disposition: z.enum(DISPOSITIONS),
    stages: StagesJson,
    because: z.array(
      z.object({ stage: z.enum(STAGES), rule: z.string(), text: z.string(), evidence: z.array(z.string()), at: Time }),
    ),
    badges: z.array(z.enum(BADGES)),
    notYet: z.array(z.object({ stage: z.enum(STAGES), missing: z.array(z.string()) })),
    conflicts: z.array(z.object({ claim: z.string(), against: z.string(), evidence: z.array(z.string()) })),
    unknown: z.array(z.string()).describe("What cannot be seen, and why."),
    path: z.array(z.object({ stage: Headline, at: Time })).describe("The headline over time, oldest first."),
    nextChangeAt: Time.nullable().describe("The earliest moment at which time alone could change this."),
  })
  .meta({ id: "Explanation" });

const stagesJson = ({ explanation }: FeatureView): z.input<typeof StagesJson> => {
  const reasons = new Map(explanation.because.map(({ stage, text }) => [stage, text]));
  const blind = new Map<string, string>(explanation.unknown.map((line) => [line.split(":", 1)[0] ?? "", line]));
  const json = (stage: Stage, { state, since, confidence, rule }: StageResult) => ({
    state,
    since: since ?? null,
    confidence,
    rule: rule ?? null,
    reason: (state === "unknown" ? blind.get(stage) : reasons.get(stage)) ?? null,
  });
  return eachStage((stage) => json(stage, explanation.stages[stage]));
};

const namesJson = ({ names = [] }: FeatureView): z.input<typeof NamesJson> =>
  names.map(({ key, ...record }) => ({ ...record, key: key ?? null }));

const healthJson = ({ health }: FeatureView): z.input<typeof HealthJson> => ({
  value: health.value,
  disagree: health.disagree,
  declared:
    health.declared === undefined
      ? null
      : {
          ...health.declared,
          at: health.declared.at ?? null,
          by: health.declared.by ?? null,
          text: health.declared.text ?? null,
        },
  derived: { ...health.derived, reasons: [...health.derived.reasons] },
  dimensions: healthDimensionsJson(health.dimensions ?? []),
  forecast: health.forecast ?? null,
  rules: health.rules ?? null,
});

/** A feature on the wire. */
export const featureJson = (feature: FeatureView, hub: string): z.input<typeof FeatureJson> => {
  const { explanation } = feature;
  return {
    id: feature.id,
    key: feature.key ?? null,
    name: feature.name,
    url: `${hub}${featurePath(feature)}`,
    type: feature.type,
    productIds: [...feature.productIds],
    version: feature.version,
    stage: explanation.headline,
    stages: stagesJson(feature),
    disposition: explanation.disposition,
    badges: [...explanation.badges],
    status: feature.status,
    health: healthJson(feature),
    assertions: (feature.assertions ?? []).map(assertionJson),
    progress: feature.progress,
    counts: feature.counts,
    names: namesJson(feature),
    owner: feature.owner ?? null,
    initiatives: [...feature.initiatives],
    targetDate: feature.targetDate ?? null,
    targetDateResolution: feature.targetDateResolution ?? null,
    source: { tool: feature.tool, connectionId: feature.connectionId, key: feature.key ?? null, url: feature.url },
    presence: { state: feature.presence.state, since: feature.presence.since },
    updatedAt: feature.updatedAt,
    observedAt: feature.observedAt,
  };
};

/** Why a feature stands where it stands, on the wire (lifecycle reference, section 10). */
export const explanationJson = (feature: FeatureView): z.input<typeof ExplanationJson> => {
  // Findings stand among the reasons.
  const {
    featureId,
    headline,
    path,
    because,
    badges,
    notYet,
    conflicts,
    unknown,
    findings: _,
    ...rest
  } = feature.explanation;
  return {
    ...rest,
    feature: featureId,
    key: feature.key ?? null,
    name: feature.name,
    names: namesJson(feature),
    status: feature.status,
    health: healthJson(feature),
    stage: headline,
    stages: stagesJson(feature),
    because: because.map((line) => ({ ...line, evidence: [...line.evidence] })),
    badges: [...badges],
    notYet: notYet.map(({ stage, missing }) => ({ stage, missing: [...missing] })),
    conflicts: conflicts.map((line) => ({ ...line, evidence: [...line.evidence] })),
    unknown: [...unknown],
    path: path.map((step) => ({ stage: step.headline, at: step.at })),
  };
};
