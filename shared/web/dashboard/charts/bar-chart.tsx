import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import { Figure, numeral } from "./figure.tsx";

interface BarProps {
  readonly id: string;
  readonly caption: string;
  /** What a bar stands for, e.g. `Week of`. */
  readonly of: string;
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

const WIDTH = 640;
const HEIGHT = 160;
const LEFT = 40;
const TOP = 8;
const BOTTOM = 22;
const LABELS = 8;

/** One number for each of a few things, as bars from zero. */
export const BarChart = ({ id, caption, of, unit, bars }: BarProps) => {
  const x = scaleBand(
    bars.map(({ label }) => label),
    [LEFT, WIDTH],
  ).padding(0.2);
  const y = scaleLinear([0, max(bars, ({ value }) => value) || 1], [HEIGHT - BOTTOM, TOP]).nice(3);
  const every = Math.ceil(bars.length / LABELS);
  return (
    <Figure id={id} caption={caption} head={[of, unit]} rows={bars.map(({ label, value }) => [label, numeral(value)])}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={caption}>
        {y
          .ticks(3)
          .filter(Number.isInteger)
          .map((value) => (
            <>
              <path class="grid" d={`M${LEFT} ${y(value)}H${WIDTH}`} />
              <text class="y" x={LEFT - 6} y={y(value) + 4}>
                {numeral(value)}
              </text>
            </>
          ))}
        {bars.map(({ label, value }, at) => (
          <>
            <rect class="bar" x={x(label)} y={y(value)} width={x.bandwidth()} height={y(0) - y(value)} />
            {at % every === 0 && (
              <text class="x" x={(x(label) ?? 0) + x.bandwidth() / 2} y={HEIGHT - 6}>
                {label}
              </text>
            )}
          </>
        ))}
      </svg>
    </Figure>
  );
};
