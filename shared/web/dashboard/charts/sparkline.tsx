import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { changeText, type Point } from "./line-chart.tsx";

const WIDTH = 96;
const HEIGHT = 20;

/** A course in the size of a word, spoken as its last change. */
export const Sparkline = ({
  points,
  unit,
}: {
  readonly points: readonly Point[];
  readonly unit?: string | undefined;
}) => {
  const [low = 0, high = 1] = extent(points, ({ value }) => value);
  const x = scaleLinear([0, Math.max(1, points.length - 1)], [1, WIDTH - 1]);
  const y = scaleLinear([low, high === low ? low + 1 : high], [HEIGHT - 2, 2]);
  const path = line<Point>(
    (_, at) => x(at),
    ({ value }) => y(value),
  );
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={changeText(points, unit)}>
      <path d={path([...points]) ?? ""} />
    </svg>
  );
};
