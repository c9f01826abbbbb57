import * as z from "zod";
import type { SearchHit } from "../../store/views.ts";
import { featurePath } from "../feature-address.ts";
import { single } from "./route.ts";

/** Hits of one kind at the most. */
export const HITS = 20;

/** Longer texts are no names. */
export const SearchText = z.string().trim().min(1).max(200);

const HitJson = z
  .object({
    id: z.string(),
    key: z.string().nullable(),
    name: z.string(),
    tool: z.string(),
    url: z.string().nullable().describe("Its page in the hub; null for kinds that have none."),
    sourceUrl: z.string().describe("Where it lives in its tool, as the tool says it: check it before you link to it."),
    productIds: z.array(z.string()),
    match: z.enum(["key", "name"]),
  })
  .meta({ id: "SearchHit" });

const SearchJson = z
  .object({
    query: z.string(),
    groups: z
      .array(z.object({ kind: z.string(), hits: z.array(HitJson) }))
      .describe(`Exact keys first; at most ${HITS} of each kind.`),
  })
  .meta({ id: "Search" });

/** Where people read about a hit in the hub. */
export const hitPath = (hit: SearchHit): string | undefined => {
  if (hit.kind === "feature") return featurePath(hit);
  return hit.kind === "release" ? `/releases/${hit.id}` : undefined;
};

const hitJson = (hit: SearchHit, hub: string): z.input<typeof HitJson> => {
  const path = hitPath(hit);
  const { kind: _, url, key, productIds, ...rest } = hit;
  return {
    ...rest,
    key: key ?? null,
    url: path === undefined ? null : `${hub}${path}`,
    sourceUrl: url,
    productIds: [...productIds],
  };
};

/** Hits by kind: those with a hit by key first, then in the order of the hits. */
export const grouped = (hits: readonly SearchHit[]): [SearchHit["kind"], SearchHit[]][] => {
  const ordered = [...hits.filter(({ match }) => match === "key"), ...hits.filter(({ match }) => match === "name")];
  return [...Map.groupBy(ordered, ({ kind }) => kind)];
};

export const SEARCH_ROUTES = [
  single({
    id: "search",
    tag: "Search",
    scope: "features:read",
    path: "/v1/search",
    summary: "Finds things by key (`ACME-8`, `#418`), and what people plan by the words of its name.",
    query: { q: SearchText.describe("A key, or the beginnings of words.").meta({ examples: ["checkout"] }) },
    body: SearchJson,
    read: async ({ deps, query }) => {
      const hits = await deps.views.search(query.q, HITS);
      const groups = grouped(hits).map(([kind, some]) => ({ kind, hits: some.map((hit) => hitJson(hit, deps.url())) }));
      return { body: { query: query.q, groups } };
    },
  }),
];
