import { dayOf } from "../../domain/day.ts";
import type { FeatureView } from "../../store/views.ts";
import { viewsAt } from "../as-of.ts";
import { featurePath } from "../feature-address.ts";
import { STAGE_WORDS } from "../words.ts";
import { AsOfBanner } from "./as-of-banner.tsx";
import { Beginning } from "./beginning.tsx";
import { FeatureFilters, NothingMatches } from "./feature-filters.tsx";
import { featureQuery } from "./feature-query.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { Scroll } from "./scroll.tsx";
import { Strip } from "./strip.tsx";
import { Day, Target } from "./time.tsx";

const ROWS = 50;

const FeatureRow = ({ feature, asOf }: { readonly feature: FeatureView; readonly asOf: string | undefined }) => {
  const { explanation, progress, targetDate } = feature;
  return (
    <tr>
      <td class="key">{feature.key}</td>
      <th scope="row">
        <a href={address(featurePath(feature), { as_of: asOf })}>{feature.name}</a>
      </th>
      <td>
        <span class="stage">{STAGE_WORDS[explanation.headline ?? "none"]}</span>
        <Strip stages={explanation.stages} />
      </td>
      <td>
        <Health value={feature.health.value} />
      </td>
      <td>{feature.owner?.name}</td>
      <td>{targetDate !== undefined && <Target date={targetDate} resolution={feature.targetDateResolution} />}</td>
      <td class="num">{progress.total > 0 && `${progress.done}/${progress.total}`}</td>
      <td>
        <Day at={feature.updatedAt} />
      </td>
    </tr>
  );
};

/** All features as a table, 50 rows a page. */
export const featuresPage: PageHandler = async (c, deps) => {
  const { views } = deps;
  const products = await views.products();
  const query = featureQuery(new URL(c.req.url), products, deps);
  const scope = { route: "page.features", filters: query.parameters };
  const after = placeOf(deps, scope, query.cursor);
  const { items, next } = await viewsAt(deps, query.at).features(query.filter, after, ROWS);
  const zone = deps.timezone ?? "UTC";
  const isFiltered = Object.values(query.parameters).some(Boolean);
  const following = linkCursor(deps, scope, next);
  return sendPage(
    c,
    deps,
    { title: "Features", section: "features" },
    <>
      <div class="head">
        <h1>Features</h1>
      </div>
      <AsOfBanner at={query.at} zone={zone} back={address("/features", { ...query.parameters, as_of: undefined })} />
      <FeatureFilters action="/features" query={query} products={products} today={dayOf(deps.now().getTime(), zone)} />
      {items.length === 0 &&
        (isFiltered ? (
          <NothingMatches action="/features" query={query} />
        ) : (
          <Beginning connections={await views.connections()} />
        ))}
      {items.length > 0 && (
        <Scroll label="Features">
          <table class="features">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Feature</th>
                <th scope="col">Stage</th>
                <th scope="col">Health</th>
                <th scope="col">Owner</th>
                <th scope="col">Target</th>
                <th scope="col" class="num">
                  Done
                </th>
                <th scope="col">Updated</th>
              </tr>
            </thead>
            <tbody>
              {items.map((feature) => (
                <FeatureRow feature={feature} asOf={query.parameters.as_of} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        {after !== undefined && <a href={address("/features", query.parameters)}>First page</a>}
        {following !== undefined && (
          <a rel="next" href={address("/features", { ...query.parameters, cursor: following })}>
            Next {ROWS}
          </a>
        )}
        <a href={address("/v1/features", query.parameters)}>As JSON</a>
      </nav>
    </>,
  );
};
