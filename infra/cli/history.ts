import type { Course } from "../../shared/domain/interval.ts";
import type { ItemHistory, TimeInStatus } from "../../shared/domain/item-history.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import { shownHistory } from "../../shared/store/shown-history.ts";
import { type Command, EXIT } from "./command.ts";
import { noWorkItem } from "./feature-named.ts";
import { openStore } from "./open-store.ts";
import { plain } from "./show.ts";

export const history: Command = {
  usage: "throughline history <key>",
  does: "a work item over all its time: statuses, people, cycles, estimates and keys as intervals, and the time in each status",
  words: [1, 1],
  async run({ words: [key = ""], json, terminal }) {
    const store = await openStore(terminal);
    try {
      const item = await store.views.workItem(key);
      if (item === undefined) return await noWorkItem(store.views, key);
      const past = await store.views.itemHistory(item);
      if (json) {
        const told = { id: item.id, key: item.source.key ?? null, name: item.fields.title, ...shownHistory(past) };
        terminal.out(`${JSON.stringify(snakeKeys(told))}\n`);
        return EXIT.ok;
      }
      const nameOf = (id: string | undefined) => id && plain(past.people.get(id)?.name ?? "");
      terminal.out(`${plain(item.source.key ?? item.id)}  ${plain(item.fields.title)}\n`);
      for (const { title, course } of coursesOf(past)) {
        if (course.intervals.length === 0) continue;
        terminal.out(`\n${title}${doubts(course)}\n`);
        for (const { value, from, to, by } of course.intervals) {
          const who = nameOf(by);
          terminal.out(`  ${minute(from)}  ${to === undefined ? "now".padEnd(16) : minute(to)}  ${plain(value)}`);
          terminal.out(`${who ? `, by ${who}` : ""}\n`);
        }
      }
      terminal.out("\nTime in status\n");
      for (const time of past.timeInStatus) terminal.out(`  ${timeLine(time)}\n`);
      return EXIT.ok;
    } finally {
      store.close();
    }
  },
};

/** Each field's course with its values in words. */
const coursesOf = ({ status, assignees, cycles, parent, estimate, keys }: ItemHistory) => [
  {
    title: "Status",
    course: inWords(status, ({ detail, category }) => `${detail} (${category.replaceAll("_", " ")})`),
  },
  { title: "Assignee", course: inWords(assignees, (value) => value?.name ?? value?.id ?? "nobody") },
  { title: "Cycle", course: inWords(cycles, ({ name, id }) => name ?? id ?? "") },
  { title: "Parent", course: inWords(parent, (value) => value?.name ?? value?.id ?? "none") },
  {
    title: "Estimate",
    course: inWords(estimate, (value) => (value === null ? "none" : `${value.value} ${value.unit}`)),
  },
  { title: "Key", course: inWords(keys, (value) => value?.name ?? "") },
];

const inWords = <Value>({ intervals, ...rest }: Course<Value>, words: (value: Value) => string): Course<string> => ({
  ...rest,
  intervals: intervals.map((interval) => ({ ...interval, value: words(interval.value) })),
});

const doubts = ({ agrees, isComplete }: Course<string>): string =>
  `${isComplete ? "" : " (its tool left out some change)"}${agrees ? "" : " (its history does not end in the present value)"}`;

const minute = (at: string): string => at.slice(0, 16).replace("T", " ");

const timeLine = ({ category, seconds, since }: TimeInStatus): string => {
  const now = since === undefined ? "" : `${seconds > 0 ? " and " : ""}since ${minute(since)}`;
  return `${category.replaceAll("_", " ").padEnd(12)} ${seconds > 0 || since === undefined ? days(seconds) : ""}${now}`;
};

const days = (seconds: number): string =>
  seconds >= 86_400 ? `${(seconds / 86_400).toFixed(1)} days` : `${(seconds / 3600).toFixed(1)} hours`;
