import type { FeatureView } from "../../store/views.ts";
import { featurePath, shortKey } from "../feature-address.ts";
import { STAGE_WORDS } from "../words.ts";
import type { Order } from "./feature-order.ts";
import { Health } from "./health.tsx";
import { address } from "./link.tsx";
import { Scroll } from "./scroll.tsx";
import { daysInStage } from "./stage-age.ts";
import { Strip } from "./strip.tsx";
import { Day, Target } from "./time.tsx";

const HEADS: readonly (readonly [order: Order, word: string, isNumber?: true])[] = [
  ["key", "Key"],
  ["name", "Feature"],
  ["stage", "Stage"],
  ["health", "Health"],
  ["owner", "Owner"],
  ["target", "Target"],
  ["progress", "Done", true],
  ["age", "In stage", true],
  ["updated", "Updated"],
];

const FeatureRow = ({
  feature,
  now,
  asOf,
}: {
  readonly feature: FeatureView;
  readonly now: Date;
  readonly asOf: string | undefined;
}) => {
  const { explanation, progress, targetDate } = feature;
  const days = daysInStage(feature, now);
  return (
    <tr>
      <td class="key">{shortKey(feature.key)}</td>
      <th scope="row">
        <a href={address(featurePath(feature), { as_of: asOf })}>{feature.name}</a>
      </th>
      <td>
        <span class="stage">{STAGE_WORDS[explanation.headline ?? "none"]}</span>
        <Strip stages={explanation.stages} />
      </td>
      <td>
        <Health value={feature.health.value} />
      </td>
      <td>{feature.owner?.name}</td>
      <td>{targetDate !== undefined && <Target date={targetDate} resolution={feature.targetDateResolution} />}</td>
      <td class="num">{progress.total > 0 && `${progress.done}/${progress.total}`}</td>
      <td class="num">{days !== undefined && `${days} d`}</td>
      <td>
        <Day at={feature.updatedAt} />
      </td>
    </tr>
  );
};

/** Features as rows; each heading is a link that orders by it. */
export const FeatureTable = ({
  features,
  path,
  parameters,
  sort,
  now,
}: {
  readonly features: readonly FeatureView[];
  readonly path: string;
  /** Of the address, without the order. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly sort: Order | undefined;
  readonly now: Date;
}) => (
  <Scroll label="Features">
    <table class="features">
      <thead>
        <tr>
          {HEADS.map(([order, word, isNumber]) => (
            <th scope="col" class={isNumber ? "num" : undefined} aria-sort={order === sort ? "ascending" : undefined}>
              <a href={address(path, { ...parameters, sort: order })}>{word}</a>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {features.map((feature) => (
          <FeatureRow feature={feature} now={now} asOf={parameters["as_of"]} />
        ))}
      </tbody>
    </table>
  </Scroll>
);
