import { HubError } from "../../connector/errors.ts";
import { STAGES } from "../../domain/stage.ts";
import type { FeatureView } from "../../store/views.ts";
import { productNamed } from "../api/filters.ts";
import { STAGE_WORDS } from "../words.ts";
import { Health } from "./health.tsx";
import { FeatureRows } from "./initiative-page.tsx";
import { address } from "./link.tsx";
import { Objective } from "./objectives-page.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { Scroll } from "./scroll.tsx";

const OBJECTIVES_AT_MOST = 20;
/** Columns of the board begin with the worst: so many of each are looked at. */
const OF_COLUMN = 5;
const WORST = ["off_track", "at_risk"] as const;

const needing = (columns: readonly { readonly items: readonly FeatureView[] }[]): FeatureView[] =>
  WORST.flatMap((value) => columns.flatMap(({ items }) => items.filter(({ health }) => health.value === value)));

/** One product: what it is for, what it is to reach, where its features stand and which of them need somebody. */
export const productPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const asked = c.req.param("slug") ?? "";
  const product = productNamed(await views.products(), asked);
  if (product === undefined)
    throw new HubError("not_found", `there is no product ${asked.slice(0, 64)}`, { retry: "never" });
  const [counts, health, objectives, columns] = await Promise.all([
    views.counts(product.id),
    views.healthCounts(product.id),
    views.objectives({ product: product.id }, undefined, OBJECTIVES_AT_MOST),
    Promise.all(STAGES.map((stage) => views.column(stage, product.id, undefined, OF_COLUMN))),
  ]);
  const features = needing(columns);
  const bad = health.off_track + health.at_risk;
  return sendPage(
    c,
    deps,
    { title: product.name, section: "objectives", crumbs: [{ href: "/objectives", word: "Objectives" }] },
    <>
      <h1>{product.name}</h1>
      {product.vision !== undefined && <p class="lead">{product.vision}</p>}
      {product.owner !== undefined && <p class="quiet">Owner: {product.owner}</p>}
      <p>
        {WORST.map((value) => (
          <>
            <Health value={value} /> {health[value]}{" "}
          </>
        ))}
        <Health value="on_track" /> {health.on_track} <Health value="unknown" /> {health.unknown}
      </p>
      <section aria-labelledby="stages">
        <h2 id="stages">Where its features stand</h2>
        <Scroll label="Features by stage">
          <table>
            <thead>
              <tr>
                {STAGES.map((stage) => (
                  <th scope="col">{STAGE_WORDS[stage]}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              <tr>
                {STAGES.map((stage) => (
                  <td>
                    <a href={address("/features", { product: product.slug, stage })}>{counts[stage]}</a>
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </Scroll>
      </section>
      <section aria-labelledby="attention">
        <h2 id="attention">
          Needs attention <span class="quiet">{bad}</span>
        </h2>
        {features.length === 0 ? <p class="quiet">Nothing needs attention.</p> : <FeatureRows features={features} />}
        {bad > features.length && (
          <a href={address("/features", { product: product.slug, health: WORST.join(",") })}>All {bad}</a>
        )}
      </section>
      <section aria-labelledby="objectives">
        <h2 id="objectives">Objectives</h2>
        {objectives.items.length === 0 && <p class="quiet">It has none yet.</p>}
        <ol class="plan">
          {objectives.items.map((objective) => (
            <Objective objective={objective} />
          ))}
        </ol>
        {objectives.next !== undefined && (
          <a href={address("/objectives", { product: product.slug })}>All objectives</a>
        )}
      </section>
      <p class="quiet">
        <a href={`/v1/products/${product.slug}`}>As JSON</a> ·{" "}
        <a href={address("/", { product: product.slug })}>Board</a> ·{" "}
        <a href={address("/releases", { product: product.slug })}>Releases</a> ·{" "}
        <a href={`/products/${product.slug}/flow`}>Flow and delivery</a>
      </p>
    </>,
  );
};
