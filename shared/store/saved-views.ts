import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import { rowsOf, update } from "./entities.ts";
import { partition, savedViewKey } from "./keys.ts";

/** A view that somebody gave a name: the address holds all of it. */
export interface SavedView {
  readonly name: string;
  /** A path of this hub with its parameters. */
  readonly address: string;
  /** Who saved it. */
  readonly by: { readonly id: string; readonly name: string };
  readonly at: Instant;
}

export interface SavedViews {
  /** By name. */
  list(): Promise<readonly SavedView[]>;
  /** In place of the one with that name. @throws HubError invalid_parameter where there are too many */
  save(view: SavedView): Promise<void>;
  remove(name: string): Promise<void>;
}

/** More than anybody finds their way in. */
const AT_MOST = 100;

interface Kept extends SavedView {
  readonly isRemoved: boolean;
}

/** Views saved in a hub, for everybody who uses it. */
export const savedViews = (table: Table): SavedViews => {
  const list = async (): Promise<SavedView[]> => {
    const found: SavedView[] = [];
    for await (const { data } of rowsOf<Kept>(table, partition.ofSavedViews, ""))
      if (!data.isRemoved) found.push({ name: data.name, address: data.address, by: data.by, at: data.at });
    return found.sort((a, b) => a.name.localeCompare(b.name));
  };
  return {
    list,
    async save(view) {
      const held = await list();
      if (held.length >= AT_MOST && !held.some(({ name }) => name === view.name))
        throw new HubError("invalid_parameter", `there are ${AT_MOST} saved views: remove one first`, {
          retry: "never",
        });
      await update<Kept>(table, savedViewKey(view.name), (row) => ({
        data: { ...(row?.data.isRemoved === false && row.data), ...view, isRemoved: false },
      }));
    },
    async remove(name) {
      await update<Kept>(table, savedViewKey(name), (row) =>
        row === undefined || row.data.isRemoved ? undefined : { data: { ...row.data, isRemoved: true } },
      );
    },
  };
};
