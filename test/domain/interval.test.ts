import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HistoryEntry, PastValue } from "../../shared/domain/history.ts";
import { courseOf, membershipOf } from "../../shared/domain/interval.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
const CREATED = at(0);
const LATE = at(5000);
const value = (id: string | null): PastValue | null => (id === null ? null : { id, name: `the ${id}` });
const entry = (id: string, minute: number, from: string | null, to: string | null, by = "kim"): HistoryEntry => ({
  id,
  at: at(minute),
  by,
  changes: [{ field: "status", from: value(from), to: value(to) }],
});
const past = (history: readonly HistoryEntry[], changedAt = LATE) => ({ createdAt: CREATED, changedAt, history });
const ids = (
  intervals: readonly { readonly value: PastValue | null; readonly from: string; readonly to?: string | undefined }[],
) => intervals.map(({ value, from, to }) => [value?.id ?? null, from, to ?? null]);

/** What a field went through: minutes between changes (0: at the same moment) and values, neighbours never alike. */
const lives = fc
  .tuple(
    fc.option(fc.constantFrom("a", "b", "c")),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.option(fc.constantFrom("a", "b", "c", "d"))), {
      maxLength: 12,
    }),
  )
  .map(([first, moves]) => {
    const stays: { readonly value: string | null; readonly minute: number }[] = [{ value: first, minute: 0 }];
    let minute = 0;
    for (const [wait, next] of moves) {
      minute += wait;
      if (stays.at(-1)?.value !== next) stays.push({ value: next, minute });
    }
    return stays;
  });
type Life = readonly { readonly value: string | null; readonly minute: number }[];
const entriesOf = (life: Life): HistoryEntry[] =>
  life.slice(1).map(({ value, minute }, index) => entry(`h${index}`, minute, life[index]?.value ?? null, value));
const presentOf = (life: Life) => value(life.at(-1)?.value ?? null);
const truth = (life: Life) =>
  life.map(({ value, minute }, index) => {
    const next = life[index + 1];
    return [value, at(minute), next === undefined ? null : at(next.minute)];
  });

it("a value that was left and taken again within one moment was there all the time", () => {
  const at = "2026-03-02T10:00:00.000Z";
  const change = (id: string, from: string, to: string) => ({
    id,
    at,
    changes: [{ field: "status", from: { id: from }, to: { id: to } }],
  });
  const past = { createdAt: "2026-03-01T10:00:00.000Z", changedAt: at };
  for (const history of [
    [change("1", "closed", "open"), change("2", "open", "closed")],
    [change("2", "closed", "open"), change("1", "open", "closed")],
  ])
    expect(courseOf("status", { ...past, history }, { id: "open" })).toEqual({
      intervals: [{ value: { id: "open" }, from: past.createdAt }],
      agrees: true,
      isComplete: true,
    });
});

describe("the course of a field with one value", () => {
  it("is what the field went through, whatever the order and repetition of its entries", async () => {
    await fc.assert(
      fc.property(lives, fc.func(fc.integer()), (life, order) => {
        const told = entriesOf(life);
        const mixed = [...told, ...told].map((one, index) => ({ one, place: order(index) }));
        const history = mixed.sort((a, b) => a.place - b.place).map(({ one }) => one);
        const course = courseOf("status", past(history), presentOf(life));
        expect(ids(course.intervals)).toEqual(truth(life));
        expect(course).toMatchObject({ agrees: true, isComplete: true });
      }),
    );
  });

  it("has no gap, begins with the record and ends in the present value, even where entries are missing", async () => {
    await fc.assert(
      fc.property(lives, fc.func(fc.boolean()), fc.option(fc.constantFrom("a", "b", "e")), (life, keeps, present) => {
        const history = entriesOf(life).filter(({ id }) => keeps(id));
        const { intervals, agrees } = courseOf("status", past(history), value(present));
        expect(intervals[0]?.from).toBe(CREATED);
        expect(intervals.at(-1)).toMatchObject({ value: value(present) });
        expect(intervals.at(-1)?.to).toBeUndefined();
        for (const [index, { to, from, value: held }] of intervals.entries()) {
          const next = intervals[index + 1];
          expect(to).toBe(next?.from);
          if (to !== undefined) expect(from < to).toBe(true);
          expect(held?.id === next?.value?.id && next !== undefined).toBe(false);
        }
        const last = history.at(-1)?.changes[0]?.to?.id;
        expect(agrees).toBe(history.length === 0 || (last ?? null) === present);
      }),
    );
  });

  it("says that a change between is missing", () => {
    const history = [entry("1", 1, "a", "b"), entry("3", 3, "c", "d")];
    const course = courseOf("status", past(history), value("d"));
    expect(course).toMatchObject({ agrees: true, isComplete: false });
    expect(ids(course.intervals)).toEqual([
      ["a", CREATED, at(1)],
      ["b", at(1), at(3)],
      ["d", at(3), null],
    ]);
  });

  it("puts a present value that history does not lead to behind it, and says so", () => {
    const course = courseOf("status", past([entry("1", 1, "a", "b")], at(7)), value("c"));
    expect(course).toMatchObject({ agrees: false, isComplete: true });
    expect(ids(course.intervals)).toEqual([
      ["a", CREATED, at(1)],
      ["b", at(1), at(7)],
      ["c", at(7), null],
    ]);
  });

  it("follows the chain of changes that share one moment, however their entries are called", () => {
    const history = [entry("9", 2, "d", "a"), entry("1", 2, "a", "c"), entry("5", 2, "c", "b")];
    const course = courseOf("status", past(history), value("b"));
    expect(course).toMatchObject({ agrees: true, isComplete: true });
    expect(ids(course.intervals)).toEqual([
      ["d", CREATED, at(2)],
      ["b", at(2), null],
    ]);
  });

  it("finds an order of changes that share moments, from the first value to the last, whatever order they come in", async () => {
    const few = fc.option(fc.constantFrom("a", "b", "c"));
    const moves = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), few), { minLength: 1, maxLength: 14 });
    await fc.assert(
      fc.property(few, moves, fc.func(fc.integer()), (first, moves, order) => {
        const life = [{ value: first, minute: 1 }];
        for (const [wait, next] of moves) {
          const { value, minute } = life.at(-1) ?? { value: null, minute: 1 };
          if (next !== value) life.push({ value: next, minute: minute + wait });
        }
        const told = entriesOf(life);
        const history = told
          .map((one, index) => ({ one: { ...one, id: `h${order(index)} ${index}` }, place: order(-index) }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        const course = courseOf("status", past(history), presentOf(life));
        expect(course).toMatchObject({ agrees: true, isComplete: true });
        // What held when a moment had passed is certain, whatever came and went within it.
        const ends = life.filter(({ minute }, index) => minute !== life[index + 1]?.minute);
        const stays = [
          { value: first, from: CREATED },
          ...ends.map(({ value, minute }) => ({ value, from: at(minute) })),
        ];
        const changes = stays.filter(({ value }, index) => index === 0 || value !== stays[index - 1]?.value);
        expect(course.intervals.map(({ value, from }) => ({ value: value?.id ?? null, from }))).toEqual(changes);
      }),
      { numRuns: 300 },
    );
  });

  it("begins a moment that leads back to its beginning at what the next moment begins with", () => {
    const history = [
      entry("1", 1, "a", "b"),
      entry("2", 1, "b", "a"),
      entry("3", 2, "b", "c"),
      entry("4", 2, "c", "a"),
      entry("5", 2, "a", "d"),
    ];
    const course = courseOf("status", past(history), value("d"));
    expect(course).toMatchObject({ agrees: true, isComplete: true });
    expect(ids(course.intervals)).toEqual([
      ["b", CREATED, at(2)],
      ["d", at(2), null],
    ]);
  });

  it("goes on from the value before, also where history does not lead to the present", () => {
    const history = [entry("1", 1, "a", "b"), entry("2", 2, "b", "a"), entry("3", 2, "a", "b")];
    const course = courseOf("status", past(history, at(7)), value("z"));
    expect(course).toMatchObject({ agrees: false, isComplete: true });
    expect(ids(course.intervals)).toEqual([
      ["a", CREATED, at(1)],
      ["b", at(1), at(7)],
      ["z", at(7), null],
    ]);
  });

  it("follows values that are told by their names alone where others have ids", () => {
    const plan = (id: string, from: PastValue | null, to: PastValue | null): HistoryEntry => ({
      id,
      at: at(1),
      changes: [{ field: "parent", from, to }],
    });
    const [m, z] = [{ name: "m" }, { name: "z" }];
    const history = [plan("1", z, m), plan("2", m, z)];
    const course = courseOf("parent", past(history), { id: "9", name: "z" });
    expect(course).toEqual({
      intervals: [{ value: { id: "9", name: "z" }, from: CREATED }],
      agrees: true,
      isComplete: true,
    });
  });

  it.each([
    ["each of a moment of its own", 1],
    ["all of one moment", 0],
  ])("takes time by the number of changes alone: 150,000 of them, %s", (_, minutes) => {
    const names = ["a", "b", "c"];
    const history = Array.from({ length: 150_000 }, (_, index) =>
      entry(`h${index}`, minutes * index, names[index % 3] ?? "", names[(index + 1) % 3] ?? ""),
    );
    const began = performance.now();
    const course = courseOf("status", past(history, at(150_000)), value("a"));
    // About one second; looking through all of them for each took nearly twenty.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(course).toMatchObject({ agrees: true, isComplete: true });
    // The first value held for no time; within one moment nothing but the last did.
    expect(course.intervals).toHaveLength(minutes === 0 ? 1 : 150_000);
  });

  it("goes by ids, so that a new name is no change", () => {
    const history: HistoryEntry[] = [
      {
        id: "1",
        at: at(1),
        changes: [{ field: "status", from: { id: "1", name: "Open" }, to: { id: "2", name: "Doing" } }],
      },
    ];
    const course = courseOf("status", past(history), { id: "2", name: "In progress" });
    expect(course.agrees).toBe(true);
    expect(course.intervals.at(-1)).toEqual({ value: { id: "2", name: "In progress" }, from: at(1) });
  });

  it("tells who began and who ended a stay", () => {
    const history = [entry("1", 1, "a", "b", "kim"), entry("2", 2, "b", "c", "lee")];
    expect(courseOf("status", past(history), value("c")).intervals[1]).toMatchObject({ by: "kim", endedBy: "lee" });
  });
});

const member = (id: string, minute: number, from: string | null, to: string | null): HistoryEntry => ({
  ...entry(id, minute, from, to),
  changes: [{ field: "cycle", from: value(from), to: value(to), isOneOfMany: true }],
});

describe("the course of a field with several values", () => {
  /** For each value the minutes at which it turned from absent to present or back; absent or present at first. */
  const crowds = fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.record({ first: fc.boolean(), turns: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }) }),
  );

  it("is when each value came and went, whatever the order and repetition of its entries", async () => {
    await fc.assert(
      fc.property(crowds, fc.func(fc.integer()), (crowd, order) => {
        const history: { readonly one: HistoryEntry; readonly place: number }[] = [];
        const expected: unknown[] = [];
        const present: PastValue[] = [];
        for (const [id, { first, turns }] of Object.entries(crowd)) {
          let isIn = first;
          let from = CREATED;
          for (const minute of turns.toSorted((a, b) => a - b)) {
            const one = member(`${id}${minute}`, minute, isIn ? id : null, isIn ? null : id);
            history.push({ one, place: order(one.id) }, { one, place: order(`${one.id} again`) });
            if (isIn) expected.push([id, from, at(minute)]);
            isIn = !isIn;
            from = at(minute);
          }
          if (first !== (turns.length % 2 === 1)) {
            expected.push([id, from, null]);
            present.push({ id });
          }
        }
        const told = history.sort((a, b) => a.place - b.place).map(({ one }) => one);
        const course = membershipOf("cycle", past(told), present);
        expect(course).toMatchObject({ agrees: true, isComplete: true });
        expect(ids(course.intervals).sort()).toEqual(expected.sort());
      }),
    );
  });

  it("keeps what was taken out again", () => {
    const course = membershipOf("cycle", past([member("1", 3, null, "a"), member("2", 8, "a", "b")]), [{ id: "b" }]);
    expect(ids(course.intervals)).toEqual([
      ["a", at(3), at(8)],
      ["b", at(8), null],
    ]);
    expect(course.agrees).toBe(true);
  });

  it("has no stay of what came and went within one moment, unless it is there at present", () => {
    const history = [member("1", 3, null, "a"), member("2", 3, "a", "b"), member("3", 8, "b", "c")];
    const course = membershipOf("cycle", past(history), [{ id: "c" }]);
    expect(ids(course.intervals)).toEqual([
      ["b", at(3), at(8)],
      ["c", at(8), null],
    ]);
    expect(course.agrees).toBe(true);
    const back = membershipOf("cycle", past([member("1", 3, "a", null), member("2", 3, null, "a")]), [{ id: "a" }]);
    expect(ids(back.intervals)).toEqual([["a", CREATED, null]]);
    expect(back.agrees).toBe(true);
  });

  it("says where the present has more or fewer than history leads to", () => {
    const history = [member("1", 3, null, "a"), member("2", 4, "b", null)];
    const course = membershipOf("cycle", past(history, at(9)), [{ id: "b" }]);
    expect(course.agrees).toBe(false);
    expect(ids(course.intervals)).toEqual([
      ["b", CREATED, at(4)],
      ["a", at(3), at(9)],
      ["b", at(9), null],
    ]);
  });

  it("says that a value joined twice, or left twice, without the change between", () => {
    const course = membershipOf("cycle", past([member("1", 3, null, "a"), member("2", 4, null, "a")]), [{ id: "a" }]);
    expect(course.isComplete).toBe(false);
    expect(ids(course.intervals)).toEqual([["a", at(3), null]]);
  });
});
