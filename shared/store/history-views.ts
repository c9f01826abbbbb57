import { type CyclePart, NO_SCOPE, type ScopeItem, scopeItem, scopeOf } from "../domain/cycle-scope.ts";
import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import { itemHistory, namedIn, type StatusOf } from "../domain/item-history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Row, Table } from "../ports/table.ts";
import { entitiesById, entityById, historyOf } from "./entities.ts";
import { cyclePartKey, partition } from "./keys.ts";
import type { People, Views } from "./views.ts";

/** Rows of one read of a cycle's items. */
const PAGE = 500;
/** Rows looked at for one page at the most: a role that few items have gives a short page and the place to go on. */
const LOOK_AT_MOST = 2000;

type Reads = Pick<Views, "itemHistory" | "cycle" | "cycleScope" | "cycleItems">;

/**
 * The reads of {@link Views} that look into the past.
 *
 * @param statusOf the words of a connection as they are mapped today
 */
export const historyViews = (table: Table, statusOf: (connectionId: string) => Promise<StatusOf>): Reads => {
  const partsOf = async (cycle: string, after: string | undefined, limit: number): Promise<CyclePart[]> => {
    const rows: Row<CyclePart>[] = await table.query<CyclePart>({
      pk: partition.ofEntity(cycle),
      prefix: "M#",
      limit,
      ...(after !== undefined && { after: cyclePartKey(cycle, after).sk }),
    });
    return rows.map(({ data }) => data);
  };

  /** In pages, each with the mapping of its cycle. */
  async function* itemsOf(
    cycle: Entity<"cycle">,
    after: string | undefined,
    size: number,
  ): AsyncGenerator<ScopeItem[]> {
    const words = await statusOf(cycle.source.connectionId);
    for (let place = after; ; ) {
      const parts = await partsOf(cycle.id, place, size);
      yield parts.map((part) => scopeItem(cycle.fields, part, words));
      place = parts.at(-1)?.id;
      if (parts.length < size || place === undefined) return;
    }
  }

  const peopleOf = async (ids: readonly (string | undefined)[]): Promise<People> => {
    const wanted = [...new Set(ids.filter((id) => id !== undefined))];
    const found = await entitiesById(table, wanted);
    return new Map(
      wanted.map((id) => {
        const account = found.get(id);
        return [id, { id, ...(account !== undefined && { name: nameOf(account) }) }];
      }),
    );
  };

  return {
    async itemHistory(item) {
      const history = await historyOf(table, item.id);
      const named = await entitiesById(table, namedIn(item, history));
      const words = await statusOf(item.source.connectionId);
      const told = itemHistory(item, history, words, (id) => named.get(id));
      const { status, assignees, cycles, parent, estimate, keys } = told;
      const people = [status, assignees, cycles, parent, estimate, keys].flatMap(({ intervals }) =>
        intervals.flatMap(({ by, endedBy }) => [by, endedBy]),
      );
      return { ...told, people: await peopleOf(people) };
    },
    async cycle(id) {
      if (kindOf(id) !== "cycle") return undefined;
      const found = await entityById(table, id);
      return isKind(found, "cycle") ? found : undefined;
    },
    async cycleScope(cycle) {
      let scope = NO_SCOPE;
      for await (const page of itemsOf(cycle, undefined, PAGE)) scope = scopeOf(page, scope);
      return scope;
    },
    async cycleItems(cycle, role, after, limit) {
      const items: ScopeItem[] = [];
      let next: string | undefined;
      let looked = 0;
      let place = after;
      walk: for await (const page of itemsOf(cycle, after, Math.min(PAGE, limit + 1))) {
        for (const item of page) {
          if (items.length === limit || looked === LOOK_AT_MOST) {
            next = place;
            break walk;
          }
          looked += 1;
          place = item.part.id;
          // Empty: the item was never in it after all, or is deleted.
          if (item.part.within.length > 0 && (role === undefined || item.roles.includes(role))) items.push(item);
        }
      }
      const people = items.flatMap(({ part }) => part.within.flatMap(({ by, endedBy }) => [by, endedBy]));
      const others = items.flatMap(({ estimateChanges }) => estimateChanges.map(({ by }) => by));
      return { items, next, people: await peopleOf([...people, ...others]) };
    },
  };
};
