import { addDays } from "../../report/period.ts";
import type { Identity } from "../access/identity.ts";
import { reportsFor } from "../access/reports-for.ts";
import type { WebDeps } from "../web-deps.ts";
import { address } from "./link.tsx";
import { Inside } from "./visitor.tsx";

/** So far the slider reaches. */
export const SLIDER_DAYS = 90;
const WEEKS = Array.from({ length: Math.floor(SLIDER_DAYS / 7) + 1 }, (_, week) => week * 7);

const PRESETS: readonly (readonly [days: number, word: string])[] = [
  [7, "a week ago"],
  [30, "a month ago"],
  [91, "a quarter ago"],
];

/** The last day that the newest product report is about; undefined where there is none that they may see. */
export const lastReportDay = async (deps: WebDeps, identity: Identity): Promise<string | undefined> => {
  const report = reportsFor(deps, identity).find(({ kind }) => kind === "product");
  const runs = report && (await deps.reports?.runs(report.name, undefined, 1));
  return runs?.items[0]?.document?.period.last;
};

/** Ways to another time: days that people ask for often, and a slider over the last three months. A link and a form each. */
export const TimeTravel = ({
  path,
  parameters,
  name,
  today,
  lastReport,
}: {
  readonly path: string;
  /** What the address says beside it. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** Whether the presets show another time or compare with one. */
  readonly name: "as_of" | "compare";
  readonly today: string;
  readonly lastReport: string | undefined;
}) => {
  const label = name === "as_of" ? "Look back" : "Compare with";
  const links = [
    ...PRESETS.map(([days, word]) => [addDays(today, -days), word] as const),
    ...(lastReport === undefined ? [] : [[lastReport, "the last report"] as const]),
  ];
  const others = Object.entries(parameters).filter(([key, value]) => key !== "as_of" && value);
  return (
    <Inside>
      {" "}
      <div class="times">
        <nav aria-label={label}>
          <span class="quiet">{label}</span>{" "}
          {links.map(([day, word]) => (
            <a
              href={address(path, { ...parameters, [name]: day })}
              aria-current={parameters[name] === day ? "true" : undefined}
            >
              {word}
            </a>
          ))}
        </nav>
        <form class="slide" action={path} aria-label="Days back">
          {others.map(([key, value]) => (
            <input type="hidden" name={key} value={value} />
          ))}
          <label>
            <span>{SLIDER_DAYS} days ago … now</span>
            <input
              type="range"
              name="ago"
              dir="rtl"
              min={0}
              max={SLIDER_DAYS}
              value={String(daysBack(today, parameters["as_of"]))}
              list="weeks"
            />
          </label>
          <datalist id="weeks">
            {WEEKS.map((days) => (
              <option value={String(days)} />
            ))}
          </datalist>
          <button type="submit">Show</button>
        </form>
      </div>
    </Inside>
  );
};

const daysBack = (today: string, asOf: string | undefined): number => {
  const days = Math.round((Date.parse(today) - Date.parse(asOf?.slice(0, 10) ?? today)) / 86_400_000);
  return Math.min(SLIDER_DAYS, Math.max(0, Number.isNaN(days) ? 0 : days));
};

/**
 * What the slider sends is days back: the address that holds the day itself, so that a link shows the same tomorrow;
 * undefined where nothing was slid.
 */
export const slidTo = (url: URL, today: string): string | undefined => {
  const ago = url.searchParams.get("ago");
  if (ago === null) return undefined;
  const search = new URLSearchParams(url.search);
  search.delete("ago");
  const days = Number(ago);
  if (Number.isInteger(days) && days > 0 && days <= 3650) search.set("as_of", addDays(today, -days));
  return `${url.pathname}${search.size > 0 ? `?${search}` : ""}`;
};
