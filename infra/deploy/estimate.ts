import type { HubConfig } from "../../shared/platform/define-hub.ts";

/** Dollars, list prices, without any free tier but that of the one queue. */
export interface Estimate {
  /** A month in which nothing changes, by connection. */
  readonly idle: Readonly<Record<string, number>>;
  readonly idleTotal: number;
  /** A million changed work items, the dearest of the configured tools. */
  readonly perMillion: { readonly byPoll: number; readonly byWebhook: number };
}

const MEASURED_AT_MINUTES = 5;
const UNITS: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440 };

/** The cells of every row of a page's tables. */
const rowsOf = (page: string): string[][] =>
  page.split("\n").flatMap((line) =>
    line.startsWith("| ")
      ? [
          line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  );

/**
 * What a config costs, from the figures that `docs/cost.md` was written with. A tool without figures counts as the dearest.
 *
 * @param page text of docs/cost.md
 */
export const estimateOf = ({ connections }: HubConfig, page: string): Estimate => {
  const rows = rowsOf(page);
  const idle = new Map(
    rows.filter(({ length }) => length === 2).map(([tool = "", dollars]) => [tool, Number(dollars)]),
  );
  const dearest = Math.max(...[...idle.values()].filter(Number.isFinite));
  const byConnection = Object.entries(connections).map(
    ([name, { connector, pollEvery = `${MEASURED_AT_MINUTES}m` }]) => {
      const minutes = Math.max(1, Number(pollEvery.slice(0, -1)) * (UNITS[pollEvery.slice(-1)] ?? 1));
      return [name, ((idle.get(connector) ?? dearest) * MEASURED_AT_MINUTES) / minutes] as const;
    },
  );
  const tools = new Set(Object.values(connections).map(({ connector }) => connector));
  const million = (what: string): number => {
    const found = rows.filter(([tool = "", told]) => told === what && idle.has(tool));
    const ours = found.filter(([tool = ""]) => tools.has(tool));
    return Math.max(0, ...(ours.length > 0 ? ours : found).map((row) => Number(row.at(-1))));
  };
  return {
    idle: Object.fromEntries(byConnection),
    idleTotal: byConnection.reduce((sum, [, dollars]) => sum + dollars, 0),
    perMillion: {
      byPoll: million("a changed work item, by poll"),
      byWebhook: million("a changed work item, by webhook"),
    },
  };
};
