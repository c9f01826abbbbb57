import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Chart } from "../document.ts";
import { numberText } from "../figures.ts";

const WIDTH = 600;
const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 34;
const TOP = 12;
/** Literal: a picture in a mail knows no stylesheet. Told apart by lightness too. */
const INK = "#1e1d1b";
const QUIET = "#5f5c56";
const LINE = "#e4e1da";
const SERIES = ["#3b4cb8", "#b9bfe8"] as const;

/** A chart as SVG with literal colours, for pictures: its axis from zero, its labels and its marks. */
export const ChartSvg = ({ chart }: { readonly chart: Chart }) => {
  const labels = chart.series[0]?.points.map(({ label }) => label) ?? [];
  const most = max(chart.series.flatMap(({ points }) => points.map(({ value }) => value))) ?? 0;
  const y = scaleLinear([0, most === 0 ? 1 : most], [HEIGHT - BOTTOM, TOP]).nice(4);
  const x = scaleBand(labels, [LEFT, WIDTH - 4]).padding(0.15);
  const every = Math.ceil(labels.length / 9);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      role="img"
      aria-label={chart.caption}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <rect width={WIDTH} height={HEIGHT} fill="#ffffff" />
      {y.ticks(4).map((tick) => (
        <>
          <path d={`M${LEFT} ${y(tick)}H${WIDTH}`} stroke={LINE} />
          <text x={LEFT - 6} y={y(tick) + 4} font-size="11" text-anchor="end" fill={QUIET}>
            {numberText(tick)}
          </text>
        </>
      ))}
      {labels.map((label, at) =>
        at % every === 0 ? (
          <text
            x={(x(label) ?? 0) + x.bandwidth() / 2}
            y={HEIGHT - BOTTOM + 16}
            font-size="10"
            text-anchor="middle"
            fill={QUIET}
          >
            {label.slice(0, 14)}
          </text>
        ) : undefined,
      )}
      {chart.marks
        .filter(({ label }) => labels.includes(label))
        .map(({ label }) => (
          <path
            d={`M${(x(label) ?? 0) + x.bandwidth() / 2} ${TOP}V${HEIGHT - BOTTOM}`}
            stroke={INK}
            stroke-dasharray="2 3"
          />
        ))}
      {chart.shape === "bars"
        ? chart.series.map(({ points }, series) =>
            points.map(({ label, value }) => {
              const width = x.bandwidth() / chart.series.length;
              return (
                <rect
                  x={(x(label) ?? 0) + series * width}
                  y={y(Math.max(0, value))}
                  width={Math.max(1, width - 1)}
                  height={Math.max(0, y(0) - y(Math.max(0, value)))}
                  fill={SERIES[series % 2]}
                />
              );
            }),
          )
        : chart.series.map(({ points }, series) => (
            <path
              d={
                line<(typeof points)[number]>(
                  ({ label }) => (x(label) ?? 0) + x.bandwidth() / 2,
                  ({ value }) => y(Math.max(0, value)),
                )(points) ?? ""
              }
              fill="none"
              stroke={SERIES[series % 2]}
              stroke-width="2"
            />
          ))}
    </svg>
  );
};

/** The text of a picture, without what nothing but text can be drawn from. */
export const chartSvg = (chart: Chart): string => String(<ChartSvg chart={chart} />);
