import * as z from "zod";
import type { Instant } from "../../domain/instant.ts";
import { STAGES } from "../../domain/stage.ts";
import type { ProductView } from "../../store/views.ts";
import { describe, INDICATORS, indicatorOf } from "../api/connection-status.ts";
import { HITS, hitPath } from "../api/search-routes.ts";
import { productJson } from "../api/status-routes.ts";
import { AsOf, pastMoment } from "../as-of.ts";
import { freshnessOf } from "../freshness.ts";
import type { WebDeps } from "../web-deps.ts";
import { CONNECTION_WORDS } from "../words.ts";
import { defineTool, PAGE, quoted, type Tool, VendorText, vendorText } from "./tool.ts";
import { Cursor, placeIn, sealedIn } from "./tool-cursor.ts";

const Counted = <Word extends string>(words: readonly Word[]) => z.record(z.enum(words), z.int());

const Product = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  health: z.string().describe("The worst leading health of its features."),
  features_by_stage: Counted([...STAGES, "none"]),
  features_by_health: Counted(["on_track", "at_risk", "off_track", "unknown"]),
  changed_7d: z.int(),
  url: z.string(),
});

const productOf = async (
  deps: WebDeps,
  product: ProductView,
  at: Instant | undefined,
): Promise<z.output<typeof Product>> => {
  const { id, slug, name, health, features, healthCounts, changed_7d, url } = await productJson(deps, product, at);
  return { id, slug, name, health, features_by_stage: features, features_by_health: healthCounts, changed_7d, url };
};

const productLine = ({ name, health, features_by_stage, changed_7d }: z.output<typeof Product>): string => {
  const counts = Object.entries(features_by_stage).filter(([, count]) => count > 0);
  return `${name}: ${health.replaceAll("_", " ")}; ${counts.map(([stage, count]) => `${stage} ${count}`).join(", ")}; ${changed_7d} changed stage in 7 days`;
};

const Connection = z.object({
  name: z.string().describe("As the hub's config calls it."),
  tool: z.string(),
  state: z.string(),
  data_as_of: z.string().nullable(),
  reason: VendorText.nullable(),
  set_aside: z.int().describe("Records that could not be read."),
  url: z.string(),
});

const connectionsOf = async ({ views, url }: WebDeps) =>
  (await views.connections())
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((one): z.output<typeof Connection> & { readonly id: string; readonly title: string } => ({
      id: one.id,
      title: one.title,
      name: one.name,
      tool: one.tool,
      state: one.state,
      data_as_of: one.dataAsOf ?? null,
      reason: one.reason === undefined ? null : vendorText(one.reason),
      set_aside: one.quarantined,
      url: `${url()}/connections/${encodeURIComponent(one.name)}`,
    }));

type Told = Awaited<ReturnType<typeof connectionsOf>>[number];
const withoutId = ({ id: _i, title: _t, ...connection }: Told) => connection;
const connectionLine = ({ name, state, data_as_of, reason }: Told): string =>
  `${name}: ${CONNECTION_WORDS[state as keyof typeof CONNECTION_WORDS].word.toLowerCase()}, data as of ${data_as_of ?? "never"}${reason === null ? "" : `, ${quoted(reason.text)}`}`;

const getStatus = defineTool({
  name: "get_status",
  title: "Status of everything",
  description:
    "How the products stand and how fresh the connected tools are. Call it first. With as_of the products are those of then, the connections those of now.",
  scope: "status:read",
  input: { as_of: AsOf },
  output: {
    indicator: z.enum(INDICATORS),
    description: z.string(),
    products: z.array(Product),
    connections: z.array(Connection),
  },
  find: async ({ deps, input }) => {
    const at = pastMoment(input.as_of, deps);
    const connections = await deps.views.connections();
    const products = await Promise.all(
      (await deps.views.products()).slice(0, PAGE).map((one) => productOf(deps, one, at)),
    );
    const told = (await connectionsOf(deps)).slice(0, PAGE);
    const description = describe(connections, freshnessOf(connections));
    return {
      at,
      data: {
        indicator: indicatorOf(connections),
        description,
        products,
        connections: told.map(withoutId),
      },
      evidence: told.map(({ url }) => url),
      links: ["/", "/connections"],
      lines: [description, ...products.map(productLine), ...told.map(connectionLine)],
    };
  },
});

/** A page of a short list that is held whole. */
const pageOf = <Item extends { readonly id: string }>(all: readonly Item[], after: string | undefined) => {
  const rest = all.filter(({ id }) => after === undefined || id > after);
  const items = rest.slice(0, PAGE);
  return { items, next: rest.length > PAGE ? items.at(-1)?.id : undefined };
};

const listProducts = defineTool({
  name: "list_products",
  title: "List products",
  description: "All products with their features by stage and by health.",
  scope: "status:read",
  input: { as_of: AsOf, cursor: Cursor },
  output: { products: z.array(Product), next_cursor: z.string().nullable() },
  find: async (asked) => {
    const all = (await asked.deps.views.products()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const { items, next } = pageOf(all, placeIn(asked, "list_products"));
    const at = pastMoment(asked.input.as_of, asked.deps);
    const products = await Promise.all(items.map((product) => productOf(asked.deps, product, at)));
    return {
      at,
      data: { products, next_cursor: sealedIn(asked, "list_products", next) },
      evidence: products.map(({ url }) => url),
      links: ["/"],
      lines: products.length === 0 ? ["There is no product."] : products.map(productLine),
    };
  },
});

export const listConnections = defineTool({
  name: "list_connections",
  title: "List connections",
  description: "The connected tools with their state, how new their data is, and why one is behind.",
  scope: "connections:read",
  input: { cursor: Cursor },
  output: { connections: z.array(Connection), next_cursor: z.string().nullable() },
  find: async (asked) => {
    const { items, next } = pageOf(await connectionsOf(asked.deps), placeIn(asked, "list_connections"));
    return {
      data: { connections: items.map(withoutId), next_cursor: sealedIn(asked, "list_connections", next) },
      evidence: items.map(({ url }) => url),
      links: ["/connections"],
      lines: items.length === 0 ? ["No tool is connected."] : items.map(connectionLine),
    };
  },
});

export const search = defineTool({
  name: "search",
  title: "Search",
  description: `Finds things by key (ACME-8, #418), and what is planned by the beginnings of the words of its name; at most ${HITS} of each kind.`,
  scope: "features:read",
  input: { q: z.string().trim().min(1).max(200).describe("A key, or words of a name.") },
  output: {
    hits: z.array(
      z.object({
        kind: z.string(),
        id: z.string(),
        key: z.string().nullable(),
        name: VendorText,
        tool: z.string(),
        match: z.enum(["key", "name"]),
        url: z.string().nullable().describe("Its page in the hub."),
      }),
    ),
  },
  find: async ({ deps, input }) => {
    const hits = (await deps.views.search(input.q, HITS)).slice(0, PAGE);
    return {
      data: {
        hits: hits.map((hit) => {
          const path = hitPath(hit);
          return {
            kind: hit.kind,
            id: hit.id,
            key: hit.key ?? null,
            name: vendorText(hit.name),
            tool: hit.tool,
            match: hit.match,
            url: path === undefined ? null : `${deps.url()}${path}`,
          };
        }),
      },
      evidence: hits.map(({ url }) => url),
      links: [`/search?q=${encodeURIComponent(input.q.toWellFormed())}`],
      lines:
        hits.length === 0
          ? ["Nothing is called so."]
          : hits.map(({ kind, key, name }) => `${kind} ${quoted(`${key ?? ""} ${name}`)}`),
    };
  },
});

export const STATUS_TOOLS: readonly Tool[] = [getStatus, listProducts];
