import { createContext, useContext } from "hono/jsx";
import { dayOf } from "../../domain/day.ts";
import type { Instant } from "../../domain/instant.ts";

/** The time zone that moments of a page are told in. */
export const Zone = createContext("UTC");

const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "numeric" });

/** British English has four letters for September alone; reasons, reports and mails write three. */
const inThree = (text = ""): string => text.replace("Sept", "Sep");

const clocks = new Map<string, Intl.DateTimeFormat>();
const clockIn = (zone: string): Intl.DateTimeFormat => {
  const held = clocks.get(zone);
  if (held !== undefined) return held;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
  clocks.set(zone, made);
  return made;
};

const partsIn = (at: Instant, zone: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    clockIn(zone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );

/** `22 Nov 2026` */
export const dayText = (at: Instant): string => inThree(day.format(new Date(at)));

/** `22 Nov 2026 09:58 UTC`; never relative, so that a page stays the same while nothing changes. */
const momentText = (at: Instant, zone: string): string => {
  const { day: of, month: name, year, hour, minute, timeZoneName } = partsIn(at, zone);
  return `${of} ${inThree(name)} ${year} ${hour}:${minute} ${timeZoneName}`;
};

/** What tools give that know no time. */
const EPOCH = "1970-01-01";

export const Day = ({ at }: { readonly at: Instant }) =>
  at.startsWith(EPOCH) ? <span>an unknown day</span> : <time datetime={at.slice(0, 10)}>{dayText(at)}</time>;

/** The day, in a zone, that a moment lies on. */
export const DayIn = ({ at, zone }: { readonly at: Instant; readonly zone: string }) => (
  <time datetime={dayOf(at, zone)}>{dayText(dayOf(at, zone))}</time>
);

export const Moment = ({ at }: { readonly at: Instant }) => (
  <time datetime={at}>{momentText(at, useContext(Zone))}</time>
);

/** Hours and minutes of a moment whose day stands above. */
export const Clock = ({ at }: { readonly at: Instant }) => {
  const { hour, minute } = partsIn(at, useContext(Zone));
  return <time datetime={at.slice(0, 16)}>{`${hour}:${minute}`}</time>;
};

/** Things under the day on which each happened, in the zone of the page; in the order in which they come. */
export const useDays = <Thing,>(things: readonly Thing[], at: (thing: Thing) => Instant): [Day: string, Thing[]][] => {
  const zone = useContext(Zone);
  return [...Map.groupBy(things, (thing) => dayOf(at(thing), zone))];
};

/** A promised date, no more exact than it was promised. */
const targetText = (date: string, resolution: string | undefined): string => {
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) return date;
  const year = at.getUTCFullYear();
  if (resolution === "year") return String(year);
  if (resolution === "half_year") return `H${at.getUTCMonth() < 6 ? 1 : 2} ${year}`;
  if (resolution === "quarter") return `Q${Math.floor(at.getUTCMonth() / 3) + 1} ${year}`;
  return inThree((resolution === "month" ? month : day).format(at));
};

export const Target = ({ date, resolution }: { readonly date: string; readonly resolution?: string | undefined }) => (
  <time datetime={date}>{targetText(date, resolution)}</time>
);
