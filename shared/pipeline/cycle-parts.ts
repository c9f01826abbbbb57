import { type CyclePart, cycleParts } from "../domain/cycle-scope.ts";
import type { Entity } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import type { Table } from "../ports/table.ts";
import { update } from "../store/entities.ts";
import { cyclePartKey } from "../store/keys.ts";

/**
 * Keeps a work item's part with every cycle that it is or ever was in, so that a cycle finds what was taken out of it.
 *
 * @param before cycles that hold a part of it already
 * @returns cycles that hold one now; one that the item was never in after all keeps an empty part
 */
export const putCycleParts = async (
  table: Table,
  item: Entity<"workItem">,
  history: readonly HistoryEntry[],
  before: readonly string[],
): Promise<string[]> => {
  const parts = cycleParts(item, history);
  const cycles = [...new Set([...before, ...parts.keys()])].sort();
  for (const cycle of cycles) {
    const wanted = parts.get(cycle);
    await update<CyclePart>(table, cyclePartKey(cycle, item.id), (held) => {
      const data = wanted ?? (held && { ...held.data, within: [] });
      return data === undefined || JSON.stringify(data) === JSON.stringify(held?.data) ? undefined : { data };
    });
  }
  return cycles;
};
