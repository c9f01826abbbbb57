import { describe, expect, it } from "vitest";
import { type CyclePart, type Frame, type ScopeItem, scopeItem, scopeOf } from "../../shared/domain/cycle-scope.ts";
import type { StatusCategory } from "../../shared/domain/entity.ts";
import type { Estimate, StatusOf } from "../../shared/domain/item-history.ts";

const day = (n: number): string => new Date(Date.UTC(2026, 2, n, 9)).toISOString();
const mapped = <Category extends string>(category: Category) =>
  ({ category, detail: category, id: category, mappedBy: "tool" }) as const;
const statusOf: StatusOf = ({ id }) => mapped(id as StatusCategory);
const points = (value: number): Estimate => ({ value, unit: "points" });

/** Days 1 to 14. */
const CLOSED: Frame = { state: mapped("closed"), startsAt: day(1), endsAt: day(14), completedAt: day(14) };
const ACTIVE: Frame = { state: mapped("active"), startsAt: day(1), endsAt: day(14) };

const part = (
  within: readonly (readonly [from: number, to?: number])[],
  statuses: readonly (readonly [StatusCategory, number])[] = [["todo", 0]],
  estimates: readonly (readonly [number, number])[] = [[3, 0]],
): CyclePart => ({
  id: "wrk_1",
  name: "Sign in",
  tool: "jira",
  url: "https://acme.example/1",
  connectionId: "con_acme",
  status: mapped(statuses.at(-1)?.[0] ?? "todo"),
  within: within.map(([from, to]) => ({
    from: day(from),
    by: "acc_in",
    ...(to !== undefined && { to: day(to), endedBy: "acc_out" }),
  })),
  statuses: statuses.map(([id, from]) => ({ value: { id, name: id }, from: day(from) })),
  estimates: estimates.map(([value, from]) => ({ value: points(value), from: day(from) })),
});
const asked = (frame: Frame, one: CyclePart): ScopeItem => scopeItem(frame, one, statusOf);
const roles = (frame: Frame, one: CyclePart) => asked(frame, one).roles;

describe("an item's part in a cycle", () => {
  it("is the scope at the start if it was in the cycle when that began", () => {
    expect(roles(ACTIVE, part([[-3]]))).toEqual(["at_start"]);
    expect(roles(ACTIVE, part([[1]]))).toEqual(["at_start"]);
  });

  it("is an addition if it came later, with when and by whom", () => {
    const item = asked(ACTIVE, part([[4]]));
    expect(item.roles).toEqual(["added"]);
    expect(item.added).toEqual([{ at: day(4), by: "acc_in" }]);
  });

  it("stays visible when it is taken out, with when and by whom", () => {
    const item = asked(CLOSED, part([[-3, 6]]));
    expect(item.roles).toEqual(["at_start", "removed"]);
    expect(item.removed).toEqual([{ at: day(6), by: "acc_out" }]);
    expect(item.isIn).toBe(false);
  });

  it("is no removal if it came back", () => {
    const item = asked(CLOSED, part([[-3, 6], [8]]));
    expect(item.roles).toEqual(["at_start", "added", "carried_over"]);
    expect(item.removed).toEqual([{ at: day(6), by: "acc_out" }]);
  });

  it("is nothing if it left before the cycle began, or came after it ended", () => {
    expect(roles(CLOSED, part([[-9, -2]]))).toEqual([]);
    expect(roles(CLOSED, part([[16]]))).toEqual([]);
    expect(asked(CLOSED, part([[16]])).isIn).toBe(false);
  });

  it("is completed only by being finished inside the cycle", () => {
    expect(
      asked(
        CLOSED,
        part(
          [[-3]],
          [
            ["todo", 0],
            ["done", 9],
          ],
        ),
      ),
    ).toMatchObject({
      roles: ["at_start", "completed"],
      completedAt: day(9),
    });
    expect(
      roles(
        CLOSED,
        part(
          [[4]],
          [
            ["todo", -9],
            ["done", -2],
          ],
        ),
      ),
    ).toEqual(["added"]);
    expect(
      roles(
        CLOSED,
        part(
          [[-3]],
          [
            ["todo", 0],
            ["done", 20],
          ],
        ),
      ),
    ).toEqual(["at_start", "carried_over"]);
  });

  it("is not completed if it was opened again, nor carried over if it was cancelled", () => {
    expect(
      roles(
        CLOSED,
        part(
          [[-3]],
          [
            ["done", 3],
            ["in_progress", 8],
          ],
        ),
      ),
    ).toEqual(["at_start", "carried_over"]);
    expect(
      roles(
        CLOSED,
        part(
          [[-3]],
          [
            ["todo", 0],
            ["cancelled", 8],
          ],
        ),
      ),
    ).toEqual(["at_start"]);
  });

  it("is carried over, not removed, by a tool that moves what is left while it closes the cycle", () => {
    const leaves = new Date(Date.parse(day(14)) - 60_000).toISOString();
    const moved = { ...part([]), within: [{ from: day(-3), to: leaves }] };
    expect(roles(CLOSED, moved)).toEqual(["at_start", "carried_over"]);
  });

  it("counts with the estimate it came with, and tells estimates that were changed inside the cycle", () => {
    const item = asked(
      CLOSED,
      part(
        [[-3]],
        [["todo", 0]],
        [
          [3, -9],
          [5, -2],
          [8, 6],
          [13, 20],
        ],
      ),
    );
    expect([item.estimateAtEntry, item.estimate]).toEqual([points(5), points(8)]);
    expect(item.estimateChanges).toEqual([{ at: day(6), from: points(5), to: points(8) }]);
  });

  it("has no role in a cycle that has not begun, but is planned for it", () => {
    const future: Frame = { state: mapped("future"), startsAt: day(1) };
    expect(asked(future, part([[-3]]))).toMatchObject({ roles: [], isIn: true });
    expect(asked(future, part([[-3, -2]]))).toMatchObject({ roles: [], isIn: false });
  });
});

describe("the scope of a cycle", () => {
  it("sums points where there are some and counts what is not estimated", () => {
    const items = [
      asked(
        CLOSED,
        part(
          [[-3]],
          [
            ["todo", 0],
            ["done", 9],
          ],
          [
            [2, 0],
            [3, 5],
          ],
        ),
      ),
      asked(CLOSED, part([[4]], [["todo", 0]], [[0.1, 0]])),
      asked(CLOSED, part([[4, 6]], [["todo", 0]], [[0.2, 0]])),
      asked(CLOSED, { ...part([[4]]), estimates: [{ value: null, from: day(0) }] }),
    ];
    expect(scopeOf(items)).toEqual({
      at_start: { items: 1, points: 2, hours: 0, unestimated: 0 },
      added: { items: 3, points: 0.3, hours: 0, unestimated: 1 },
      removed: { items: 1, points: 0.2, hours: 0, unestimated: 0 },
      completed: { items: 1, points: 3, hours: 0, unestimated: 0 },
      carried_over: { items: 2, points: 0.1, hours: 0, unestimated: 1 },
      current: { items: 3, points: 3.1, hours: 0, unestimated: 1 },
      estimateChanges: 1,
    });
    const [first, second, ...others] = items;
    if (first === undefined || second === undefined) throw new Error("two items at least");
    expect(scopeOf(others, scopeOf([second], scopeOf([first])))).toEqual(scopeOf(items));
  });
});
