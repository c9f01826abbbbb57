import { expect, it } from "vitest";
import { supportSpike } from "../../shared/lifecycle/support-spike.ts";

const NOW = "2026-03-02T10:00:00.000Z";
const daysAgo = (...days: number[]) => days.map((day) => new Date(Date.parse(NOW) - day * 86_400_000).toISOString());
const each = (count: number, from: number, to: number) =>
  Array.from({ length: count }, (_, at) => from + ((to - from) * at) / count);

it.each([
  ["a week like every other", daysAgo(...each(5, 0, 7), ...each(40, 7, 63)), undefined],
  ["fewer than five, however many are usual", daysAgo(1, 2, 3, 4), undefined],
  ["many more than usual", daysAgo(...each(14, 0, 7), ...each(16, 7, 63)), { tickets: 14, usual: 2 }],
  ["a feature that never had any", daysAgo(1, 2, 3, 4, 5), { tickets: 5, usual: 0 }],
  ["tickets of a time that is not yet, or long past", daysAgo(-1, -2, 70, 80, 90, 100, 110), undefined],
])("tells %s from a spike", (_, openedAt, spike) => {
  expect(supportSpike(openedAt, NOW)).toEqual(spike);
});
