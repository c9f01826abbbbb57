import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import type { Instant } from "../../domain/instant.ts";
import { snakeCase } from "../../domain/snake-case.ts";
import { STAGES } from "../../domain/stage.ts";
import type { FeatureFilter, ProductView } from "../../store/views.ts";
import { Moment, productNamed } from "../api/filters.ts";
import { type NamedObjective, objectiveNamed } from "../api/objective-filter.ts";
import { checked, givenIn } from "../api/query.ts";
import { pastMoment } from "../as-of.ts";
import type { WebDeps } from "../web-deps.ts";

const Shape = {
  product: z.string().max(200).optional(),
  objective: z.string().max(300).optional(),
  stage: z.array(z.enum([...STAGES, "none"])).optional(),
  health: z.array(z.enum(["on_track", "at_risk", "off_track", "unknown"])).optional(),
  owner: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
  cursor: z.string().optional(),
  asOf: Moment.optional(),
  compare: Moment.optional(),
};
const NAMES = new Set(Object.keys(Shape).map(snakeCase));

/** What board and table are asked to show; all of it stands in the address. */
export interface FeatureQuery {
  readonly product: ProductView | undefined;
  readonly objective: NamedObjective | undefined;
  readonly filter: FeatureFilter;
  readonly cursor: string | undefined;
  /** The moment to show; undefined: now. */
  readonly at: Instant | undefined;
  /** The moment to compare it with. */
  readonly comparedTo: Instant | undefined;
  /** The same as parameters, to be carried into links. */
  readonly parameters: {
    readonly product?: string | undefined;
    readonly objective?: string | undefined;
    readonly stage?: string | undefined;
    readonly health?: string | undefined;
    readonly owner?: string | undefined;
    readonly q?: string | undefined;
    readonly as_of?: string | undefined;
    readonly compare?: string | undefined;
  };
}

/**
 * Reads the filters of a page. Forms send empty fields and people add parameters of their own: both are ignored here.
 *
 * @throws HubError `invalid_parameter`
 */
export const featureQuery = async (
  url: URL,
  products: readonly ProductView[],
  deps: Pick<WebDeps, "views" | "now" | "timezone">,
): Promise<FeatureQuery> => {
  const known = new URLSearchParams([...url.searchParams].filter(([name, value]) => NAMES.has(name) && value !== ""));
  const asked = checked(z.object(Shape), givenIn(known, Shape, url.pathname));
  const { product: named, objective: about, stage, health, owner, q, cursor, asOf, compare } = asked;
  const product = named === undefined ? undefined : productNamed(products, named);
  if (named !== undefined && product === undefined)
    throw new HubError("invalid_parameter", `'${named.slice(0, 64)}' is not a product`, { retry: "never" });
  const objective = await objectiveNamed(deps.views, about);
  return {
    product,
    objective,
    filter: {
      ...(objective && { ids: await deps.views.objectiveFeatures(objective.id) }),
      product: product?.id,
      stage,
      health,
      q,
      ...(owner !== undefined && { owner: [owner, owner.toLowerCase()] }),
    },
    cursor,
    at: pastMoment(asOf, deps),
    comparedTo: pastMoment(compare, deps, "compare"),
    parameters: {
      product: product?.slug,
      objective: objective?.id,
      stage: stage?.join(","),
      health: health?.join(","),
      owner,
      q,
      as_of: asOf,
      compare,
    },
  };
};
