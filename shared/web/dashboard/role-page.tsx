import { dayOf } from "../../domain/day.ts";
import type { FeatureView } from "../../store/views.ts";
import { viewsAt } from "../as-of.ts";
import { featurePath, shortKey } from "../feature-address.ts";
import { STAGE_WORDS } from "../words.ts";
import { AsOfBanner, AsOfForm } from "./as-of-banner.tsx";
import { Beginning } from "./beginning.tsx";
import { byUrgency, ORDERED_AT_MOST, orderedFeatures } from "./feature-order.ts";
import { featureQuery } from "./feature-query.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { PM_BLOCKS, PO_BLOCKS, type RoleBlock } from "./role-blocks.ts";
import { objectivesBlock, type RoleMore, reviewBlock } from "./role-more.tsx";
import { Target } from "./time.tsx";
import { lastReportDay, TimeTravel } from "./time-travel.tsx";

const SHOWN = 8;

type Parameters = Readonly<Record<string, string | undefined>>;

const Row = ({
  feature,
  asOf,
  what = [],
}: {
  readonly feature: FeatureView;
  readonly asOf: string | undefined;
  readonly what: readonly { readonly name: string }[] | undefined;
}) => (
  <li>
    <span class="what">
      <a href={address(featurePath(feature), { as_of: asOf })}>
        {feature.key !== undefined && <b>{shortKey(feature.key)} </b>}
        {feature.name}
      </a>
      <Health value={feature.health.value} />
    </span>
    <span class="quiet">
      {STAGE_WORDS[feature.explanation.headline ?? "none"]}
      {feature.owner !== undefined && ` · ${feature.owner.name}`}
      {feature.targetDate !== undefined && (
        <>
          {" · due "}
          <Target date={feature.targetDate} resolution={feature.targetDateResolution} />
        </>
      )}
      {(feature.tickets ?? 0) > 0 && ` · ${feature.tickets} ticket${feature.tickets === 1 ? "" : "s"}`}
      {what.length > 0 && ` · ${what.map(({ name }) => name).join(", ")}`}
    </span>
  </li>
);

const Block = ({
  block: { id, title, none, what },
  found,
  parameters,
}: {
  readonly block: RoleBlock;
  readonly found: readonly FeatureView[];
  readonly parameters: Parameters;
}) => {
  const href = address("/features", { ...parameters, only: id });
  const named = what && new Set(found.flatMap(what).map((one) => one.id)).size;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        <a href={href}>{title}</a> <span class="quiet">{named ?? found.length}</span>
      </h2>
      {found.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="records">
          {found.slice(0, SHOWN).map((feature) => (
            <Row feature={feature} asOf={parameters["as_of"]} what={what?.(feature)} />
          ))}
        </ul>
      )}
      {found.length > SHOWN && (
        <a href={href}>{named === undefined ? `All ${found.length}` : `All ${found.length} features`}</a>
      )}
    </section>
  );
};

const rolePage =
  (title: string, path: string, lead: string, blocks: readonly RoleBlock[], More: RoleMore): PageHandler =>
  async (c, deps) => {
    const { views } = deps;
    const [products, connections] = await Promise.all([views.products(), views.connections()]);
    const query = await featureQuery(new URL(c.req.url), products, deps);
    const { items, isCut } = await orderedFeatures(viewsAt(deps, query.at), query.filter, "health");
    const features = [...items].sort(byUrgency);
    const now = query.at === undefined ? deps.now() : new Date(query.at);
    const zone = deps.timezone ?? "UTC";
    const today = dayOf(deps.now().getTime(), zone);
    const lastReport = await lastReportDay(deps, c.get("identity"));
    return sendPage(
      c,
      deps,
      { title, crumbs: [{ href: "/", word: "Board" }] },
      <>
        <h1>{title}</h1>
        <AsOfBanner at={query.at} zone={zone} back={address(path, { ...query.parameters, as_of: undefined })} />
        <p class="lead">{lead}</p>
        <nav class="switch" aria-label="Product">
          <a
            href={address(path, { ...query.parameters, product: undefined })}
            aria-current={query.product === undefined ? "true" : undefined}
          >
            All products
          </a>
          {products.map(({ slug, name }) => (
            <a
              href={address(path, { ...query.parameters, product: slug })}
              aria-current={query.product?.slug === slug ? "true" : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
        <AsOfForm action={path} asOf={query.at && query.parameters.as_of} today={today} parameters={query.parameters} />
        <TimeTravel path={path} parameters={query.parameters} name="as_of" today={today} lastReport={lastReport} />
        {features.length === 0 && query.at === undefined && (
          <Beginning connections={connections} at={address(path, query.parameters)} />
        )}
        {isCut && <p class="quiet">Of the first {ORDERED_AT_MOST.toLocaleString("en-GB")} features.</p>}
        <div class="blocks">
          {query.at === undefined && (await More(deps, query.product?.id, query.product?.slug))}
          {blocks.map((block) => (
            <Block
              block={block}
              found={features.filter((feature) => block.fits(feature, now)).sort(block.first)}
              parameters={query.parameters}
            />
          ))}
        </div>
        <p class="quiet">
          <a href="/objectives">Objectives</a> ·{" "}
          <a href="/activity?since=last-visit">What changed since your last visit</a>
          {" · "}
          <a href="/review">Links to review</a> · <a href="/settings/views">Saved views</a>
        </p>
      </>,
    );
  };

export const pmPage = rolePage(
  "Product management",
  "/pm",
  "What needs your decision, and what is coming up.",
  PM_BLOCKS,
  objectivesBlock,
);

export const poPage = rolePage(
  "Today",
  "/po",
  "What blocks work, what is due, and what needs tidying up.",
  PO_BLOCKS,
  reviewBlock,
);
