import type { Place } from "../ports/table.ts";
import { lists } from "./keys.ts";
import type { FeatureView, HealthValue } from "./views.ts";

/** By rank: worst first, as columns of the board stand. */
export const HEALTH_BY_RANK = ["off_track", "at_risk", "unknown", "on_track"] as const satisfies readonly HealthValue[];

type Placed = Pick<FeatureView, "id" | "presence" | "sameAs" | "productIds" | "explanation" | "health" | "targetDate">;

/** Where a feature stands on the board; one that is gone, or that another record stands for, stands nowhere. */
export const boardPlace = (view: Placed): Place | undefined => {
  const { state } = view.presence;
  if (state === "deleted" || state === "out_of_scope" || view.sameAs !== undefined) return undefined;
  return lists.ofStage(
    view.explanation.headline ?? "none",
    view.productIds[0] ?? "-",
    HEALTH_BY_RANK.indexOf(view.health.value),
    view.targetDate ?? "9999-12-31",
    view.id,
  );
};

/** What the sort key of a place on the board says. */
export const placedIn = (
  entry: string,
): { readonly product: string; readonly health: HealthValue; readonly id: string } => {
  const [product = "-", rank = "", , id = ""] = entry.split("#");
  return { product, health: HEALTH_BY_RANK[Number(rank)] ?? "unknown", id };
};
