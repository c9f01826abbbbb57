import * as z from "zod";
import { type Entity, FIELDS, STATUS_CATEGORIES } from "../../domain/entity.ts";
import { shownHistory } from "../../store/shown-history.ts";
import type { Views } from "../../store/views.ts";
import { Moment, ProductFilter, productId, since } from "./filters.ts";
import { IntervalsJson, TimeInStatusJson } from "./history-json.ts";
import { list, single } from "./route.ts";
import { made } from "./wire.ts";

const WorkItemJson = FIELDS.workItem
  .omit({ title: true })
  .extend({
    id: z.string(),
    kind: z.literal("work_item"),
    key: z.string().nullable(),
    name: z.string(),
    url: z.string().describe("Where it lives in its tool, as the tool says it: check it before you link to it."),
    productIds: z.array(z.string()),
    source: z.object({
      tool: z.string(),
      connectionId: z.string(),
      externalId: z.string(),
      key: z.string().nullable(),
      keyHistory: z.array(z.object({ key: z.string(), until: z.string() })),
      url: z.string(),
    }),
    presence: z.object({ state: z.string(), since: z.string(), how: z.string(), movedTo: z.string().optional() }),
    assignees: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          tool: z.string(),
          person: z.object({ id: z.string(), name: z.string() }).nullable(),
        }),
      )
      .describe("The accounts of assignee_ids that are known, each with the person behind it."),
    customFields: z.array(z.object({ fieldId: z.string(), name: z.string(), type: z.string(), value: z.unknown() })),
    sourceCreatedAt: z.string().nullable(),
    sourceUpdatedAt: z.string(),
    firstSeenAt: z.string(),
    recordedAt: z.string(),
    version: z.int().describe("Rises by exactly 1 with each change."),
  })
  .meta({ id: "WorkItem" });

const WorkItemHistoryJson = WorkItemJson.extend({
  intervals: IntervalsJson.describe("What it was when, from its tool's history, mapped as the present is."),
  timeInStatus: z.array(TimeInStatusJson).describe("Time in each status category."),
}).meta({ id: "WorkItemWithHistory" });

type Accounts = Awaited<ReturnType<Views["accounts"]>>;

const NOBODY: Accounts = new Map();

/** The accounts that items name, read at once. */
const assigneesOf = (views: Views, items: readonly Entity<"workItem">[]): Promise<Accounts> =>
  views.accounts(items.flatMap(({ fields }) => fields.assigneeIds ?? []));

const workItemJson = (item: Entity<"workItem">, accounts: Accounts): z.input<typeof WorkItemJson> => {
  const { title, ...fields } = item.fields;
  const { source } = item;
  return {
    ...fields,
    id: item.id,
    kind: "work_item",
    key: source.key ?? null,
    name: title,
    url: source.url,
    productIds: [...item.productIds],
    source: { ...source, key: source.key ?? null, keyHistory: [...source.keyHistory] },
    presence: item.presence,
    assignees: (fields.assigneeIds ?? []).flatMap((id) => {
      const account = accounts.get(id);
      return account === undefined
        ? []
        : [{ id, name: account.name, tool: account.tool, person: account.person ?? null }];
    }),
    customFields: [...item.customFields],
    sourceCreatedAt: item.sourceCreatedAt ?? null,
    sourceUpdatedAt: item.sourceUpdatedAt,
    firstSeenAt: item.firstSeenAt,
    recordedAt: item.recordedAt,
    version: item.version,
  };
};

export const WORK_ITEM_ROUTES = [
  list({
    id: "list_work_items",
    tag: "Work items",
    scope: "features:read",
    path: "/v1/work-items",
    summary: "Issues, stories, tasks and bugs of all tools, in one shape.",
    query: {
      product: ProductFilter,
      status: z
        .array(z.enum([...STATUS_CATEGORIES, "unknown"]))
        .optional()
        .describe("Status category.")
        .meta({ examples: [["in_progress", "in_review"]] }),
      tool: z
        .string()
        .max(100)
        .optional()
        .describe("The tool that it lives in.")
        .meta({ examples: ["github"] }),
      feature: z.string().max(200).optional().describe("Id or key of the feature that it belongs to."),
      updatedSince: Moment.optional().describe("Only what changed at its source since then."),
    },
    item: WorkItemJson,
    rows: async ({ deps: { views }, query, after, limit, tells }) => {
      const feature = query.feature === undefined ? undefined : await views.feature(query.feature);
      if (query.feature !== undefined && feature === undefined) return { items: [], next: undefined };
      const filter = {
        ...query,
        product: await productId(views, query.product),
        feature: feature?.id,
        updatedSince: since(query.updatedSince),
      };
      const { items, next } = await views.workItems(filter, after, limit);
      const accounts = tells("assignees") ? await assigneesOf(views, items) : NOBODY;
      const json = (item: Entity<"workItem">) => workItemJson(item, accounts);
      // People are told by their names, which change beside the item.
      return { items: items.map((item) => (accounts.size > 0 ? json(item) : made(item, "", () => json(item)))), next };
    },
  }),
  single({
    id: "get_work_item",
    tag: "Work items",
    scope: "features:read",
    path: "/v1/work-items/{id}",
    summary: "One work item, with its history as intervals.",
    pathParameters: { id: "Id or key of a work item." },
    body: WorkItemHistoryJson,
    read: async ({ deps, id }) => {
      const item = await deps.views.workItem(id);
      if (item === undefined) return undefined;
      const [history, accounts] = await Promise.all([deps.views.itemHistory(item), assigneesOf(deps.views, [item])]);
      return {
        body: { ...workItemJson(item, accounts), ...shownHistory(history) },
      };
    },
  }),
];
