import * as z from "zod";
import { STAGES, type Stage } from "../../domain/stage.ts";
import { checked, givenIn } from "../api/query.ts";
import { viewsAt } from "../as-of.ts";
import type { WebDeps } from "../web-deps.ts";
import { STAGE_WORDS } from "../words.ts";
import { compared } from "./compared.tsx";
import { FeatureCard } from "./feature-card.tsx";
import { featureQuery } from "./feature-query.ts";
import { address } from "./link.tsx";
import type { PageHandler } from "./page.tsx";
import { linkCursor, placeOf } from "./page-cursor.ts";
import { usualDays } from "./stage-age.ts";

const CARDS = 20;
const Shape = { column: z.enum([...STAGES, "none"]), rest: z.coerce.number().int().min(0).optional() };

type Parameters = Readonly<Record<string, string | undefined>>;

const scopeOf = (stage: string, parameters: Parameters) => ({ route: "page.board", filters: { ...parameters, stage } });

/** Leads to the next cards of a column. */
export const columnCursor = (
  deps: WebDeps,
  stage: Stage | "none",
  parameters: Parameters,
  next: string | undefined,
): string | undefined => linkCursor(deps, scopeOf(stage, parameters), next);

/** To the rest of a column: a link to the table, which where scripts run brings the next cards in its own place. */
export const MoreLink = ({
  stage,
  rest,
  open,
  parameters,
  cursor,
}: {
  readonly stage: Stage | "none";
  readonly rest: number;
  /** There may be more than were counted. */
  readonly open: boolean;
  readonly parameters: Parameters;
  readonly cursor: string | undefined;
}) => (
  <a
    class="more"
    href={address("/features", { ...parameters, compare: undefined, stage })}
    hx-get={cursor && address("/board/more", { ...parameters, column: stage, rest: String(rest), cursor })}
    hx-swap={cursor && "outerHTML"}
  >
    Show more<span class="vh"> of {STAGE_WORDS[stage]}</span> ({rest.toLocaleString("en-GB")}
    {open && "+"})
  </a>
);

/** The next cards of a column, without the page around them. */
export const boardMore: PageHandler = async (c, deps) => {
  const url = new URL(c.req.url);
  const own = new URLSearchParams([...url.searchParams].filter(([name]) => name in Shape));
  const { column, rest = 0 } = checked(z.object(Shape), givenIn(own, Shape, url.pathname));
  const products = await deps.views.products();
  const query = await featureQuery(url, products, deps);
  const after = placeOf(deps, scopeOf(column, query.parameters), query.cursor);
  const until = query.at ?? deps.now().toISOString();
  const [{ items, next }, since] = await Promise.all([
    viewsAt(deps, query.at).column(column, query.product?.id, after, CARDS, query.filter),
    query.comparedTo === undefined ? undefined : compared(deps.views, query.comparedTo, until, query.product?.id),
  ]);
  const names = products.length > 1 && query.product === undefined ? products : [];
  const card = {
    productNames: new Map(names.map(({ id, name }) => [id, name])),
    now: new Date(until),
    usual: usualDays(items),
    asOf: query.parameters.as_of,
    was: since?.was,
  };
  const left = rest - items.length;
  c.header("Cache-Control", "no-store");
  return c.html(
    <>
      <ol>
        {items.map((feature) => (
          <FeatureCard feature={feature} {...card} />
        ))}
      </ol>
      {next !== undefined && left > 0 && (
        <MoreLink
          stage={column}
          rest={left}
          open={false}
          parameters={query.parameters}
          cursor={columnCursor(deps, column, query.parameters, next)}
        />
      )}
    </>,
  );
};
