import type { Slice } from "../../store/views.ts";

/** Reads of one page at the most: what is hidden in between gives a short page and the place to go on. */
const READS_AT_MOST = 10;

/** Pages of a list without what is hidden: as many reads as it takes for a full one, within bounds. */
export const sifted = async <Item>(
  after: string | undefined,
  limit: number,
  read: (after: string | undefined, limit: number) => Promise<Slice<Item>>,
  visible: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<Slice<Item>> => {
  const items: Item[] = [];
  let place = after;
  for (let reads = 0; reads < READS_AT_MOST && items.length < limit; reads += 1) {
    const slice = await read(place, limit - items.length);
    items.push(...(await visible(slice.items)));
    place = slice.next;
    if (place === undefined) break;
  }
  return { items, next: place };
};
