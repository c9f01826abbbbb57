import type { HubEvent } from "../../domain/event.ts";
import type { Views } from "../../store/views.ts";
import { hiddenWords, redactedEvent } from "./redacted.ts";

type Read = Pick<Views, "productsOf" | "evidence" | "connections">;

/**
 * Whether somebody who may see some products only may be told of an event, and that event: without the other products, and
 * without what names a record of theirs.
 *
 * @param products ids
 */
export const tellable = async (
  views: Read,
  products: readonly string[],
  event: HubEvent,
): Promise<HubEvent | undefined> => {
  const { data } = event;
  const isMine = (ids: readonly string[] | undefined) => ids?.some((id) => products.includes(id)) === true;
  const visibleOf = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const found = await views.productsOf(ids);
    return new Set(ids.filter((id) => isMine(found.get(id))));
  };
  if ("productIds" in data) {
    if (!isMine(data.productIds)) return undefined;
    const own = data.productIds.filter((id) => products.includes(id));
    const told = { ...event, data: { ...data, productIds: own } } as HubEvent;
    return "feature" in data ? redactedEvent(told, await hiddenWords(views, data.feature.id, visibleOf)) : told;
  }
  if ("product" in data) return products.includes(data.product.id) ? event : undefined;
  if ("connection" in data) {
    const of = (await views.connections()).find(({ id }) => id === data.connection.id)?.productIds ?? [];
    return of.length > 0 && of.every((id) => products.includes(id)) ? event : undefined;
  }
  // Sums over everything, persons and links cannot be told by product.
  if (/^(?:records|identity|link)\./.test(event.name)) return undefined;
  const named = Object.entries(data).flatMap(([name, part]) => (NAMING.has(name) ? [(part as { id: string }).id] : []));
  const ids = named.length > 0 ? named : [event.subject];
  return (await visibleOf(ids)).size === ids.length ? event : undefined;
};

/** Parts of an event that say whose it is: all of them must be seen. */
const NAMING: ReadonlySet<string> = new Set(["feature", "record", "feedback", "initiative"]);
