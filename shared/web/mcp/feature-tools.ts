import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { BADGES, STAGE_STATES, STAGES } from "../../domain/stage.ts";
import { demandKept, demandKnownThen } from "../../store/known-then.ts";
import type { FeatureView } from "../../store/views.ts";
import { ownersNamed } from "../api/feature-filter.ts";
import { Moment, productId, since } from "../api/filters.ts";
import { AsOf, pastMoment, viewsAt } from "../as-of.ts";
import { featurePath } from "../feature-address.ts";
import { defineTool, PAGE, quoted, type Tool, type ToolAsked, VendorText, vendorText } from "./tool.ts";
import { Cursor, placeIn, sealedIn } from "./tool-cursor.ts";

const HEALTHS = ["on_track", "at_risk", "off_track", "unknown"] as const;

const Brief = z.object({
  id: z.string(),
  key: z.string().nullable(),
  name: VendorText,
  stage: z.enum(STAGES).nullable().describe("The furthest established stage."),
  stage_since: z.string().nullable(),
  confidence: z.number(),
  health: z.enum(HEALTHS),
  owner: VendorText.nullable(),
  target_date: z.string().nullable(),
  progress: z.object({ done: z.int(), total: z.int() }),
  product_ids: z.array(z.string()),
  updated_at: z.string(),
  url: z.string().describe("Its page in the hub."),
});

const briefOf = (feature: FeatureView, hub: string): z.output<typeof Brief> => ({
  id: feature.id,
  key: feature.key ?? null,
  name: vendorText(feature.name),
  stage: feature.explanation.headline,
  stage_since: feature.explanation.since,
  confidence: feature.explanation.confidence,
  health: feature.health.value,
  owner: feature.owner === undefined ? null : vendorText(feature.owner.name),
  target_date: feature.targetDate ?? null,
  progress: { done: feature.progress.done, total: feature.progress.total },
  product_ids: [...feature.productIds],
  updated_at: feature.updatedAt,
  url: `${hub}${featurePath(feature)}`,
});

const lineOf = (feature: FeatureView): string =>
  [
    `${quoted(`${feature.key ?? feature.id} ${feature.name}`)} ${feature.explanation.headline ?? "no stage yet"}`,
    feature.health.value.replaceAll("_", " "),
    ...(feature.targetDate === undefined ? [] : [`due ${feature.targetDate}`]),
  ].join(", ");

const evidenceOf = ({ url, explanation }: FeatureView, each: number): string[] => [
  url,
  ...explanation.because.flatMap(({ evidence }) => evidence).slice(0, each),
];

const Named = {
  as_of: AsOf,
  feature: z.string().min(1).max(200).describe("Key or id of a feature, e.g. ACME-8; keys it once had are understood."),
};

/** @throws HubError feature_unknown */
const named = async ({ deps, input }: ToolAsked<{ readonly feature: string; readonly as_of?: string | undefined }>) => {
  const at = pastMoment(input.as_of, deps);
  const feature = await viewsAt(deps, at).feature(input.feature);
  if (feature !== undefined) return { feature, at };
  await demandKnownThen(deps.views, input.feature, at);
  throw new HubError("feature_unknown", "there is no such feature", { retry: "never" });
};

const listFeatures = defineTool({
  name: "list_features",
  title: "List features",
  description: `Features with stage, health, owner and target date, ${PAGE} at a time. Filters are joined by "and".`,
  scope: "features:read",
  input: {
    product: z.string().min(1).max(200).optional().describe("Id or slug of a product."),
    stage: z
      .array(z.enum([...STAGES, "none"]))
      .min(1)
      .max(9)
      .optional()
      .describe("Any of these."),
    health: z.array(z.enum(HEALTHS)).min(1).max(4).optional().describe("Any of these."),
    q: z.string().min(1).max(200).optional().describe("Text in name or key."),
    owner: z.string().min(1).max(200).optional().describe("Name or id of the owner."),
    due_before: z.iso.date().optional().describe("Promised for a day before this one."),
    updated_since: Moment.optional(),
    as_of: AsOf,
    cursor: Cursor,
  },
  output: { features: z.array(Brief), next_cursor: z.string().nullable() },
  find: async (asked) => {
    const { deps, input } = asked;
    const at = pastMoment(input.as_of, deps);
    const filter = {
      product: await productId(deps.views, input.product),
      stage: input.stage,
      health: input.health,
      q: input.q,
      owner: await ownersNamed(deps.views, input.owner),
      dueBefore: input.due_before,
      updatedSince: since(input.updated_since),
    };
    const { items, next } = await viewsAt(deps, at).features(filter, placeIn(asked, "list_features"), PAGE);
    if (items.length === 0 && input.cursor === undefined) await demandKept(deps.views, at);
    return {
      at,
      data: {
        features: items.map((feature) => briefOf(feature, deps.url())),
        next_cursor: sealedIn(asked, "list_features", next),
      },
      evidence: items.flatMap((feature) => evidenceOf(feature, 1)),
      links: ["/features", ...items.map(featurePath)],
      lines: items.length === 0 ? ["No feature fits."] : items.map(lineOf),
    };
  },
});

const EvidenceBrief = z.object({
  kind: z.string(),
  key: z.string().nullable(),
  name: VendorText,
  tool: z.string(),
  status: VendorText.nullable(),
  confidence: z.number(),
  url: z.string().nullable(),
});

const getFeature = defineTool({
  name: "get_feature",
  title: "Get one feature",
  description: `One feature with the state of every stage, its health with reasons, and the first ${PAGE} records that speak about it.`,
  scope: "features:read",
  input: Named,
  output: {
    feature: Brief.extend({
      type: VendorText,
      stages: z.record(z.enum(STAGES), z.object({ state: z.enum(STAGE_STATES), since: z.string().nullable() })),
      badges: z.array(z.enum(BADGES)),
      health_reasons: z.array(VendorText),
      source_url: z.string().nullable(),
    }),
    records: z.array(EvidenceBrief).describe("Of now; none of a moment of the past."),
  },
  find: async (asked) => {
    const { feature, at } = await named(asked);
    const { views, url } = asked.deps;
    const { items } = at === undefined ? await views.evidence(feature.id, undefined, PAGE) : { items: [] };
    const { explanation, health } = feature;
    const stages = Object.fromEntries(
      STAGES.map((stage) => [
        stage,
        { state: explanation.stages[stage].state, since: explanation.stages[stage].since ?? null },
      ]),
    );
    return {
      at,
      data: {
        feature: {
          ...briefOf(feature, url()),
          type: vendorText(feature.type),
          stages,
          badges: [...explanation.badges],
          health_reasons: health.derived.reasons.map(vendorText),
          source_url: addressOf(feature.url),
        },
        records: items.map((line) => ({
          kind: line.kind,
          key: line.key ?? null,
          name: vendorText(line.name),
          tool: line.tool,
          status: line.status === undefined ? null : vendorText(line.status.detail),
          confidence: line.confidence,
          url: addressOf(line.url),
        })),
      },
      evidence: [feature.url, ...items.map((line) => line.url)],
      links: [featurePath(feature)],
      lines: [
        lineOf(feature),
        ...STAGES.map((stage) => `${stage}: ${explanation.stages[stage].state.replaceAll("_", " ")}`),
        ...health.derived.reasons.map((reason) => `health: ${quoted(reason)}`),
        ...items.map(({ kind, key, name, confidence }) => `${kind} ${quoted(`${key ?? ""} ${name}`)} (${confidence})`),
      ],
    };
  },
});

const addressOf = (url: string): string | null => (URL.canParse(url) && /^https?:/i.test(url) ? url : null);

const Claim = z.object({ says: VendorText, evidence: z.array(z.string()) });

const explainFeature = defineTool({
  name: "explain_feature",
  title: "Explain a feature's stage",
  description:
    "Why a feature stands where it stands: the rules that decided with their evidence, what is missing for the next stages, who says otherwise, and what cannot be seen.",
  scope: "features:read",
  input: Named,
  output: {
    feature: Brief,
    rule_set: z.string(),
    because: z.array(Claim.extend({ stage: z.enum(STAGES), rule: z.string(), at: z.string() })),
    not_yet: z.array(z.object({ stage: z.enum(STAGES), missing: z.array(VendorText) })),
    conflicts: z.array(Claim.extend({ against: VendorText })),
    unknown: z.array(VendorText),
  },
  find: async (asked) => {
    const { feature, at } = await named(asked);
    const { explanation: why } = feature;
    return {
      at,
      data: {
        feature: briefOf(feature, asked.deps.url()),
        rule_set: why.ruleSet,
        because: why.because.map(({ stage, rule, text, evidence, at }) => ({
          stage,
          rule,
          at,
          says: vendorText(text),
          evidence: [...evidence],
        })),
        not_yet: why.notYet.map(({ stage, missing }) => ({ stage, missing: missing.map(vendorText) })),
        conflicts: why.conflicts.map(({ claim, against, evidence }) => ({
          says: vendorText(claim),
          against: vendorText(against),
          evidence: [...evidence],
        })),
        unknown: why.unknown.map(vendorText),
      },
      evidence: [
        ...why.because.flatMap(({ evidence }) => evidence),
        ...why.conflicts.flatMap(({ evidence }) => evidence),
      ],
      links: [featurePath(feature)],
      lines: [
        lineOf(feature),
        ...why.because.map(({ stage, rule, text }) => `because ${stage} [${rule}]: ${quoted(text)}`),
        ...why.notYet.map(({ stage, missing }) => `not yet ${stage}: ${quoted(missing.join("; "))}`),
        ...why.conflicts.map(({ claim, against }) => `conflict: ${quoted(claim)} against ${quoted(against)}`),
        ...why.unknown.map((line) => `cannot see: ${quoted(line)}`),
      ],
    };
  },
});

export const FEATURE_TOOLS: readonly Tool[] = [listFeatures, getFeature, explainFeature];
