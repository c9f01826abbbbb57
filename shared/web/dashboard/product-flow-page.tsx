import { HubError } from "../../connector/errors.ts";
import { StageBar } from "./charts/stage-bar.tsx";
import { FlowSection } from "./flow-section.tsx";
import { address } from "./link.tsx";
import { type PageHandler, sendPage } from "./page.tsx";

const WEEKS = 12;

/** Figures of flow and delivery of a product, or of one team's place in it. */
export const productFlowPage: PageHandler = async (c, deps) => {
  const asked = c.req.param("product") ?? "";
  const product = (await deps.views.products()).find(({ slug, id }) => slug === asked || id === asked);
  if (product === undefined)
    throw new HubError("not_found", `there is no product ${asked.slice(0, 64)}`, { retry: "never" });
  const place = c.req.query("place")?.slice(0, 200);
  const [flow, counts] = await Promise.all([
    deps.views.productFlow(product.id, WEEKS, place),
    deps.views.counts(product.id),
  ]);
  const path = `/products/${product.slug}/flow`;
  const title = `Flow of ${product.name}`;
  return sendPage(
    c,
    deps,
    {
      title: title.slice(0, 120),
      section: "board",
      crumbs: [{ href: address("/", { product: product.slug }), word: product.name }],
    },
    <>
      <h1>{title}</h1>
      <p class="quiet">
        {place === undefined ? "All teams" : <a href={path}>All teams</a>}
        {flow.places.map((one) => (
          <>
            {" · "}
            {one.place === place ? <b>{one.place}</b> : <a href={address(path, { place: one.place })}>{one.place}</a>}
          </>
        ))}
      </p>
      {place === undefined && (
        <StageBar
          id="stages-c"
          counts={counts}
          href={(stage) => address("/features", { product: product.slug, stage })}
        />
      )}
      <FlowSection flow={flow} json={address(`/v1${path}`, place === undefined ? {} : { place })} />
    </>,
  );
};
