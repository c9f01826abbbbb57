import type { HistoryEntry } from "./history.ts";
import type { Instant } from "./instant.ts";

/** A promise that became another one. */
export interface TargetMove {
  readonly at: Instant;
  /** `2026-04-10` */
  readonly from: string;
  readonly to: string;
}

const TARGET_FIELDS: ReadonlySet<string> = new Set(["target", "targetDate", "dueAt"]);
const DAY = /^\d{4}-\d{2}-\d{2}/;

/** When the target of a feature or an initiative went from one day to another, oldest first; being set or taken away is no move. */
export const targetMoves = (history: readonly HistoryEntry[]): TargetMove[] => {
  const moves = history.flatMap(({ at, changes }) =>
    changes.flatMap(({ field, from, to }): TargetMove[] => {
      if (!TARGET_FIELDS.has(field)) return [];
      const [was, is] = [from, to].map((value) => DAY.exec(value?.name ?? value?.id ?? "")?.[0]);
      return was === undefined || is === undefined || was === is ? [] : [{ at, from: was, to: is }];
    }),
  );
  const unique = new Map(moves.map((move) => [`${move.at} ${move.from} ${move.to}`, move]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, move]) => move);
};

/** The day first promised and how often it moved; nothing of a promise that stands as it was made. */
export const promiseOf = (
  history: readonly HistoryEntry[],
): { readonly firstTargetDate?: string; readonly targetMoves?: number } => {
  const moves = targetMoves(history);
  const [first] = moves;
  return first === undefined ? {} : { firstTargetDate: first.from, targetMoves: moves.length };
};
