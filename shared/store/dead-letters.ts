import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import { update } from "./entities.ts";
import { quarantineKey } from "./keys.ts";
import type { Quarantined } from "./views.ts";

/** The day on which the payload came, as its archive address says it. */
const dayOf = (rawRef: string): string => rawRef.split("/")[1] ?? "";

const keyOf = ({ connectionId, rawRef, id }: Pick<Quarantined, "connectionId" | "rawRef" | "id">) =>
  quarantineKey(connectionId.replace(/^con_/, ""), dayOf(rawRef), id);

/** What people call a record that was set aside: its day, then its id, so that one read finds it. */
export const letterName = ({ rawRef, id }: Pick<Quarantined, "rawRef" | "id">): string => `${dayOf(rawRef)}.${id}`;

/** The record of a connection that is called so. @param connectionId or the connection's name */
export const letterNamed = async (
  table: Table,
  connectionId: string,
  name: string,
): Promise<Quarantined | undefined> => {
  const [, day = "", id = ""] = /^(\d{4}-\d{2}-\d{2})\.([\w-]{1,64})$/.exec(name) ?? [];
  if (id === "") return undefined;
  const { pk, sk } = quarantineKey(connectionId.replace(/^con_/, ""), day, id);
  return (await table.get<Quarantined>(pk, sk))?.data;
};

/**
 * Ends the wait of a record that was set aside: it was read after all, or nobody wants it. What was discarded stays so,
 * however often its payload is read again.
 *
 * @returns whether it waited until now
 */
export const endWait = (
  table: Table,
  letter: Pick<Quarantined, "connectionId" | "rawRef" | "id">,
  how: { readonly at: Instant; readonly discarded?: true },
): Promise<boolean> =>
  update<Quarantined>(table, keyOf(letter), (held) =>
    held === undefined || held.data.resolvedAt !== undefined
      ? undefined
      : { data: { ...held.data, resolvedAt: how.at, ...(how.discarded && { discarded: true }) } },
  );
