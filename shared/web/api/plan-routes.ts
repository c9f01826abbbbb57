import * as z from "zod";
import { PLAN_STATUSES } from "../../domain/entity.ts";
import { STAGES, type Stage } from "../../domain/stage.ts";
import type { InitiativeView, KeyResultView, ObjectiveView, PlanRollUp } from "../../store/shown-plan.ts";
import type { HealthValue } from "../../store/views.ts";
import { ProductFilter, productId } from "./filters.ts";
import { MappedJson } from "./mapped-json.ts";
import { list, type Route, single } from "./route.ts";

const Health = z.enum(["on_track", "at_risk", "off_track", "unknown"]);
const counted = <Word extends string>(words: readonly Word[]) =>
  z.object(Object.fromEntries(words.map((word) => [word, z.int()])) as Record<Word, z.ZodInt>);
const Named = z.object({ id: z.string(), name: z.string() });
const OfTool = z.string().describe("Where it lives in its tool, as the tool says it.");

const RollUpJson = z
  .object({
    features: z.int(),
    stages: counted<Stage | "none">([...STAGES, "none"]).describe("How many stand in each headline stage."),
    health: Health.describe("The worst leading health of its open features."),
    healthCounts: counted<HealthValue>(["on_track", "at_risk", "off_track", "unknown"]),
  })
  .meta({ id: "RollUp" });

const KeyResultJson = z
  .object({
    id: z.string(),
    title: z.string(),
    status: MappedJson,
    baseline: z.number().nullable(),
    target: z.number().nullable(),
    current: z.number().nullable().describe("The newest complete point of its metric; else as its tool tells."),
    unit: z.string().nullable(),
    dueDate: z.string().nullable(),
    progress: z.number().nullable().describe("0 to 1; null where it cannot be said."),
    metric: z
      .object({ id: z.string(), name: z.string(), tool: z.string(), url: z.string(), at: z.string().nullable() })
      .nullable(),
  })
  .meta({ id: "KeyResult" });

const ObjectiveJson = z
  .object({
    id: z.string(),
    title: z.string(),
    text: z.string().nullable(),
    status: MappedJson,
    startDate: z.string().nullable(),
    endDate: z.string().nullable(),
    productIds: z.array(z.string()),
    owner: Named.nullable(),
    parentId: z.string().nullable(),
    source: z.object({ tool: z.string(), url: OfTool }),
    keyResults: z.array(KeyResultJson),
    initiatives: z.array(z.object({ id: z.string(), title: z.string(), status: MappedJson, rollUp: RollUpJson })),
    direct: RollUpJson.describe("Features that serve it without an initiative."),
  })
  .meta({ id: "Objective" });

const InitiativeJson = z
  .object({
    id: z.string(),
    key: z.string().nullable(),
    title: z.string(),
    url: z.string().describe("Its page in the hub."),
    status: MappedJson,
    productIds: z.array(z.string()),
    owner: Named.nullable(),
    parent: Named.nullable(),
    targetDate: z.string().nullable(),
    targetDateResolution: z.string().nullable().describe("day, month, quarter, half_year or year."),
    objectives: z.array(z.object({ id: z.string(), title: z.string() })),
    health: Health.describe("The worse of declared and rolled up."),
    declared: z
      .object({ value: Health, at: z.iso.datetime(), by: z.string().nullable(), text: z.string().nullable() })
      .nullable(),
    rollUp: RollUpJson,
    source: z.object({ tool: z.string(), url: OfTool }),
    presence: z.string(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Initiative" });

const rollUpJson = ({ features, stages, health, healthCounts }: PlanRollUp): z.input<typeof RollUpJson> => ({
  features,
  stages,
  health,
  healthCounts,
});

const keyResultJson = (one: KeyResultView): z.input<typeof KeyResultJson> => ({
  id: one.id,
  title: one.title,
  status: one.status,
  baseline: one.baseline ?? null,
  target: one.target ?? null,
  current: one.current ?? null,
  unit: one.unit ?? null,
  dueDate: one.dueDate ?? null,
  progress: one.progress,
  metric: one.metric === undefined ? null : { ...one.metric, at: one.metric.at ?? null },
});

const objectiveJson = (one: ObjectiveView): z.input<typeof ObjectiveJson> => ({
  id: one.id,
  title: one.title,
  text: one.text ?? null,
  status: one.status,
  startDate: one.startDate ?? null,
  endDate: one.endDate ?? null,
  productIds: [...one.productIds],
  owner: one.owner ?? null,
  parentId: one.parentId ?? null,
  source: { tool: one.tool, url: one.url },
  keyResults: one.keyResults.map(keyResultJson),
  initiatives: one.initiatives.map(({ id, title, status, ...rest }) => ({
    id,
    title,
    status,
    rollUp: rollUpJson(rest),
  })),
  direct: rollUpJson(one.direct),
});

const initiativeJson = (one: InitiativeView, hub: string): z.input<typeof InitiativeJson> => ({
  id: one.id,
  key: one.key ?? null,
  title: one.title,
  url: `${hub}/initiatives/${one.id}`,
  status: one.status,
  productIds: [...one.productIds],
  owner: one.owner ?? null,
  parent: one.parent ?? null,
  targetDate: one.targetDate ?? null,
  targetDateResolution: one.targetDateResolution ?? null,
  objectives: [...one.objectives],
  health: one.health,
  declared:
    one.declared === undefined
      ? null
      : { ...one.declared, by: one.declared.by ?? null, text: one.declared.text ?? null },
  rollUp: rollUpJson(one.rollUp),
  source: { tool: one.tool, url: one.url },
  presence: one.presence.state,
  updatedAt: one.updatedAt,
});

/** Why anything is built: objectives with their results, and the initiatives below them. */
export const PLAN_ROUTES: readonly Route[] = [
  list({
    id: "list_objectives",
    tag: "Plan",
    scope: "features:read",
    path: "/v1/objectives",
    summary: "Objectives of the config and of all tools, with their key results and what serves them.",
    query: { product: ProductFilter },
    item: ObjectiveJson,
    rows: async ({ deps, query, after, limit }) => {
      const product = await productId(deps.views, query.product);
      const { items, next } = await deps.views.objectives({ product }, after, limit);
      return { items: items.map(objectiveJson), next };
    },
  }),
  single({
    id: "get_objective",
    tag: "Plan",
    scope: "features:read",
    path: "/v1/objectives/{id}",
    summary: "One objective.",
    pathParameters: { id: "Id of an objective." },
    body: ObjectiveJson,
    read: async ({ deps, id }) => {
      const found = await deps.views.objective(id);
      return found && { body: objectiveJson(found) };
    },
  }),
  list({
    id: "list_initiatives",
    tag: "Plan",
    scope: "features:read",
    path: "/v1/initiatives",
    summary: "Initiatives of all tools, each with how its features are doing.",
    query: {
      product: ProductFilter,
      status: z
        .array(z.enum([...PLAN_STATUSES, "unknown"]))
        .optional()
        .describe("Plan status.")
        .meta({ examples: [["active", "planned"]] }),
    },
    item: InitiativeJson,
    rows: async ({ deps, query, after, limit }) => {
      const product = await productId(deps.views, query.product);
      const { items, next } = await deps.views.initiatives({ product, status: query.status }, after, limit);
      return { items: items.map((one) => initiativeJson(one, deps.url())), next };
    },
  }),
  single({
    id: "get_initiative",
    tag: "Plan",
    scope: "features:read",
    path: "/v1/initiatives/{id}",
    summary: "One initiative.",
    pathParameters: { id: "Id or key of an initiative." },
    body: InitiativeJson,
    read: async ({ deps, id }) => {
      const found = await deps.views.initiative(id);
      return found && { body: initiativeJson(found, deps.url()) };
    },
  }),
];
