import * as z from "zod";
import type { Instant } from "../../domain/instant.ts";
import { STAGES, type Stage } from "../../domain/stage.ts";
import type { HealthValue, ProductView } from "../../store/views.ts";
import { AsOf, pastMoment, viewsAt } from "../as-of.ts";
import { briefly } from "../briefly.ts";
import { freshnessOf } from "../freshness.ts";
import type { WebDeps } from "../web-deps.ts";
import { COMPONENT_STATUSES, componentStatus, describe, INDICATORS, indicatorOf } from "./connection-status.ts";
import { productNamed } from "./filters.ts";
import { list, single } from "./route.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const Health = z.enum(["on_track", "at_risk", "off_track", "unknown"]);
const counted = <Word extends string>(words: readonly Word[]) =>
  z.object(Object.fromEntries(words.map((word) => [word, z.int()])) as Record<Word, z.ZodInt>);

const ProductJson = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    vision: z.string().nullable(),
    owner: z.string().nullable(),
    needsAttention: z.int().describe("How many features are off track or at risk."),
    objectives: z.string().describe("Where its objectives are, with their results."),
    health: Health.describe("The worst leading health of its features."),
    features: counted<Stage | "none">([...STAGES, "none"]).describe("How many features stand in each headline stage."),
    healthCounts: counted<HealthValue>(["on_track", "at_risk", "off_track", "unknown"]),
    changed_7d: z.int().describe("How many features changed stage in the last seven days."),
    url: z.string(),
  })
  .meta({ id: "Product" });

const StatusJson = z
  .object({
    asOf: z.string().nullable().describe("All fresh sources are at least this new; the moment asked for with as_of."),
    indicator: z.enum(INDICATORS),
    description: z.string(),
    products: z.array(ProductJson),
    connections: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        vendor: z.string(),
        status: z.enum(COMPONENT_STATUSES),
        state: z.string().describe("Our own, finer word."),
        dataAsOf: z.string().nullable(),
        note: z.string().nullable(),
      }),
    ),
    changed_7d: z.int().describe("Over all products."),
    url: z.string(),
  })
  .meta({ id: "Status" });

const worst = (counts: Readonly<Record<HealthValue, number>>): HealthValue =>
  (["off_track", "at_risk", "on_track"] as const).find((value) => counts[value] > 0) ?? "unknown";

const weekBefore = (at: Date | Instant): Instant => new Date(new Date(at).getTime() - WEEK_MS).toISOString();

/** How many features changed stage in the last seven days, as of a moment ago, or in the seven before a moment. */
const changedInAWeek = ({ views, now }: WebDeps, product: string | undefined, at?: Instant): Promise<number> =>
  at === undefined
    ? briefly(views, `changed ${product}`, now().getTime(), () => views.changedSince(weekBefore(now()), product))
    : views.changedSince(weekBefore(at), product, at);

/** A product with its counts, as of a moment ago or of a moment of the past. */
export const productJson = (deps: WebDeps, product: ProductView, at?: Instant): Promise<z.input<typeof ProductJson>> =>
  at === undefined
    ? briefly(deps.views, `product ${product.id}`, deps.now().getTime(), () => withCounts(deps, product, at))
    : withCounts(deps, product, at);

const withCounts = async (deps: WebDeps, product: ProductView, at: Instant | undefined) => {
  const { url } = deps;
  const then = viewsAt(deps, at);
  const [features, healthCounts, changed] = await Promise.all([
    then.counts(product.id),
    then.healthCounts(product.id),
    changedInAWeek(deps, product.id, at),
  ]);
  return {
    id: product.id,
    slug: product.slug,
    name: product.name,
    vision: product.vision ?? null,
    owner: product.owner ?? null,
    needsAttention: healthCounts.off_track + healthCounts.at_risk,
    objectives: `${url()}/v1/objectives?product=${encodeURIComponent(product.slug)}`,
    health: worst(healthCounts),
    features,
    healthCounts,
    changed_7d: changed,
    url: `${url()}/?product=${encodeURIComponent(product.slug)}`,
  };
};

export const STATUS_ROUTES = [
  single({
    id: "get_status",
    tag: "Status",
    scope: "status:read",
    path: "/v1/status",
    summary:
      "All products and connections on one page, in the words of Statuspage. The first call to learn. With as_of the products are those of then, the connections those of now.",
    query: { asOf: AsOf },
    body: StatusJson,
    read: async ({ deps, query }) => {
      const at = pastMoment(query.asOf, deps);
      const [products, connections, changed] = await Promise.all([
        deps.views.products(),
        briefly(deps.views, "connections", deps.now().getTime(), () => deps.views.connections()),
        changedInAWeek(deps, undefined, at),
      ]);
      const freshness = freshnessOf(connections);
      const body = {
        asOf: at ?? freshness.asOf,
        indicator: indicatorOf(connections),
        description: describe(connections, freshness),
        products: await Promise.all(products.map((product) => productJson(deps, product, at))),
        connections: connections.map((connection) => ({
          id: connection.id,
          name: connection.name,
          vendor: connection.tool,
          status: componentStatus(connection),
          state: connection.state,
          dataAsOf: connection.dataAsOf ?? null,
          note: connection.reason ?? null,
        })),
        changed_7d: changed,
        url: `${deps.url()}/`,
      };
      return { body };
    },
  }),
  list({
    id: "list_products",
    tag: "Status",
    scope: "status:read",
    path: "/v1/products",
    summary: "All products with their counts by stage and health.",
    item: ProductJson,
    rows: async ({ deps, after, limit }) => {
      const products = [...(await deps.views.products())].sort((a, b) => (a.id < b.id ? -1 : 1));
      const rest = after === undefined ? products : products.filter(({ id }) => id > after);
      const items = await Promise.all(rest.slice(0, limit).map((product) => productJson(deps, product)));
      return { items, next: rest.length > limit ? items.at(-1)?.id : undefined };
    },
  }),
  single({
    id: "get_product",
    tag: "Status",
    scope: "status:read",
    path: "/v1/products/{id}",
    summary: "One product.",
    pathParameters: { id: "Id or slug of a product." },
    body: ProductJson,
    read: async ({ deps, id }) => {
      const product = productNamed(await deps.views.products(), id);
      return product && { body: await productJson(deps, product) };
    },
  }),
];
