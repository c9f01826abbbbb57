/** Length of the history in working days: 26 weeks of Monday to Friday. */
export const WORK_DAYS = 130;

/** Working days in one sprint or cycle. */
export const SPRINT_DAYS = 10;

const OFFICE_OPENS = 8.5 * 3600;
const OFFICE_SECONDS = 9 * 3600;
const DAY_MS = 86_400_000;

/**
 * Office time of the made-up company. A position is counted in working days (12.5 is the middle of the thirteenth) and
 * grows with real time, so that order by position is order by time, with nights and weekends left out.
 */
export interface Calendar {
  /** The end of the history. */
  readonly until: number;
  /** Milliseconds since the epoch, in whole seconds, always before `until`. Positions outside the history are clamped. */
  at(position: number): number;
  /** `yyyy-mm-dd` of a working day; days after the history continue the calendar. */
  date(day: number): string;
  /** Midnight UTC at which a working day begins; days after the history continue the calendar. */
  midnight(day: number): number;
}

/** The 130 working days before the date of `until`. */
export const calendar = (until: Date): Calendar => {
  const midnightOfUntil = Math.floor(until.getTime() / DAY_MS) * DAY_MS;
  const past: number[] = [];
  for (let day = midnightOfUntil - DAY_MS; past.length < WORK_DAYS; day -= DAY_MS) if (isWorkDay(day)) past.push(day);
  const days = past.reverse();
  for (let day = midnightOfUntil; days.length < WORK_DAYS * 2; day += DAY_MS) if (isWorkDay(day)) days.push(day);

  const midnight = (day: number): number => {
    const found = days[Math.max(0, Math.min(days.length - 1, Math.floor(day)))];
    if (found === undefined) throw new Error(`no working day ${day}`);
    return found;
  };
  return {
    until: until.getTime(),
    at(position) {
      const inside = Math.max(0, Math.min(WORK_DAYS - 0.0001, position));
      const seconds = OFFICE_OPENS + Math.floor((inside - Math.floor(inside)) * OFFICE_SECONDS);
      return midnight(inside) + seconds * 1000;
    },
    date: (day) => new Date(midnight(day)).toISOString().slice(0, 10),
    midnight,
  };
};

const isWorkDay = (midnight: number): boolean => {
  const weekday = new Date(midnight).getUTCDay();
  return weekday !== 0 && weekday !== 6;
};
