import type { FeatureView } from "../../store/views.ts";
import { featurePath } from "../feature-address.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { Strip } from "./strip.tsx";
import { Target } from "./time.tsx";

/** One feature on the board. A board holds 160 of these: every byte here costs a kilobyte in six there. */
export const FeatureCard = ({
  feature,
  productNames,
  asOf,
  was,
}: {
  feature: FeatureView;
  productNames: ReadonlyMap<string, string>;
  asOf?: string | undefined;
  /** The stage that it stood in at the time compared with, where that was another one. */
  was?: string | undefined;
}) => {
  const { key, name, owner, health, progress, explanation, targetDate, targetDateResolution } = feature;
  // A key that is a path (`acme/web/milestone/7`) says what the product beside it says already: its end is enough here.
  const facts = [
    key?.split("/").slice(-2).join(" "),
    ...feature.productIds.flatMap((id) => productNames.get(id) ?? []),
    owner?.name,
  ].filter(Boolean);
  return (
    <li>
      <article>
        <h3>
          <a href={address(featurePath(feature), { as_of: asOf })}>{name}</a>
        </h3>
        {was !== undefined && <p class="was">{`was ${was}`}</p>}
        {facts.length > 0 && <p>{facts.join(" · ")}</p>}
        <p>
          <Health value={health.value} />
        </p>
        <p class="row">
          <Strip stages={explanation.stages} />
          {progress.total > 0 && <span>{`${progress.done}/${progress.total} done`}</span>}
        </p>
        {explanation.disposition !== "open" && <p>{explanation.disposition}</p>}
        {targetDate !== undefined && (
          <p>
            due <Target date={targetDate} resolution={targetDateResolution} />
          </p>
        )}
      </article>
    </li>
  );
};
