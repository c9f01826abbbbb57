import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import { kindOf } from "../../domain/kind.ts";
import type { Views } from "../../store/views.ts";
import { didYouMean } from "./did-you-mean.ts";

export const ObjectiveFilter = z
  .string()
  .max(300)
  .optional()
  .describe("Id or title of an objective: features that serve it, directly or by an initiative.");

/** Objectives that a title is looked for among. */
const LOOK_AT_MOST = 200;

/** An objective as filters name it. */
export interface NamedObjective {
  readonly id: string;
  readonly title: string;
}

/** Objectives to choose from, by title. */
export const objectivesToChoose = async (
  views: Pick<Views, "entities">,
  product: string | undefined,
  limit = LOOK_AT_MOST,
): Promise<readonly NamedObjective[]> => {
  const { items } = await views.entities("objective", { product }, undefined, limit);
  return items
    .map(({ id, fields }) => ({ id, title: fields.title }))
    .sort((a, b) => a.title.localeCompare(b.title, "en"));
};

/**
 * The objective that a filter names; undefined for no filter.
 *
 * @throws HubError `invalid_parameter` if there is no such objective
 */
export const objectiveNamed = async (
  views: Pick<Views, "entities" | "entity">,
  named: string | undefined,
): Promise<NamedObjective | undefined> => {
  if (named === undefined) return undefined;
  const held = kindOf(named) === "objective" ? await views.entity("objective", named) : undefined;
  if (held !== undefined) return { id: held.id, title: held.fields.title };
  const known = await objectivesToChoose(views, undefined);
  const found = known.find(({ title }) => title.toLowerCase() === named.toLowerCase());
  if (found !== undefined) return found;
  const hint = didYouMean(
    named,
    known.map(({ title }) => title),
  );
  throw new HubError("invalid_parameter", `'${named.slice(0, 64)}' is not an objective${hint}`, {
    retry: "never",
    details: { parameter: "objective" },
  });
};
