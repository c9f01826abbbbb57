import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { snakeCase } from "../../domain/snake-case.ts";
import { STAGES } from "../../domain/stage.ts";
import { demandKept, demandKnownThen } from "../../store/known-then.ts";
import type { FeatureView } from "../../store/views.ts";
import { AsOf, pastMoment, viewsAt } from "../as-of.ts";
import { featureMarkdownOf } from "../feature-markdown.ts";
import { EvidenceJson, Expand, evidenceJson, expansions } from "./feature-expand.ts";
import { ownersNamed } from "./feature-filter.ts";
import { ExplanationJson, explanationJson, FeatureJson, featureJson } from "./feature-json.ts";
import { Moment, ProductFilter, productId, since } from "./filters.ts";
import { ObjectiveFilter, objectiveNamed } from "./objective-filter.ts";
import { type Asked, list, single } from "./route.ts";
import { made } from "./wire.ts";

const ID = { id: "Id or key of a feature; keys it once had and any case are understood." };
const HEALTH = ["on_track", "at_risk", "off_track", "unknown"] as const;
const Kind = z.string().describe("What it is: work_item, pull_request, deployment and so on.");

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

/** @throws HubError as_of_unavailable: it is there now and was not known then */
const named = async ({ deps, id }: Asked, asOf?: string): Promise<FeatureView | undefined> => {
  const at = pastMoment(asOf, deps);
  const feature = await viewsAt(deps, at).feature(id);
  if (feature === undefined) await demandKnownThen(deps.views, id, at);
  return feature;
};

const featureMade = (feature: FeatureView, hub: string) => made(feature, hub, () => featureJson(feature, hub));

/** Lists in another order, and records beside a feature, are kept of now alone. */
const onlyOfNow = ({
  sort,
  expand,
}: {
  readonly sort?: string | undefined;
  readonly expand?: readonly string[] | undefined;
}) => {
  const parameter = sort !== undefined ? "sort" : expand?.includes("evidence") ? "expand" : undefined;
  if (parameter === undefined) return;
  const said = parameter === "sort" ? "sort" : "expand=evidence";
  throw new HubError("invalid_parameter", `'${said}' tells of now alone: it does not go with 'as_of'`, {
    retry: "never",
    details: { parameter },
  });
};

export const FEATURE_ROUTES = [
  list({
    id: "list_features",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features",
    summary: "All features with their stage, health and progress.",
    query: {
      product: ProductFilter,
      objective: ObjectiveFilter,
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
      owner: z
        .string()
        .max(200)
        .optional()
        .describe("Name of the owner, or id of an account or a person.")
        .meta({ examples: ["Ana Ruiz"] }),
      dueBefore: z.iso
        .date()
        .optional()
        .describe("Promised for a day before this one.")
        .meta({ examples: ["2026-12-01"] }),
      updatedSince: Moment.optional().describe("Only what changed at its source since then."),
      sort: z
        .enum(["-updated_at"])
        .optional()
        .describe("Newest change first, in place of by id: a feature that changes during the walk may come twice."),
      expand: Expand,
      asOf: AsOf,
    },
    item: FeatureJson,
    estimate: async ({ deps, query }) => {
      const { product, stage, sort: _s, expand: _e, ...others } = query;
      if (Object.values(others).some((value) => value !== undefined)) return undefined;
      const counts = await deps.views.counts(await productId(deps.views, product));
      return Object.entries(counts)
        .filter(([name]) => stage === undefined || (stage as readonly string[]).includes(name))
        .reduce((sum, [, count]) => sum + count, 0);
    },
    rows: async ({ deps, query, after, limit }) => {
      const { sort, expand, asOf, objective: named, ...filters } = query;
      const at = pastMoment(asOf, deps);
      if (at !== undefined) onlyOfNow({ sort, expand });
      const objective = await objectiveNamed(deps.views, named);
      const filter = {
        ...filters,
        ...(objective && { ids: await deps.views.objectiveFeatures(objective.id) }),
        order: sort,
        product: await productId(deps.views, query.product),
        owner: await ownersNamed(deps.views, query.owner),
        updatedSince: since(query.updatedSince),
      };
      const { items, next } = await viewsAt(deps, at).features(filter, after, limit);
      if (items.length === 0 && after === undefined) await demandKept(deps.views, at);
      const more = await expansions(deps.views, items, expand);
      const hub = deps.url();
      const json = (feature: FeatureView, at: number) =>
        expand === undefined ? featureMade(feature, hub) : { ...featureJson(feature, hub), ...more[at] };
      return { items: items.map(json), next, asOf: at };
    },
  }),
  single({
    id: "get_feature",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}",
    summary: "One feature.",
    pathParameters: ID,
    query: { expand: Expand, asOf: AsOf },
    body: FeatureJson,
    read: async (asked) => {
      const { expand, asOf } = asked.query;
      if (pastMoment(asOf, asked.deps) !== undefined) onlyOfNow({ expand });
      const feature = await named(asked, asOf);
      if (feature === undefined) return undefined;
      const [more] = await expansions(asked.deps.views, [feature], expand);
      const hub = asked.deps.url();
      const prose = () => featureMarkdownOf(feature, hub);
      if (expand === undefined)
        return { body: featureMade(feature, hub), prose, version: [feature.id, feature.version] };
      // What comes along changes on its own: only the feature itself has a version.
      return { body: { ...featureJson(feature, hub), ...more }, prose };
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
      return { items: items.map(evidenceJson), next };
    },
  }),
];
