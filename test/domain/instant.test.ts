import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import { corpusText } from "../connector/corpus.ts";

describe("a vendor's way to say a moment", () => {
  it.each<[string, string | number | Date, string]>([
    ["Jira", "2026-03-01T10:00:00.123+0100", "2026-03-01T09:00:00.123Z"],
    ["Jira's changelog", "2026-03-01T10:00:00.000+0000", "2026-03-01T10:00:00.000Z"],
    ["Jira's webhook", 1_772_359_200_123, "2026-03-01T10:00:00.123Z"],
    ["Jira's day", "2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["GitHub", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"],
    ["GitHub's commits", "2026-03-01T10:00:00-08:00", "2026-03-01T18:00:00.000Z"],
    ["Linear", "2026-03-01T10:00:00.123Z", "2026-03-01T10:00:00.123Z"],
    ["an HTTP date", "Sun, 01 Mar 2026 10:00:00 GMT", "2026-03-01T10:00:00.000Z"],
    ["epoch seconds", 1_772_359_200, "2026-03-01T10:00:00.000Z"],
    ["microseconds", "2026-03-01T10:00:00.123456Z", "2026-03-01T10:00:00.123Z"],
    ["no seconds", "2026-03-01T10:00Z", "2026-03-01T10:00:00.000Z"],
    ["a space", "2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00.000Z"],
    ["hours only as a zone", "2026-03-01T10:00:00+01", "2026-03-01T09:00:00.000Z"],
    ["no zone", "2026-03-01T10:00:00", "2026-03-01T10:00:00.000Z"],
    ["a leap second", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"],
    ["a Date", new Date(1_772_359_200_000), "2026-03-01T10:00:00.000Z"],
  ])("is read: %s", (_, told, expected) => {
    expect(maybeInstant(told)).toBe(expected);
    expect(instant(told)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    "",
    " ",
    "soon",
    "PAY-12",
    "March 7",
    "2026-13-01T00:00:00Z",
    "2026-03-01T25:00:00Z",
    "+010000-01-01T00:00:00Z",
    "-000001-01-01T00:00:00Z",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e16,
    253_402_300_800_000,
    new Date(Number.NaN),
  ])("is none: %s", (told) => {
    expect(maybeInstant(told)).toBeUndefined();
    expect(() => instant(told)).toThrow(RangeError);
  });

  it("says no more of what it could not read than its beginning", () => {
    expect(() => instant("x".repeat(500))).toThrow(/^not a moment in time: x{40}$/);
  });

  it("compares as text as it does in time, and is read again as itself", () => {
    const moments = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        expect(instant(a) < instant(b)).toBe(a.getTime() < b.getTime());
        expect(instant(instant(a))).toBe(instant(a));
      }),
    );
  });

  it("is a text of 24 characters or nothing, for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(maybeInstant(text)?.length ?? 24).toBe(24);
      }),
    );
  });

  it("is older than anything when there is none", () => {
    expect(TIMELESS < instant("1970-01-01T00:00:00.001Z")).toBe(true);
  });

  const limits = corpusText("aws.limits.json");
  it.skipIf(limits === undefined)("gives comparable text or nothing for the dates of the corpus", () => {
    const dates = (JSON.parse(limits ?? "[]") as { id: string; s?: string }[]).filter(({ id }) =>
      id.startsWith("date-"),
    );
    const read = dates.map(({ s }) => maybeInstant(s));
    expect(dates.length).toBeGreaterThan(5);
    for (const one of read)
      expect(one ?? "2026-03-01T10:00:00.000Z").toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
  });
});
