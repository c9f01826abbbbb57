import * as z from "zod";
import { FIGURES, type FigureId } from "../../flow/figures.ts";
import type { FlowView } from "../../store/flow-views.ts";
import { type Route, single } from "./route.ts";

const Time = z.iso.datetime();
const IDS = Object.keys(FIGURES) as FigureId[];

const FigureJson = z
  .object({
    id: z.enum(IDS),
    title: z.string(),
    definition: z.string(),
    unit: z.string(),
    value: z.number().nullable().describe("The median of what is a spread; null where nothing was counted."),
    p85: z.number().nullable().describe("Of a spread: 85 % of what was measured was at most this."),
    count: z.int().describe("How many records it rests on."),
    text: z.string().describe("One sentence."),
    weeks: z
      .array(z.object({ week: z.string(), value: z.number() }))
      .describe("Of what is counted by the week: every full ISO week, oldest first."),
    evidence: z
      .array(z.object({ id: z.string(), name: z.string(), url: z.string(), value: z.number().nullable() }))
      .describe("At most 20 of the records behind it, those that weigh most first."),
  })
  .meta({ id: "Figure" });

const FlowJson = z
  .object({
    from: Time.describe("The Monday, 0:00 UTC, that the first week begins with."),
    asOf: Time,
    weeks: z.int().describe("Full weeks; the running one counts only where nothing is counted by the week."),
    figures: z.array(FigureJson),
    places: z
      .array(z.object({ place: z.string(), records: z.int() }))
      .describe("Where teams have their work: a Linear team, a Jira project, a repository."),
  })
  .meta({ id: "Flow" });

const flowJson = ({ from, asOf, weeks, figures, places }: FlowView): z.input<typeof FlowJson> => ({
  from,
  asOf,
  weeks,
  figures: figures.map((figure) => {
    const { title, definition, unit } = FIGURES[figure.id];
    return {
      ...figure,
      title,
      definition,
      unit,
      weeks: [...figure.weeks],
      evidence: figure.evidence.map((one) => ({ ...one, value: one.value ?? null })),
    };
  }),
  places: [...places],
});

const weeks = z.coerce
  .number()
  .int()
  .min(1)
  .max(26)
  .default(12)
  .describe("Full weeks before this one, 1 to 26.")
  .meta({ examples: [12] });

export const FLOW_ROUTES: readonly Route[] = [
  single({
    id: "get_feature_flow",
    scope: "features:read",
    tag: "Flow",
    path: "/v1/features/{id}/flow",
    summary: "Figures of flow and delivery of one feature, each with its definition and the records behind it.",
    pathParameters: { id: "Id or key of a feature, present or past." },
    query: { weeks },
    body: FlowJson,
    read: async ({ deps, id, query }) => {
      const feature = await deps.views.feature(id);
      return feature && { body: flowJson(await deps.views.featureFlow(feature.id, query.weeks)) };
    },
  }),
  single({
    id: "get_product_flow",
    scope: "status:read",
    tag: "Flow",
    path: "/v1/products/{id}/flow",
    summary: "Figures of flow and delivery of a product, or of one team of it.",
    pathParameters: { id: "Id or slug of a product." },
    query: {
      weeks,
      place: z
        .string()
        .max(200)
        .optional()
        .describe("Only the work of one team: a Linear team, a Jira project or a repository, as `places` names them.")
        .meta({ examples: ["linear:PAY"] }),
    },
    body: FlowJson,
    read: async ({ deps, id, query }) => {
      const product = (await deps.views.products()).find((one) => one.id === id || one.slug === id);
      return product && { body: flowJson(await deps.views.productFlow(product.id, query.weeks, query.place)) };
    },
  }),
];
