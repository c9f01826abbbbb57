import { kindOf } from "../../domain/kind.ts";
import type { Views } from "../../store/views.ts";

/**
 * Whom an owner filter means, as ids and names in lower case: an account, a person by id with all accounts, or everybody
 * of that name. Undefined for no filter.
 */
export const ownersNamed = async (
  views: Pick<Views, "person">,
  named: string | undefined,
): Promise<readonly string[] | undefined> => {
  if (named === undefined) return undefined;
  if (kindOf(named) !== "person") return [named, named.toLowerCase()];
  const person = await views.person(named);
  return [named, ...(person?.accounts.map(({ id }) => id) ?? [])];
};
