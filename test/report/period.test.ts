import { describe, expect, it } from "vitest";
import { daysFrom, type PeriodLength, periodId, periodOf, previousOf, startOf } from "../../shared/report/period.ts";
import { awsCron, lengthOf, runAfter, runUpTo, scheduleWords, skippedDay } from "../../shared/report/schedule.ts";
import { anomaliesOf, changeOf, sparkline, trendOf } from "../../shared/report/statistics.ts";

const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"] as const;
const at = (time: string) => new Date(time);
const id = (length: PeriodLength, zone: string, time: string) => periodId(periodOf(length, zone, "monday", at(time)));

describe("a period", () => {
  it("is the last one that is over in its own zone, never a part of one", () => {
    // Monday 00:30 in Berlin is still Sunday in UTC and in New York.
    expect(id("week", "Europe/Berlin", "2026-11-22T23:30:00Z")).toBe("2026-11-16_2026-11-22");
    expect(id("week", "UTC", "2026-11-22T23:30:00Z")).toBe("2026-11-09_2026-11-15");
    expect(id("day", "Asia/Kolkata", "2026-11-22T18:30:00Z")).toBe("2026-11-22_2026-11-22");
    expect(id("month", "America/New_York", "2026-03-01T04:59:00Z")).toBe("2026-01-01_2026-01-31");
    expect(id("month", "America/New_York", "2026-03-01T05:00:00Z")).toBe("2026-02-01_2026-02-28");
  });

  it("begins weeks where its report does", () => {
    const week = (start: "monday" | "sunday" | "saturday") =>
      periodId(periodOf("week", "Europe/Berlin", start, at("2026-11-25T10:00:00Z")));
    expect([week("monday"), week("sunday"), week("saturday")]).toEqual([
      "2026-11-16_2026-11-22",
      "2026-11-15_2026-11-21",
      "2026-11-14_2026-11-20",
    ]);
  });

  it("has 167 hours in the week when the clocks go on, 169 when they go back", () => {
    const hours = (time: string) => {
      const { start, end } = periodOf("week", "Europe/Berlin", "monday", at(time));
      return (Date.parse(end) - Date.parse(start)) / 3_600_000;
    };
    expect(hours("2026-03-30T07:00:00Z")).toBe(167);
    expect(hours("2026-10-26T07:00:00Z")).toBe(169);
    expect(hours("2026-11-23T07:00:00Z")).toBe(168);
  });

  it("begins when the clocks do where they skip midnight", () => {
    // Cairo went from 00:00 to 01:00 on 24 April 2026.
    expect(startOf("2026-04-24", "Africa/Cairo")).toBe("2026-04-23T22:00:00.000Z");
    expect(startOf("2026-04-25", "Africa/Cairo")).toBe("2026-04-24T21:00:00.000Z");
  });

  it.each(ZONES)("joins the one before it without a gap through two years in %s", (zone) => {
    for (const length of ["week", "month"] as const) {
      let period = periodOf(length, zone, "monday", at("2027-12-31T12:00:00Z"));
      for (let n = 0; n < (length === "week" ? 104 : 24); n++) {
        const before = previousOf(period);
        expect(before.end).toBe(period.start);
        if (length === "week") expect(daysFrom(before.first, before.last)).toBe(6);
        period = before;
      }
    }
  });

  it("of a day is compared with the same weekday", () => {
    expect(periodId(previousOf(periodOf("day", "UTC", "monday", at("2026-11-24T09:00:00Z"))))).toBe(
      "2026-11-16_2026-11-16",
    );
  });
});

describe("a schedule", () => {
  it("tells what period it is for, and itself in words", () => {
    expect(["0 9 * * 1", "0 9 * * 1-5", "0 7 1 * *", "0 7 * * *"].map(lengthOf)).toEqual([
      "week",
      "day",
      "month",
      "day",
    ]);
    expect(scheduleWords("0 9 * * 1", "Europe/Berlin")).toBe("Mondays 09:00 Europe/Berlin");
    expect(scheduleWords("5 7 1 * *", "UTC")).toBe("Day 1 of each month 07:05 UTC");
  });

  it("comes at its own hour in summer and winter, the moment itself included when looking back", () => {
    expect(runAfter("0 9 * * 1", "Europe/Berlin", at("2026-10-20T00:00:00Z")).toISOString()).toBe(
      "2026-10-26T08:00:00.000Z",
    );
    expect(runAfter("0 9 * * 1", "Europe/Berlin", at("2026-10-19T00:00:00Z")).toISOString()).toBe(
      "2026-10-19T07:00:00.000Z",
    );
    expect(runUpTo("0 9 * * 1", "UTC", at("2026-11-23T09:00:00Z")).toISOString()).toBe("2026-11-23T09:00:00.000Z");
    expect(runUpTo("0 9 * * 1", "UTC", at("2026-11-23T08:59:59.500Z")).toISOString()).toBe("2026-11-16T09:00:00.000Z");
  });

  it("is warned of where the clocks skip its time, and nowhere else", () => {
    expect(skippedDay("30 2 * * *", "Europe/Berlin", at("2026-11-23T00:00:00Z"))).toBe("2027-03-28");
    expect(skippedDay("30 2 * * 1", "Europe/Berlin", at("2026-11-23T00:00:00Z"))).toBeUndefined();
    expect(skippedDay("30 2 * * *", "Asia/Kolkata", at("2026-11-23T00:00:00Z"))).toBeUndefined();
  });

  it("is written for EventBridge Scheduler by the names of weekdays", () => {
    expect(["0 9 * * 1", "5 7 1 * *", "30 6 * * 1-5,0", "0 0 * * *"].map(awsCron)).toEqual([
      "cron(0 9 ? * MON *)",
      "cron(5 7 1 * ? *)",
      "cron(30 6 ? * SUN,MON,TUE,WED,THU,FRI *)",
      "cron(0 0 * * ? *)",
    ]);
  });
});

describe("statistics", () => {
  /** Twelve weeks with their own shape of a week, each day a little apart. */
  const days = Array.from({ length: 84 }, (_, n) => ({
    day: new Date(Date.UTC(2026, 8, 7) + n * 86_400_000).toISOString().slice(0, 10),
    value: (n % 7 > 4 ? 40 : 100) + (n % 3),
  }));
  const last = days.at(-1)?.day ?? "";
  const first = days.at(-7)?.day ?? "";
  const withLast = (...values: number[]) =>
    days.map((one, n) => ({ ...one, value: values[n - (days.length - values.length)] ?? one.value }));

  it("find no unusual day in quiet weeks, weekends included", () => {
    expect(anomaliesOf(days, first, last)).toEqual([]);
  });

  it("tell one day only when it is beyond twice its usual value, two when they lie on one side", () => {
    expect(anomaliesOf(withLast(70), first, last)).toEqual([]);
    expect(anomaliesOf(withLast(95), first, last)).toMatchObject([{ day: last, value: 95, usual: 41 }]);
    expect(anomaliesOf(withLast(70, 70), first, last)).toHaveLength(2);
    expect(anomaliesOf(withLast(70, 10), first, last)).toMatchObject([{ value: 10 }]);
  });

  it("say nothing of a series that is too young", () => {
    expect(anomaliesOf(withLast(500).slice(-21), first, last)).toEqual([]);
  });

  it("compare with nothing as with nothing", () => {
    expect([changeOf(5, 0), changeOf(undefined, 3), changeOf(3, 4), changeOf(-2, -4)]).toEqual([
      undefined,
      undefined,
      -0.25,
      0.5,
    ]);
    expect([trendOf([1, 2, 3, 4]), trendOf([4, 4, 900, 4, 4]), trendOf([9, 6, 3])]).toEqual([
      "rising",
      "flat",
      "falling",
    ]);
    expect(sparkline([0, 5, 10])).toBe("▁▅█");
  });
});
