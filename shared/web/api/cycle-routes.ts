import * as z from "zod";
import { type Moment, SCOPE_ROLES, type Scope, type ScopeItem } from "../../domain/cycle-scope.ts";
import type { Entity } from "../../domain/entity.ts";
import { person } from "../../store/shown-history.ts";
import type { People } from "../../store/views.ts";
import { EstimateJson, NamedJson } from "./history-json.ts";
import { MappedJson } from "./mapped-json.ts";
import { list, single } from "./route.ts";

const Time = z.iso.datetime();
const STATES = ["future", "active", "closed", "unknown"] as const;
const ID = { id: "Id of a cycle." };

const CycleJson = z
  .object({
    id: z.string(),
    kind: z.literal("cycle"),
    name: z.string(),
    url: z.string(),
    tool: z.string(),
    connectionId: z.string(),
    productIds: z.array(z.string()),
    state: MappedJson,
    startsAt: Time.nullable(),
    endsAt: Time.nullable(),
    completedAt: Time.nullable().describe("When it was really closed."),
  })
  .meta({ id: "Cycle" });

const SumJson = z
  .object({
    items: z.int(),
    points: z.number(),
    hours: z.number(),
    unestimated: z.int().describe("How many of the items have no estimate."),
  })
  .meta({ id: "ScopeSum" });

const CycleScopeJson = CycleJson.extend({
  scope: z
    .object({
      atStart: SumJson.describe("In it when it began, by the estimate of then."),
      added: SumJson.describe("Came later, by the estimate they came with; also those that left again."),
      removed: SumJson.describe("Left it while it ran and did not come back."),
      completed: SumJson.describe("Finished inside it."),
      carriedOver: SumJson.describe("Not finished when it was closed."),
      current: SumJson.describe("In it now, or at its end; before it begins, what is planned for it."),
      estimateChanges: z.int().describe("Estimates that were changed inside it."),
    })
    .describe("From the history of the items: what was taken out of the cycle still counts as removed."),
}).meta({ id: "CycleWithScope" });

const MomentJson = z.object({ at: Time, by: NamedJson.nullable() });

const CycleItemJson = z
  .object({
    id: z.string(),
    kind: z.literal("work_item"),
    key: z.string().nullable(),
    name: z.string(),
    url: z.string(),
    tool: z.string(),
    status: MappedJson.describe("Its present status."),
    roles: z.array(z.enum(SCOPE_ROLES)).describe("Empty if it left before the cycle began, or came after its end."),
    isIn: z.boolean().describe("Whether it is in the cycle now, or was at its end."),
    within: z
      .array(z.object({ from: Time, to: Time.nullable(), by: NamedJson.nullable(), endedBy: NamedJson.nullable() }))
      .describe("When it was in the cycle, as its tool tells, before and after the cycle ran too."),
    added: z.array(MomentJson),
    removed: z.array(MomentJson),
    completedAt: Time.nullable(),
    estimateAtEntry: EstimateJson.nullable(),
    estimate: EstimateJson.nullable().describe("At the end of the cycle, or when it left."),
    estimateChanges: z.array(MomentJson.extend({ from: EstimateJson.nullable(), to: EstimateJson.nullable() })),
  })
  .meta({ id: "CycleItem" });

const cycleJson = ({ id, source, productIds, fields }: Entity<"cycle">): z.input<typeof CycleJson> => ({
  id,
  kind: "cycle",
  name: fields.name,
  url: source.url,
  tool: source.tool,
  connectionId: source.connectionId,
  productIds: [...productIds],
  state: fields.state,
  startsAt: fields.startsAt ?? null,
  endsAt: fields.endsAt ?? null,
  completedAt: fields.completedAt ?? null,
});

const scopeJson = ({ at_start, carried_over, ...scope }: Scope) => ({
  ...scope,
  atStart: at_start,
  carriedOver: carried_over,
});

const itemJson = (item: ScopeItem, people: People): z.input<typeof CycleItemJson> => {
  const { part, roles, isIn, added, removed, completedAt, estimateAtEntry, estimate, estimateChanges } = item;
  const moment = ({ at, by }: Moment) => ({ at, by: person(people, by) });
  return {
    id: part.id,
    kind: "work_item",
    key: part.key ?? null,
    name: part.name,
    url: part.url,
    tool: part.tool,
    status: part.status,
    roles: [...roles],
    isIn,
    within: part.within.map(({ from, to, by, endedBy }) => ({
      from,
      to: to ?? null,
      by: person(people, by),
      endedBy: person(people, endedBy),
    })),
    added: added.map(moment),
    removed: removed.map(moment),
    completedAt: completedAt ?? null,
    estimateAtEntry,
    estimate,
    estimateChanges: estimateChanges.map(({ from, to, ...when }) => ({ ...moment(when), from, to })),
  };
};

export const CYCLE_ROUTES = [
  list({
    id: "list_cycles",
    tag: "Cycles",
    scope: "features:read",
    path: "/v1/cycles",
    summary: "Sprints and cycles of all tools.",
    query: {
      state: z
        .array(z.enum(STATES))
        .optional()
        .describe("State category.")
        .meta({ examples: [["active"]] }),
      tool: z
        .string()
        .max(100)
        .optional()
        .describe("The tool that it lives in.")
        .meta({ examples: ["jira"] }),
    },
    item: CycleJson,
    rows: async ({ deps: { views }, query, after, limit }) => {
      const { items, next } = await views.cycles(query, after, limit);
      return { items: items.map(cycleJson), next };
    },
  }),
  single({
    id: "get_cycle",
    tag: "Cycles",
    scope: "features:read",
    path: "/v1/cycles/{id}",
    summary: "One cycle: its scope at the start, what was added and removed, completed and carried over.",
    pathParameters: ID,
    body: CycleScopeJson,
    read: async ({ deps: { views }, id }) => {
      const cycle = await views.cycle(id);
      return cycle && { body: { ...cycleJson(cycle), scope: scopeJson(await views.cycleScope(cycle)) } };
    },
  }),
  list({
    id: "list_cycle_items",
    tag: "Cycles",
    scope: "features:read",
    path: "/v1/cycles/{id}/items",
    summary: "Every work item that was ever in a cycle, also those that were taken out, with when and by whom.",
    pathParameters: ID,
    query: { role: z.enum(SCOPE_ROLES).optional().describe("Only items that had this role.") },
    item: CycleItemJson,
    rows: async ({ deps: { views }, id, query, after, limit }) => {
      const cycle = await views.cycle(id);
      if (cycle === undefined) return undefined;
      const { items, next, people } = await views.cycleItems(cycle, query.role, after, limit);
      return { items: items.map((item) => itemJson(item, people)), next };
    },
  }),
];
