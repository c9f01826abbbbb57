import type { Table } from "../ports/table.ts";
import { type Credential, credentials, holds, revoke, type Who } from "./access.ts";
import { type Audited, audit } from "./audit.ts";
import type { Slice } from "./views.ts";

/** What ends with a key or a member, as it is now. */
export interface MadeWith {
  readonly keys: readonly Credential[];
  readonly shares: readonly Credential[];
}

const everyOne = async (table: Table, kind: "key" | "share"): Promise<readonly Credential[]> => {
  const all: Credential[] = [];
  for (let after: string | undefined; ; ) {
    const page: Slice<Credential> = await credentials(table, kind, after, 500);
    all.push(...page.items);
    after = page.next;
    if (after === undefined) return all;
  }
};

/** A key or a member with all keys that go back to it, over any number of keys in between, those that ended too. */
const makersFrom = (root: string, keys: readonly Credential[]): ReadonlySet<string> => {
  const makers = new Set([root]);
  for (let size = 0; size < makers.size; ) {
    size = makers.size;
    for (const { id, createdBy } of keys) if (makers.has(createdBy.id)) makers.add(id);
  }
  return makers;
};

/** What a key or a member made that still holds, and what was made with those keys. */
export const madeWith = async (table: Table, root: string, now: Date): Promise<MadeWith> => {
  const keys = await everyOne(table, "key");
  const makers = makersFrom(root, keys);
  const isLeft = (one: Credential) => makers.has(one.createdBy.id) && one.id !== root && holds(one, now);
  return { keys: keys.filter(isLeft), shares: (await everyOne(table, "share")).filter(isLeft) };
};

/**
 * Ends what a key or a member made, and what was made with those keys. Whoever calls it has ended the maker before; it is
 * looked again until nothing is left, since a key makes others until the moment when it ends.
 *
 * @param because the act that it follows from, for the audit log: `key.revoke`
 */
export const endMadeWith = async (hub: Audited, by: Who, root: string, because: string): Promise<MadeWith> => {
  const { table, clock } = hub.ports;
  const ended: { keys: Credential[]; shares: Credential[] } = { keys: [], shares: [] };
  for (;;) {
    const { keys, shares } = await madeWith(table, root, clock.now());
    if (keys.length + shares.length === 0) return ended;
    for (const one of [...keys, ...shares]) {
      if (!(await revoke(table, one.kind, one.id, clock.now()))) continue;
      (one.kind === "key" ? ended.keys : ended.shares).push(one);
      await audit(hub, by, `${one.kind}.revoke`, one.id, { name: one.name, because, of: root });
    }
  }
};
