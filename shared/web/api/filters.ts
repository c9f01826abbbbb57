import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { type Instant, instant } from "../../domain/instant.ts";
import type { ProductView, Views } from "../../store/views.ts";
import { didYouMean } from "./did-you-mean.ts";

/** A moment as parameters take it: a day means its beginning in UTC. */
export const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "a day such as 2026-11-15, or a time such as 2026-11-15T08:00:00Z",
});

export const ProductFilter = z.string().max(200).optional().describe("Id or slug of a product.");

/** The moment that a parameter names. */
export const since = (told: string | undefined): Instant | undefined =>
  told === undefined ? undefined : instant(told);

/** The product that an id or slug names. */
export const productNamed = (products: readonly ProductView[], named: string): ProductView | undefined =>
  products.find(({ id, slug }) => id === named || slug === named.toLowerCase());

/**
 * The id of the product that a filter names; undefined for no filter.
 *
 * @throws HubError `invalid_parameter` if there is no such product
 */
export const productId = async (
  views: Views,
  named: string | undefined,
  parameter = "product",
): Promise<string | undefined> => {
  if (named === undefined) return undefined;
  const products = await views.products();
  const found = productNamed(products, named);
  if (found !== undefined) return found.id;
  const hint = didYouMean(
    named,
    products.map(({ slug }) => slug),
  );
  throw new HubError("invalid_parameter", `'${named.slice(0, 64)}' is not a product${hint}`, {
    retry: "never",
    details: { parameter },
  });
};
