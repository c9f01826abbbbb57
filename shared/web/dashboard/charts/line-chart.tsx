import { extent } from "d3-array";
import { scaleLinear, scaleUtc } from "d3-scale";
import { line } from "d3-shape";
import { utcFormat } from "d3-time-format";
import { Outside } from "../link.tsx";
import { dayText } from "../time.tsx";
import { Figure, numeral } from "./figure.tsx";

/** A value of a day or moment. */
export interface Point {
  readonly at: string;
  readonly value: number;
}

/** Something that happened to what is measured: the join that no tool holds alone. */
export interface Mark {
  readonly at: string;
  readonly what: "release" | "flag" | "campaign" | "experiment";
  readonly text: string;
  readonly url: string;
}

interface LineProps {
  readonly id: string;
  /** What is measured, with its unit. */
  readonly title: string;
  readonly unit?: string | undefined;
  /** Oldest first; the first series is the one that the caption speaks of. */
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
  readonly marks?: readonly Mark[] | undefined;
}

const WIDTH = 640;
const HEIGHT = 200;
const LEFT = 48;
const RIGHT = 8;
const TOP = 18;
const BOTTOM = 22;
const WEEK_MS = 7 * 86_400_000;
const TICKS = 4;
/** More rows than this nobody reads: the newest are in the table. */
const ROWS = 100;
/** A letter in the picture for each sort of mark; {@link MarkList} spells them out. */
const LETTERS: Readonly<Record<Mark["what"], string>> = { release: "R", flag: "F", campaign: "C", experiment: "E" };

const tick = utcFormat("%-d %b");
const time = ({ at }: { readonly at: string }): number => Date.parse(at);

/** `now 812 accounts, up from 790 a week before` */
export const changeText = (points: readonly Point[], unit = ""): string => {
  const last = points.at(-1);
  if (last === undefined) return "no values yet";
  const amount = (value: number) => `${numeral(value)}${unit === "" ? "" : ` ${unit}`}`;
  const before = points.findLast((point) => time(point) <= time(last) - WEEK_MS);
  if (before === undefined) return `now ${amount(last.value)}`;
  const way = last.value === before.value ? "the same as" : last.value > before.value ? "up from" : "down from";
  return `now ${amount(last.value)}, ${way} ${amount(before.value)} a week before`;
};

/** What the letters over charts stand for, once for all charts of a page. */
export const MarkList = ({ marks }: { readonly marks: readonly Mark[] }) => (
  <ul class="marks" aria-label="Marks on the charts">
    {marks.map(({ at, what, text, url }) => (
      <li>
        <b>{LETTERS[what]}</b> {dayText(at)} <Outside href={url}>{text}</Outside>
      </li>
    ))}
  </ul>
);

/** Values over time as lines, told apart by dash as well as by colour, with marks of what happened meanwhile. */
export const LineChart = ({ id, title, unit, series, marks = [] }: LineProps) => {
  const all = series.flatMap(({ points }) => points);
  const [first, last] = extent(all, time);
  const text = `${title}: ${changeText(series[0]?.points ?? [], unit)}.`;
  if (first === undefined || last === undefined) return <p class="quiet">{text}</p>;
  // One value is a number and no line.
  if (first === last) return <p>{text}</p>;
  const x = scaleUtc([first, last], [LEFT, WIDTH - RIGHT]);
  const values = all.map(({ value }) => value);
  const y = scaleLinear([Math.min(0, ...values), Math.max(...values, 0) || 1], [HEIGHT - BOTTOM, TOP]).nice(TICKS);
  const path = line<Point>(
    (point) => x(time(point)),
    ({ value }) => y(value),
  );
  const shown = marks.filter((mark) => time(mark) >= first && time(mark) <= last);
  const days = [...new Set(all.map(({ at }) => at))].sort().slice(-ROWS).reverse();
  const valueAt = series.map(({ points }) => new Map(points.map(({ at, value }) => [at, value])));
  return (
    <Figure
      id={id}
      caption={text}
      legend={series.map(({ name }) => name)}
      head={["Day", ...series.map(({ name }) => name)]}
      rows={days.map((at) => [
        dayText(at),
        ...valueAt.map((one) => {
          const value = one.get(at);
          return value === undefined ? "" : numeral(value);
        }),
      ])}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
        {y.ticks(TICKS).map((value) => (
          <>
            <path class="grid" d={`M${LEFT} ${y(value)}H${WIDTH - RIGHT}`} />
            <text class="y" x={LEFT - 6} y={y(value) + 4}>
              {numeral(value)}
            </text>
          </>
        ))}
        {x.ticks(6).map((at) => (
          <text class="x" x={x(at)} y={HEIGHT - 6}>
            {tick(at)}
          </text>
        ))}
        {shown.map((mark) => (
          <>
            <path class="mark" d={`M${x(time(mark))} ${TOP}V${HEIGHT - BOTTOM}`} />
            <text class="x" x={x(time(mark))} y={TOP - 5}>
              {LETTERS[mark.what]}
            </text>
          </>
        ))}
        {series.map(({ points }, at) =>
          points.length === 1 ? (
            points.map((point) => <circle class={`s${at % 4}`} cx={x(time(point))} cy={y(point.value)} r="3" />)
          ) : (
            <path class={`s${at % 4}`} d={path(points) ?? ""} />
          ),
        )}
      </svg>
    </Figure>
  );
};
