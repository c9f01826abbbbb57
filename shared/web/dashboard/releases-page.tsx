import * as z from "zod";
import { type Entity, FIELDS } from "../../domain/entity.ts";
import type { ProductView, Views } from "../../store/views.ts";
import { productId } from "../api/filters.ts";
import { checked, givenIn } from "../api/query.ts";
import { detailWords, toolName } from "../words.ts";
import { Select } from "./feature-filters.tsx";
import { address, Outside } from "./link.tsx";
import { Nothing, readsAny } from "./needs-connection.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";
import { Day, Target } from "./time.tsx";
import { Inside } from "./visitor.tsx";

const ROWS = 25;
/** Features of one page that are looked at to count them. */
const FEATURES_AT_MOST = 1000;

const STATUSES = FIELDS.release.shape.status.shape.category.options;
const Shape = {
  product: z.string().max(200).optional(),
  status: z.enum(STATUSES).optional(),
  tool: z.string().max(100).optional(),
  cursor: z.string().optional(),
};

/** How many features each release brought, by its id: of those that are there still. */
const featureCounts = async (
  views: Views,
  releases: readonly Entity<"release">[],
): Promise<ReadonlyMap<string, number>> => {
  const brought = await Promise.all(releases.map(async ({ id }) => [id, await views.releaseFeatures(id)] as const));
  const ids = [...new Set(brought.flatMap(([, features]) => features))];
  const { items } = ids.length === 0 ? { items: [] } : await views.features({ ids }, undefined, FEATURES_AT_MOST);
  const there = new Set(items.map(({ id }) => id));
  return new Map(brought.map(([id, features]) => [id, features.filter((one) => there.has(one)).length]));
};

const Row = ({
  release: { id, fields, source, productIds },
  products,
  features,
}: {
  readonly release: Entity<"release">;
  readonly products: readonly ProductView[];
  readonly features: number;
}) => {
  const { name, version, status, publishedAt, releaseDate } = fields;
  const isOut = status.category === "completed";
  return (
    <tr>
      <th scope="row">
        <a href={`/releases/${id}`}>{name}</a>
        {version !== name && <span class="quiet sub">{version}</span>}
      </th>
      <td>
        {products
          .filter((product) => productIds.includes(product.id))
          .map((product, index) => (
            <>
              {index > 0 && ", "}
              <a href={`/products/${product.slug}`}>{product.name}</a>
            </>
          ))}
      </td>
      <td>
        <span class={`pill ${status.category}`}>{detailWords(status)}</span>
      </td>
      <td>{!isOut && releaseDate !== undefined && <Target date={releaseDate} />}</td>
      <td>
        {publishedAt !== undefined ? (
          <Day at={publishedAt} />
        ) : (
          isOut && releaseDate !== undefined && <Target date={releaseDate} />
        )}
      </td>
      <td class="num">{features}</td>
      <td>
        <Outside href={source.url}>{toolName(source.tool)}</Outside>
      </td>
    </tr>
  );
};

/** Releases of all tools, newest first. */
export const releasesPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const search = new URLSearchParams(
    [...new URL(c.req.url).searchParams].filter(([name, value]) => name in Shape && value !== ""),
  );
  const asked = checked(z.object(Shape), givenIn(search, Shape, "/releases"));
  const { product, status, tool } = asked;
  const parameters = { product, status, tool };
  const scope = { route: "page.releases", filters: parameters };
  const after = placeOf(deps, scope, asked.cursor);
  const filter = { product: await productId(views, product), status: status && [status], tool };
  const [products, connections, { items, next }] = await Promise.all([
    views.products(),
    views.connections(),
    views.releases(filter, after, ROWS),
  ]);
  const features = await featureCounts(views, items);
  const following = linkCursor(deps, scope, next);
  const isFiltered = Object.values(parameters).some(Boolean);
  const telling = connections.filter((one) => readsAny([one], ["release"])).map((one) => one.tool);
  const tools = [...new Set([...telling, ...(tool === undefined ? [] : [tool])])].sort();
  return sendPage(
    c,
    deps,
    { title: "Releases", section: "features" },
    <>
      <h1>Releases</h1>
      <p class="lead">Shipped and planned releases, newest first.</p>
      <Inside>
        {" "}
        <div class="tools">
          <form class="filters" action="/releases" aria-label="Filters">
            {products.length > 1 && (
              <Select
                name="product"
                label="Product"
                all="All products"
                chosen={product}
                choices={products.map(({ slug, name }) => [slug, name])}
              />
            )}
            <Select
              name="status"
              label="State"
              all="Any state"
              chosen={status}
              choices={STATUSES.map((word) => [word, word])}
            />
            <Select
              name="tool"
              label="Tool"
              all="Any tool"
              chosen={tool}
              choices={tools.map((one) => [one, toolName(one)])}
            />
            <button type="submit">Apply</button>
            {isFiltered && (
              <a class="reset" href="/releases">
                Reset
              </a>
            )}
          </form>
        </div>
      </Inside>
      {items.length === 0 &&
        following === undefined &&
        (isFiltered ? (
          <section class="empty">
            <h2>No release matches</h2>
            <p>
              <a href="/releases">Show all releases</a>
            </p>
          </section>
        ) : (
          <Nothing
            connections={connections}
            kinds={["release"]}
            what="a release"
            none="No releases yet: no connected tool has reported a release or a version."
          />
        ))}
      {items.length > 0 && (
        <Scroll label="Releases">
          <table>
            <thead>
              <tr>
                <th scope="col">Release</th>
                <th scope="col">Product</th>
                <th scope="col">State</th>
                <th scope="col">Planned</th>
                <th scope="col">Released</th>
                <th scope="col" class="num">
                  Features
                </th>
                <th scope="col">Tool</th>
              </tr>
            </thead>
            <tbody>
              {items.map((release) => (
                <Row release={release} products={products} features={features.get(release.id) ?? 0} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/releases", parameters)}>First page</a>}
        {following !== undefined && (
          <a rel="next" href={address("/releases", { ...parameters, cursor: following })}>
            Next {ROWS}
          </a>
        )}
        {items.length > 0 && (
          <a href={address("/v1/releases.csv", { ...parameters, sort: "-release_date", bom: "1" })}>As CSV</a>
        )}
        <a href={address("/v1/releases", { ...parameters, sort: "-release_date" })}>As JSON</a>
      </nav>
    </>,
  );
};
