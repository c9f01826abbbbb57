import * as z from "zod";
import { snakeCase } from "../../domain/snake-case.ts";
import { STAGES } from "../../domain/stage.ts";
import type { FeatureView } from "../../store/views.ts";
import { AsOf, pastMoment, viewsAt } from "../as-of.ts";
import { ExplanationJson, explanationJson, FeatureJson, featureJson } from "./feature-json.ts";
import { Moment, ProductFilter, productId, since } from "./filters.ts";
import { MappedJson } from "./mapped-json.ts";
import { type Asked, list, single } from "./route.ts";

const ID = { id: "Id or key of a feature; keys it once had and any case are understood." };
const HEALTH = ["on_track", "at_risk", "off_track", "unknown"] as const;
const Kind = z.string().describe("What it is: work_item, pull_request, deployment and so on.");

const EvidenceJson = z
  .object({
    id: z.string(),
    kind: Kind,
    key: z.string().nullable(),
    name: z.string(),
    tool: z.string(),
    url: z.string(),
    status: MappedJson.nullable(),
    confidence: z.number().describe("0 to 1: how sure it is that the record belongs to the feature."),
    via: z.string().describe("How it is connected."),
    at: z.iso.datetime(),
  })
  .meta({ id: "Evidence" });

const TimelineJson = z
  .object({
    at: z.iso.datetime(),
    tool: z.string(),
    kind: Kind,
    recordId: z.string(),
    key: z.string().nullable(),
    text: z.string(),
    url: z.string(),
  })
  .meta({ id: "TimelineEntry" });

const named = ({ deps, id }: Asked, asOf?: string): Promise<FeatureView | undefined> =>
  viewsAt(deps, pastMoment(asOf, deps)).feature(id);

export const FEATURE_ROUTES = [
  list({
    id: "list_features",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features",
    summary: "All features with their stage, health and progress.",
    query: {
      product: ProductFilter,
      stage: z
        .array(z.enum([...STAGES, "none"]))
        .optional()
        .describe("Headline stage; none finds features without an established stage.")
        .meta({ examples: [["development", "testing"]] }),
      health: z
        .array(z.enum(HEALTH))
        .optional()
        .describe("Leading health.")
        .meta({ examples: [["at_risk"]] }),
      q: z.string().max(200).optional().describe("Text in the name or key, in any case."),
      updatedSince: Moment.optional().describe("Only what changed at its source since then."),
      asOf: AsOf,
    },
    item: FeatureJson,
    rows: async ({ deps, query: { asOf, ...query }, after, limit }) => {
      const filter = {
        ...query,
        product: await productId(deps.views, query.product),
        updatedSince: since(query.updatedSince),
      };
      const { items, next } = await viewsAt(deps, pastMoment(asOf, deps)).features(filter, after, limit);
      return { items: items.map((feature) => featureJson(feature, deps.url())), next };
    },
  }),
  single({
    id: "get_feature",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}",
    summary: "One feature.",
    pathParameters: ID,
    query: { asOf: AsOf },
    body: FeatureJson,
    read: async (asked) => {
      const feature = await named(asked, asked.query.asOf);
      return feature && { body: featureJson(feature, asked.deps.url()), version: [feature.id, feature.version] };
    },
  }),
  single({
    id: "explain_feature",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}/explain",
    summary: "Why the feature stands where it stands, what is missing, who says otherwise, and what cannot be seen.",
    pathParameters: ID,
    query: { asOf: AsOf },
    body: ExplanationJson,
    read: async (asked) => {
      const feature = await named(asked, asked.query.asOf);
      return feature && { body: explanationJson(feature), version: [feature.id, feature.version] };
    },
  }),
  list({
    id: "list_feature_timeline",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}/timeline",
    summary: "What happened to the feature in all tools, newest first.",
    pathParameters: ID,
    item: TimelineJson,
    rows: async ({ after, limit, ...asked }) => {
      const feature = await named(asked);
      if (feature === undefined) return undefined;
      const { items, next } = await asked.deps.views.timeline(feature.id, after, limit);
      return { items: items.map((line) => ({ ...line, kind: snakeCase(line.kind), key: line.key ?? null })), next };
    },
  }),
  list({
    id: "list_feature_evidence",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}/evidence",
    summary: "The records of all tools that speak about the feature, with how sure the way to each is.",
    pathParameters: ID,
    item: EvidenceJson,
    rows: async ({ after, limit, ...asked }) => {
      const feature = await named(asked);
      if (feature === undefined) return undefined;
      const { items, next } = await asked.deps.views.evidence(feature.id, after, limit);
      const json = items.map((line) => ({
        ...line,
        kind: snakeCase(line.kind),
        key: line.key ?? null,
        status: line.status ?? null,
      }));
      return { items: json, next };
    },
  }),
];
