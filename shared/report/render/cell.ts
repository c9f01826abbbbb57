import type { Cell, Chart, Figure, Report, Table } from "../document.ts";
import { changeText, numberText, shareText } from "../figures.ts";
import { periodWords } from "../period.ts";
import { sparkline } from "../statistics.ts";

type Kind = Table["columns"][number]["kind"];

/** A cell in words, as every format for people shows it. */
export const cellText = (cell: Cell | undefined, kind: Kind = "text"): string => {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "object") return cell.text;
  if (typeof cell === "string") return cell;
  if (kind === "share") return shareText(cell);
  return kind === "change" ? changeText(cell) : numberText(cell);
};

export const cellUrl = (cell: Cell | undefined): string | undefined =>
  typeof cell === "object" && cell !== null ? cell.url : undefined;

/** A figure in words: `12 min, before 9 (+33%)`. */
export const figureText = ({ value, unit, previous, change, note }: Figure): string => {
  const now = value === null ? "not known" : `${numberText(value)}${unit === undefined ? "" : ` ${unit}`}`;
  const before = previous === undefined || previous === null ? "" : `, before ${numberText(previous)}`;
  const by = change === undefined || change === null ? "" : ` (${changeText(change)})`;
  return `${now}${before}${by}${note === undefined ? "" : `; ${note}`}`;
};

/** `Mon 16 Nov 2026 to Sun 22 Nov 2026, Europe/Berlin, weeks from Monday` */
export const coverText = ({ period }: Report): string =>
  `${periodWords(period)}, ${period.zone}${period.length === "week" ? `, weeks from ${period.weekStart.charAt(0).toUpperCase()}${period.weekStart.slice(1)}` : ""}`;

/** A chart as one line for each series: bars as text, with its first and last value. */
export const chartLines = ({ series, shape }: Chart): string[] =>
  series
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => {
      const values = points.map(({ value }) => value);
      const told =
        shape === "bars"
          ? points.map(({ label, value }) => `${label} ${numberText(value)}`).join(", ")
          : `${points[0]?.label} ${numberText(values[0] ?? 0)} to ${points.at(-1)?.label} ${numberText(values.at(-1) ?? 0)}`;
      return `${name}: ${sparkline(values)} ${told}`;
    });

export const moreText = (more: number): string => `…and ${numberText(more)} more`;

/** `since the report up to 15 Nov 2026: 3 shipped, 2 slipped` */
export const countsText = ({ changed }: Report): string =>
  `${changed.base}: ${changed.counts.map(({ word, count }) => `${numberText(count)} ${word}`).join(", ") || "nothing"}`;

export const changeLine = ({ what, change, why }: Report["changed"]["rows"][number]): string =>
  `${what}: ${change}${why === "" ? "" : ` (${why})`}`;
