import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, endOfDay, isZone, nextDay } from "../../shared/domain/day.ts";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Pacific/Kiritimati",
  "Etc/GMT+12",
  "Africa/Cairo",
];

describe("the end of a day", () => {
  it.each([
    ["2026-11-01", "UTC", "2026-11-01T23:59:59.999Z"],
    ["2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.999Z"],
    ["2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.999Z"],
    ["2026-11-01", "America/New_York", "2026-11-02T04:59:59.999Z"],
    // Cairo's clocks go forward at midnight: the day begins at one.
    ["2026-04-23", "Africa/Cairo", "2026-04-23T21:59:59.999Z"],
    // Samoa left out 30 December 2011.
    ["2011-12-30", "Pacific/Apia", "2011-12-30T09:59:59.999Z"],
  ])("of %s in %s is %s", (day, zone, end) => {
    expect(endOfDay(day, zone)).toBe(end);
  });

  it("is the last moment of it, and the next one is the first of the next, in every zone and year", () => {
    const day = fc
      .date({ min: new Date("2020-01-01"), max: new Date("2032-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.constantFrom(...ZONES), (one, zone) => {
        const end = endOfDay(one, zone);
        expect([dayOf(end, zone), dayOf(Date.parse(end) + 1, zone)]).toEqual([one, nextDay(one)]);
      }),
      { numRuns: 200 },
    );
  });

  it("is told of zones that there are", () => {
    expect(["Europe/Berlin", "UTC", "Mars/Olympus", ""].map(isZone)).toEqual([true, true, false, false]);
  });
});
