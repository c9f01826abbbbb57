import type { FeatureView } from "../../store/views.ts";
import { featurePath } from "../feature-address.ts";
import { type Bar, Roadmap } from "./charts/roadmap.tsx";
import { address } from "./link.tsx";
import { Scroll } from "./scroll.tsx";

/** From its first stage to its promised day; the day first promised stands beside it where that is another one. */
const barOf = (feature: FeatureView, asOf: string | undefined): Bar[] => {
  const { id, name, health, explanation, targetDate, firstTargetDate } = feature;
  if (targetDate === undefined) return [];
  const from = explanation.path[0]?.at;
  return [
    {
      id,
      name,
      href: address(featurePath(feature), { as_of: asOf }),
      health: health.value,
      to: targetDate,
      ...(from !== undefined && { from }),
      ...(firstTargetDate !== undefined && firstTargetDate !== targetDate && { first: firstTargetDate }),
    },
  ];
};

/** Features by their promised days, as bars over quarters. */
export const RoadmapView = ({
  features,
  now,
  asOf,
}: {
  readonly features: readonly FeatureView[];
  readonly now: Date;
  /** As the address tells the moment; undefined: now. */
  readonly asOf: string | undefined;
}) => {
  const bars = features.flatMap((feature) => barOf(feature, asOf)).sort((a, b) => (a.to < b.to ? -1 : 1));
  const without = features.length - bars.length;
  return (
    <>
      {bars.length > 0 && (
        <Scroll label="Timeline of due dates">
          <Roadmap bars={bars} now={now} label="Features by due date" />
        </Scroll>
      )}
      <p class="quiet">
        {bars.length} of the features below have a due date.{" "}
        {without > 0 && `${without} have none and are only listed in the table. `}A hollow bar ends on the day that was
        promised first.
      </p>
    </>
  );
};
