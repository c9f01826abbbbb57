import { dayOf } from "../../domain/day.ts";
import type { Instant } from "../../domain/instant.ts";

const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit" });

/** `22 Nov 2026` */
export const dayText = (at: Instant): string => day.format(new Date(at));

/** `22 Nov 2026 09:58 UTC`; never relative, so that a page stays the same while nothing changes. */
const momentText = (at: Instant): string => `${dayText(at)} ${clock.format(new Date(at))} UTC`;

export const Day = ({ at }: { readonly at: Instant }) => <time datetime={at}>{dayText(at)}</time>;

/** The day, in a zone, that a moment lies on. */
export const DayIn = ({ at, zone }: { readonly at: Instant; readonly zone: string }) => (
  <time datetime={at}>{dayText(dayOf(at, zone))}</time>
);

export const Moment = ({ at }: { readonly at: Instant }) => <time datetime={at}>{momentText(at)}</time>;

/** Hours and minutes of a moment whose day stands above. */
export const Clock = ({ at }: { readonly at: Instant }) => <time datetime={at}>{clock.format(new Date(at))}</time>;

/** A promised date, no more exact than it was promised. */
const targetText = (date: string, resolution: string | undefined): string => {
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) return date;
  const year = at.getUTCFullYear();
  if (resolution === "year") return String(year);
  if (resolution === "half_year") return `H${at.getUTCMonth() < 6 ? 1 : 2} ${year}`;
  if (resolution === "quarter") return `Q${Math.floor(at.getUTCMonth() / 3) + 1} ${year}`;
  return (resolution === "month" ? month : day).format(at);
};

export const Target = ({ date, resolution }: { readonly date: string; readonly resolution?: string | undefined }) => (
  <time datetime={date}>{targetText(date, resolution)}</time>
);
