import * as z from "zod";
import type { ObjectiveView } from "../../store/shown-plan.ts";
import type { ProductView } from "../../store/views.ts";
import { productId } from "../api/filters.ts";
import { checked, givenIn } from "../api/query.ts";
import { detailWords, toolName } from "../words.ts";
import { address, Outside } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { HealthCounts, KeyResult, StageCounts } from "./plan-parts.tsx";
import { Day } from "./time.tsx";

const AT_ONCE = 20;
const Shape = { product: z.string().max(200).optional(), cursor: z.string().optional() };

export const Objective = ({ objective }: { readonly objective: ObjectiveView }) => {
  const { title, text, status, startDate, endDate, owner, tool, url, keyResults, initiatives, direct } = objective;
  return (
    <li>
      <h3>{title}</h3>
      <p class="quiet">
        {tool === "throughline" ? "From the config" : <Outside href={url}>{toolName(tool)}</Outside>}
        {status.category !== "unknown" && tool !== "throughline" && ` · ${detailWords(status)}`}
        {owner !== undefined && ` · ${owner.name}`}
        {startDate !== undefined && (
          <>
            {" "}
            · from <Day at={startDate} />
          </>
        )}
        {endDate !== undefined && (
          <>
            {" "}
            until <Day at={endDate} />
          </>
        )}
      </p>
      {text !== undefined && <p>{text}</p>}
      {keyResults.length > 0 && (
        <ul class="records">
          {keyResults.map((result) => (
            <KeyResult result={result} />
          ))}
        </ul>
      )}
      {initiatives.length > 0 && (
        <ul class="plain">
          {initiatives.map((initiative) => (
            <li>
              <a href={`/initiatives/${initiative.id}`}>{initiative.title}</a> <HealthCounts rollUp={initiative} />
              <br />
              <StageCounts rollUp={initiative} />
            </li>
          ))}
        </ul>
      )}
      {direct.features > 0 && (
        <p>
          Features that support it directly: <StageCounts rollUp={direct} />
        </p>
      )}
    </li>
  );
};

const Vision = ({ product }: { readonly product: ProductView }) => (
  <p class="lead">
    <a href={`/products/${product.slug}`}>{product.name}</a>
    {product.vision !== undefined && `: ${product.vision}`}
  </p>
);

/** Why anything is built: vision, objectives with their results, and what serves them. */
export const objectivesPage: PageHandler = async (c, deps) => {
  const search = new URLSearchParams([...new URL(c.req.url).searchParams].filter(([, value]) => value !== ""));
  const asked = checked(z.object(Shape), givenIn(search, Shape, "/objectives"));
  const product = await productId(deps.views, asked.product);
  const parameters = { product: asked.product };
  const scope = { route: "page.objectives", filters: parameters };
  const after = placeOf(deps, scope, asked.cursor);
  const [products, { items, next }] = await Promise.all([
    deps.views.products(),
    deps.views.objectives({ product }, after, AT_ONCE),
  ]);
  const following = linkCursor(deps, scope, next);
  const shown = products.filter(({ id }) => product === undefined || id === product);
  const loose = items.filter(({ productIds }) => !productIds.some((id) => shown.some((one) => one.id === id)));
  return sendPage(
    c,
    deps,
    { title: "Objectives", section: "objectives" },
    <>
      <h1>Objectives</h1>
      {items.length === 0 && (
        <p class="quiet">
          No objectives yet. Add them under <code>objectives</code> of a product in <code>throughline.config.ts</code>,
          or connect the tool that holds them.
        </p>
      )}
      {shown.map((one) => {
        const own = items.filter(({ productIds }) => productIds.includes(one.id));
        if (own.length === 0) return <Vision product={one} />;
        return (
          <section aria-labelledby={`p-${one.slug}`}>
            <h2 id={`p-${one.slug}`}>{one.name}</h2>
            <Vision product={one} />
            <ol class="plan">
              {own.map((objective) => (
                <Objective objective={objective} />
              ))}
            </ol>
          </section>
        );
      })}
      {loose.length > 0 && (
        <section aria-labelledby="p-none">
          <h2 id="p-none">No product</h2>
          <ol class="plan">
            {loose.map((objective) => (
              <Objective objective={objective} />
            ))}
          </ol>
        </section>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/objectives", parameters)}>First page</a>}
        {following !== undefined && (
          <a rel="next" href={address("/objectives", { ...parameters, cursor: following })}>
            Next {AT_ONCE}
          </a>
        )}
        <a href={address("/v1/objectives", parameters)}>As JSON</a>
      </nav>
    </>,
  );
};
