import * as z from "zod";
import { snakeCase } from "../../domain/snake-case.ts";
import type { LinkEnd } from "../../store/shown-links.ts";
import type { Slice } from "../../store/views.ts";
import { MappedJson } from "./mapped-json.ts";
import { list, type Route } from "./route.ts";

const RecordJson = z
  .object({
    id: z.string(),
    kind: z.string().nullable().describe("What it is: work_item, feature, pull_request; null where it was never read."),
    key: z.string().nullable(),
    name: z.string().nullable(),
    tool: z.string().nullable(),
    url: z.string().nullable().describe("Where it lives in its tool: check it before you link to it."),
  })
  .meta({ id: "LinkedRecord" });

const recordJson = ({ id, kind, key, name, tool, url }: LinkEnd): z.input<typeof RecordJson> => ({
  id,
  kind: kind === undefined ? null : snakeCase(kind),
  key: key ?? null,
  name: name ?? null,
  tool: tool ?? null,
  url: url ?? null,
});

const TargetMoveJson = z
  .object({
    at: z.iso.datetime().describe("When it was moved, as the tool tells."),
    from: z.string().describe("Day."),
    to: z.string().describe("Day."),
    days: z.int().describe("Below zero where it was moved to an earlier day."),
  })
  .meta({ id: "TargetMove" });

const DependencyJson = z
  .object({
    way: z.enum(["blocked_by", "blocks"]),
    own: RecordJson.describe("The feature's own record, or a work item of it."),
    other: RecordJson,
    otherStatus: MappedJson.nullable(),
    otherFeature: z
      .object({ id: z.string(), key: z.string().nullable(), name: z.string() })
      .nullable()
      .describe("The feature that the other record belongs to."),
    isSettled: z.boolean().describe("What is waited for is done or cancelled."),
  })
  .meta({ id: "Dependency" });

const ReleasePartJson = z
  .object({ ...RecordJson.shape, features: z.array(z.string()).describe("Ids of the features that it belongs to.") })
  .meta({ id: "ReleasePart" });

const DAY_MS = 86_400_000;
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** A page of what is read whole. */
const paged = <Item>(items: readonly Item[], after: string | undefined, limit: number): Slice<Item> => {
  const start = after === undefined ? 0 : Number(after);
  return {
    items: items.slice(start, start + limit),
    next: start + limit < items.length ? String(start + limit) : undefined,
  };
};

const targetMovesOf = (kind: "feature" | "initiative"): Route =>
  list({
    id: `list_${kind}_target_moves`,
    tag: kind === "feature" ? "Features" : "Plan",
    scope: "features:read",
    path: `/v1/${kind}s/{id}/target-moves`,
    summary: `When the target date of the ${kind} went from one day to another, oldest first; nothing where its tool keeps no history of it.`,
    pathParameters: { id: `Id or key of a${kind === "feature" ? " feature" : "n initiative"}.` },
    item: TargetMoveJson,
    rows: async ({ deps: { views }, id, after, limit }) => {
      const found = await (kind === "feature" ? views.feature(id) : views.initiative(id));
      if (found === undefined) return undefined;
      const moves = await views.targetMoves(found.id);
      return paged(
        moves.map((move) => ({ ...move, days: daysBetween(move.from, move.to) })),
        after,
        limit,
      );
    },
  });

/** What was promised before, what waits for what, and what a release brought. */
export const PLAN_PAST_ROUTES: readonly Route[] = [
  targetMovesOf("feature"),
  targetMovesOf("initiative"),
  list({
    id: "list_feature_dependencies",
    tag: "Features",
    scope: "features:read",
    path: "/v1/features/{id}/dependencies",
    summary:
      "What keeps the feature from going on and what it keeps from going on, by the links of its trackers: its own records and its open work items.",
    pathParameters: { id: "Id or key of a feature." },
    item: DependencyJson,
    rows: async ({ deps: { views }, id, after, limit }) => {
      const feature = await views.feature(id);
      if (feature === undefined) return undefined;
      const found = await views.dependencies(feature.id);
      return paged(
        found.map(({ way, own, other, feature: home, isSettled }) => ({
          way,
          own: recordJson(own),
          other: recordJson(other),
          otherStatus: other.status ?? null,
          otherFeature: home === undefined ? null : { id: home.id, key: home.key ?? null, name: home.name },
          isSettled,
        })),
        after,
        limit,
      );
    },
  }),
  list({
    id: "list_release_parts",
    tag: "Releases",
    scope: "features:read",
    path: "/v1/releases/{id}/parts",
    summary: "The work, pull requests and plans that the release brought, with the features that they belong to.",
    pathParameters: { id: "Its id, or its key in its tool." },
    item: ReleasePartJson,
    rows: async ({ deps: { views }, id, after, limit }) => {
      const release = await views.entity("release", id);
      if (release === undefined) return undefined;
      const parts = await views.releaseParts(release.id);
      return paged(
        parts.map((part) => ({ ...recordJson(part), features: [...part.features] })),
        after,
        limit,
      );
    },
  }),
];
