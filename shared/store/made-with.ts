import type { Table } from "../ports/table.ts";
import { type Credential, credentials, holds, revoke, type Who } from "./access.ts";
import { allEndpoints } from "./all-endpoints.ts";
import { type Audited, audit } from "./audit.ts";
import { update } from "./entities.ts";
import { endpointKey, lists } from "./keys.ts";
import type { Slice } from "./views.ts";
import type { StoredEndpoint } from "./webhook-rows.ts";

/** What ends with a key or a member, as it is now. */
export interface MadeWith {
  readonly keys: readonly Credential[];
  readonly shares: readonly Credential[];
  /** Of webhooks: disabled, not ended. */
  readonly endpoints: readonly StoredEndpoint[];
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
  const endpoints = (await allEndpoints(table)).filter(
    ({ maker, disabled }) => maker !== undefined && makers.has(maker) && disabled?.isMakerGone !== true,
  );
  return { keys: keys.filter(isLeft), shares: (await everyOne(table, "share")).filter(isLeft), endpoints };
};

/** Nothing more goes to it until an administrator takes it over; a person's pause ends with it. @returns whether something changed */
const disable = async (hub: Audited, { id }: StoredEndpoint): Promise<boolean> =>
  update<StoredEndpoint>(hub.ports.table, endpointKey(id), (row) => {
    if (row === undefined || row.data.state === "removed" || row.data.disabled?.isMakerGone === true) return undefined;
    const { maker = "", disabled } = row.data;
    const reason = maker.startsWith("key_")
      ? "the key that made it was revoked: an administrator can take it over"
      : "whoever made it is no member any more: an administrator can take it over";
    const changedAt = hub.ports.clock.now().toISOString();
    const data = { ...row.data, state: "disabled", disabled: { ...disabled, reason, isMakerGone: true }, changedAt };
    return { data: data as StoredEndpoint, list: lists.ofEndpoint(id) };
  });

/**
 * Ends what a key or a member made, and what was made with those keys; their webhook endpoints are disabled. Whoever calls it has ended the maker before; it is
 * looked again until nothing is left, since a key makes others until the moment when it ends.
 *
 * @param because the act that it follows from, for the audit log: `key.revoke`
 */
export const endMadeWith = async (hub: Audited, by: Who, root: string, because: string): Promise<MadeWith> => {
  const { table, clock } = hub.ports;
  const ended = { keys: [] as Credential[], shares: [] as Credential[], endpoints: [] as StoredEndpoint[] };
  for (;;) {
    const { keys, shares, endpoints } = await madeWith(table, root, clock.now());
    if (keys.length + shares.length + endpoints.length === 0) return ended;
    for (const one of [...keys, ...shares]) {
      if (!(await revoke(table, one.kind, one.id, clock.now()))) continue;
      (one.kind === "key" ? ended.keys : ended.shares).push(one);
      await audit(hub, by, `${one.kind}.revoke`, one.id, { name: one.name, because, of: root });
    }
    for (const one of endpoints) {
      if (!(await disable(hub, one))) continue;
      ended.endpoints.push(one);
      await audit(hub, by, "webhook_endpoint.disable", one.id, { host: new URL(one.url).host, because, of: root });
    }
  }
};
