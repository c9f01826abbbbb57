import type { FeatureView } from "../../store/views.ts";
import { featurePath, shortKey } from "../feature-address.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { daysInStage } from "./stage-age.ts";
import { Strip } from "./strip.tsx";
import { Target } from "./time.tsx";

/** What a card is shown with beside its feature. */
export interface CardContext {
  readonly productNames: ReadonlyMap<string, string>;
  /** Of the page: a moment of the past where that is shown. */
  readonly now: Date;
  /** Days that features like this one usually stood in its stage. */
  readonly usual: (feature: FeatureView) => number | undefined;
  /** As the address tells the moment; undefined: now. */
  readonly asOf: string | undefined;
  /** By feature, the stage that it stood in at the time compared with, where that was another one. */
  readonly was: ReadonlyMap<string, string> | undefined;
}

/** `27 d (usual 9 d)`: what is usual only where it is less. */
const ageText = (feature: FeatureView, { now, usual }: CardContext): string | undefined => {
  const days = daysInStage(feature, now);
  if (days === undefined) return undefined;
  const typical = usual(feature);
  return typical !== undefined && typical < days ? `${days} d (usual ${typical} d)` : `${days} d`;
};

/** One feature on the board. A board holds 160 of these: every byte here costs a kilobyte in six there. */
export const FeatureCard = ({ feature, ...context }: { readonly feature: FeatureView } & CardContext) => {
  const { key, name, owner, health, progress, explanation, targetDate, targetDateResolution, tickets = 0 } = feature;
  const { productNames, asOf } = context;
  const age = ageText(feature, context);
  const was = context.was?.get(feature.id);
  const facts = [shortKey(key), ...feature.productIds.flatMap((id) => productNames.get(id) ?? []), owner?.name].filter(
    Boolean,
  );
  return (
    <li>
      <article>
        <h3>
          <a href={address(featurePath(feature), { as_of: asOf })}>{name}</a>
        </h3>
        {was !== undefined && <p class="was">{`was ${was}`}</p>}
        {facts.length > 0 && <p>{facts.join(" · ")}</p>}
        <p class="row">
          <Health value={health.value} />
          {progress.total > 0 && <span>{`${progress.done}/${progress.total} done`}</span>}
        </p>
        <p class="row">
          <Strip stages={explanation.stages} />
          {age !== undefined && <span>{age}</span>}
        </p>
        {explanation.disposition !== "open" && <p>{explanation.disposition}</p>}
        {(targetDate !== undefined || tickets > 0) && (
          <p>
            {targetDate !== undefined && (
              <>
                due <Target date={targetDate} resolution={targetDateResolution} />
              </>
            )}
            {targetDate !== undefined && tickets > 0 && " · "}
            {tickets > 0 && `${tickets} ticket${tickets === 1 ? "" : "s"}`}
          </p>
        )}
      </article>
    </li>
  );
};
