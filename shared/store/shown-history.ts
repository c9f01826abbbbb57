import type { Course } from "../domain/interval.ts";
import type { ItemHistory } from "../domain/item-history.ts";
import type { People } from "./views.ts";

/** Somebody or something by id and name, null where that is not known. */
interface Named {
  readonly id: string | null;
  readonly name: string | null;
}

const named = ({ id, name }: { readonly id?: string | undefined; readonly name?: string | undefined }): Named => ({
  id: id ?? null,
  name: name ?? null,
});

/** A person as surfaces name them: the account's id, and its name where it is known. */
export const person = (people: People, id: string | undefined): Named | null =>
  id === undefined ? null : named(people.get(id) ?? { id });

/** A work item's history as API and command line tell it: each field's intervals, and the time in each status category. */
export const shownHistory = (history: ItemHistory & { readonly people: People }) => {
  const { status, assignees, cycles, parent, estimate, keys, people } = history;
  const told = <Value, Shown extends object>(
    { agrees, isComplete, intervals }: Course<Value>,
    shown: (value: Value) => Shown,
  ) => ({
    agrees,
    isComplete,
    intervals: intervals.map(({ value, from, to, by, endedBy }) => ({
      ...shown(value),
      from,
      to: to ?? null,
      by: person(people, by),
      endedBy: person(people, endedBy),
    })),
  });
  return {
    intervals: {
      status: told(status, (value) => ({ status: value })),
      assignees: told(assignees, (value) => ({ assignee: value && named(value) })),
      cycles: told(cycles, (value) => ({ cycle: named(value) })),
      parent: told(parent, (value) => ({ parent: value && named(value) })),
      estimate: told(estimate, (value) => ({ estimate: value })),
      keys: told(keys, (value) => ({ key: value?.name ?? null })),
    },
    timeInStatus: history.timeInStatus.map(({ category, seconds, since }) => ({
      category,
      seconds,
      since: since ?? null,
    })),
  };
};
