import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { FIELDS, type FieldedKind, isKind } from "../../domain/entity.ts";
import { snakeCase } from "../../domain/snake-case.ts";
import { Moment, ProductFilter, productId, since } from "./filters.ts";
import { kindJson, kindSchema } from "./kind-json.ts";
import { bare } from "./query.ts";
import { list, type Route, single } from "./route.ts";

/** Kinds that are read as their tools hold them, each with its address and what it is called. */
export const READ_AS_THEY_ARE = [
  ["experiment", "experiments", "Experiments with their variations and last results."],
  ["metric", "metrics", "Metrics, funnels and retention, each with the points of its window."],
  ["supportTicket", "tickets", "Support tickets and conversations."],
  ["campaign", "campaigns", "Campaigns with what their tools counted."],
  ["design", "designs", "Design files, and the parts of them that features use."],
  ["survey", "surveys", "Surveys with their questions."],
  ["release", "releases", "Releases and versions."],
  ["deployment", "deployments", "Deployments to every environment."],
  ["featureFlag", "feature-flags", "Feature flags with their state in each environment."],
  ["feedback", "feedback", "What customers asked for."],
  ["incident", "incidents", "Incidents."],
  ["customer", "customers", "Customers, as the tools around sales and support know them."],
] as const satisfies readonly (readonly [kind: FieldedKind, path: string, summary: string])[];

/** The words of a kind's status, state or result; undefined for a kind without. */
const standings = (kind: FieldedKind): readonly string[] | undefined => {
  const { status, state, result } = FIELDS[kind].shape as Readonly<Record<string, unknown>>;
  const mapped = bare(status ?? state ?? result);
  const category = mapped instanceof z.ZodObject ? mapped.shape["category"] : undefined;
  return category instanceof z.ZodEnum ? category.options.map(String) : undefined;
};

const KindQuery = {
  product: ProductFilter,
  feature: z.string().max(200).optional().describe("Id or key of a feature: only what speaks about it."),
  tool: z
    .string()
    .max(100)
    .optional()
    .describe("The tool that it lives in.")
    .meta({ examples: ["github"] }),
  updatedSince: Moment.optional().describe("Only what changed at its source since then."),
};

const statusQuery = (words: readonly string[]) =>
  z
    .array(z.enum(words))
    .optional()
    .describe("Where it stands, in our word.")
    .meta({ examples: [words.slice(0, 1)] });

/** Of releases alone: what is kept in the order of its day. */
const sortQuery = z
  .enum(["-release_date"])
  .optional()
  .describe("Newest day first and those without a day last, in place of by id. Goes without `feature`.");

const routesOf = ([kind, path, summary]: (typeof READ_AS_THEY_ARE)[number]): Route[] => {
  const schema = kindSchema(kind);
  const words = standings(kind);
  const tag = path.charAt(0).toUpperCase() + path.slice(1).replaceAll("-", " ");
  const one = snakeCase(kind === "supportTicket" ? "ticket" : kind);
  const query = {
    ...KindQuery,
    ...(words !== undefined && { status: statusQuery(words) }),
    ...(kind === "release" && { sort: sortQuery }),
  };
  return [
    list({
      id: `list_${path.replaceAll("-", "_")}`,
      tag,
      scope: "features:read",
      path: `/v1/${path}`,
      summary,
      query: query as typeof KindQuery & {
        readonly status: ReturnType<typeof statusQuery>;
        readonly sort: typeof sortQuery;
      },
      item: schema,
      rows: async ({ deps: { views }, query, after, limit }) => {
        if (query.sort !== undefined && query.feature !== undefined)
          throw new HubError("invalid_parameter", "'sort' does not go with 'feature'", {
            retry: "never",
            details: { parameter: "sort" },
          });
        const feature = query.feature === undefined ? undefined : await views.feature(query.feature);
        if (query.feature !== undefined && feature === undefined) return { items: [], next: undefined };
        const filter = {
          product: await productId(views, query.product),
          feature: feature?.id,
          tool: query.tool,
          status: query.status,
          updatedSince: since(query.updatedSince),
        };
        const { items, next } =
          query.sort === undefined
            ? await views.entities(kind, filter, after, limit)
            : await views.releases(filter, after, limit);
        return { items: items.map(kindJson), next };
      },
    }),
    single({
      id: `get_${one}`,
      tag,
      scope: "features:read",
      path: `/v1/${path}/{id}`,
      summary: `One ${one.replaceAll("_", " ")}.`,
      pathParameters: { id: "Its id, or its key in its tool." },
      body: schema,
      read: async ({ deps, id }) => {
        const entity = await deps.views.entity(kind, id);
        return entity && { body: kindJson(entity) };
      },
    }),
  ];
};

const PointJson = z
  .object({
    at: z.string().describe("Start of the interval: a day, or a time."),
    value: z.number(),
    n: z.int().nullable().describe("How many it was made of."),
    segment: z.string().nullable(),
    isPartial: z.boolean().describe("The interval is not over, or late events are still expected."),
  })
  .meta({ id: "Point" });

const series = list({
  id: "list_metric_series",
  tag: "Metrics",
  scope: "features:read",
  path: "/v1/metrics/{id}/series",
  summary: "The points of a metric, oldest first.",
  pathParameters: { id: "Its id, or its key in its tool." },
  query: {
    from: z.iso.date().optional().describe("From this day on, in the metric's own zone."),
    to: z.iso.date().optional().describe("Up to this day, the day included."),
    segment: z.string().max(200).optional().describe("Only this segment."),
  },
  item: PointJson,
  rows: async ({ deps, id, query: { from, to, segment }, after = "", limit }) => {
    const metric = await deps.views.entity("metric", id);
    if (!isKind(metric, "metric")) return undefined;
    const placed = (metric.fields.points ?? [])
      .filter(
        (point) =>
          (from === undefined || point.at >= from) &&
          (to === undefined || point.at.slice(0, 10) <= to) &&
          (segment === undefined || point.segment === segment),
      )
      .map((point) => ({ place: `${point.at} ${point.segment ?? ""}`, point }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .filter(({ place }) => place > after);
    return {
      items: placed.slice(0, limit).map(({ point: { n, segment, isPartial, ...point } }) => ({
        ...point,
        n: n ?? null,
        segment: segment ?? null,
        isPartial: isPartial ?? false,
      })),
      next: placed.length > limit ? placed[limit - 1]?.place : undefined,
    };
  },
});

export const KIND_ROUTES: readonly Route[] = [...READ_AS_THEY_ARE.flatMap(routesOf), series];
