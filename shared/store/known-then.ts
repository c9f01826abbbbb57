import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { notKept } from "./boards.ts";
import type { Views } from "./views.ts";

/**
 * Of a moment before the first board, that nothing was there or that all is new since would be no answer.
 *
 * @throws HubError as_of_unavailable, with the moment since when it knows
 */
export const demandKept = async (views: Pick<Views, "keptSince">, at: Instant | undefined): Promise<void> => {
  if (at === undefined) return;
  const first = await views.keptSince();
  if (first === undefined || at < first) throw notKept(at, first);
};

/** Why a feature that is there now has nothing of then. @throws HubError as_of_unavailable */
export const demandKnownThen = async (
  views: Pick<Views, "keptSince" | "feature">,
  named: string,
  at: Instant | undefined,
): Promise<void> => {
  if (at === undefined || (await views.feature(named)) === undefined) return;
  await demandKept(views, at);
  throw new HubError("as_of_unavailable", `the hub did not know "${named.slice(0, 64)}" at ${at}: it came later`, {
    retry: "never",
  });
};
