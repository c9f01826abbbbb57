import { isKind } from "../domain/entity.ts";
import {
  type AccountName,
  accountIdOf,
  type IdentityAccount,
  identify,
  identityKeys,
  identityOf,
  isTelling,
  type Person,
  personIdOf,
} from "../domain/identity.ts";
import type { Row } from "../ports/table.ts";
import { entitiesById, type StoredEntity } from "../store/entities.ts";
import { entityKey, identifiedKey, lists, personKey } from "../store/keys.ts";
import { type Identified, type StoredPerson, setSharer, sharing } from "../store/people.ts";
import { breathe } from "./give-way.ts";
import type { Hub } from "./hub.ts";

/** An account with all that is stored about whose it is, and about the person that would be called after it. */
interface Near {
  /** Undefined for bots and for accounts that are gone. */
  readonly account: IdentityAccount | undefined;
  readonly version: number;
  readonly keys: readonly string[];
  readonly held: Row<Identified> | undefined;
  readonly person: Row<StoredPerson> | undefined;
}

/** Whose an account is now. */
type Owner = Pick<Identified, "personId" | "rule">;

/**
 * Brings the persons behind accounts up to date: of these accounts and of all that share a key with them, never of all.
 * Any order and any repetition give the same rows; a row that would not change is not written.
 */
export const identifyAccounts = async (hub: Hub, accountIds: Iterable<string>): Promise<void> => {
  const done = new Set<string>();
  for (const id of accountIds) {
    if (done.has(id)) continue;
    await breathe();
    for (;;) {
      const near = await neighbourhood(hub, id);
      for (const one of near.keys()) done.add(one);
      // Somebody wrote one of these rows since it was read: what follows from them is worked out anew.
      if (await store(hub, near)) break;
    }
  }
};

/** Accounts of a connection that a name of the config may mean. */
export const accountsNamed = async (hub: Hub, { connectionId, keys }: AccountName): Promise<string[]> => {
  const { table } = hub.ports;
  const ids: string[] = [];
  for (const key of keys) ids.push(...(await sharing(table, key)));
  const found = await entitiesById(table, ids);
  return ids.filter((id) => found.get(id)?.source.connectionId === connectionId);
};

/**
 * All accounts that may belong to one person with this one. Rows are read before the keys that decide about them, and
 * an account's keys are written before others are looked up: of two that come at once, at least one sees the other.
 */
const neighbourhood = async (hub: Hub, start: string): Promise<Map<string, Near>> => {
  const { table } = hub.ports;
  const near = new Map<string, Near>();
  let wave = [start];
  while (wave.length > 0) {
    const next = new Set<string>();
    for (const [id, one] of await read(hub, wave)) {
      near.set(id, one);
      const keys = new Set([...one.keys, ...(one.held?.data.keys ?? [])]);
      const { version } = one;
      const isNoted = one.held?.data.version === version;
      for (const key of isNoted ? [] : one.keys) await setSharer(table, key, { account: id, version, gone: false });
      for (const key of keys) if (isTelling(key)) for (const other of await sharing(table, key)) next.add(other);
      for (const other of await together(hub, one)) next.add(other);
    }
    wave = [...next].filter((id) => !near.has(id));
  }
  return near;
};

const read = async (hub: Hub, ids: readonly string[]): Promise<Map<string, Near>> => {
  const rows = await hub.ports.table.getMany<unknown>(
    ids.flatMap((id) => [entityKey(id), identifiedKey(id), personKey(personIdOf(id))]),
  );
  const at = new Map(rows.map((row) => [`${row.pk} ${row.sk}`, row]));
  const row = <Data>({ pk, sk }: { readonly pk: string; readonly sk: string }) =>
    at.get(`${pk} ${sk}`) as Row<Data> | undefined;
  return new Map(
    ids.map((id) => {
      const entity = row<StoredEntity>(entityKey(id))?.data;
      const account = isKind(entity, "account") ? identityOf(entity) : undefined;
      const keys = account === undefined ? [] : identityKeys(account);
      const person = row<StoredPerson>(personKey(personIdOf(id)));
      return [id, { account, version: entity?.version ?? 0, keys, held: row<Identified>(identifiedKey(id)), person }];
    }),
  );
};

/** Accounts that were one person's with this one so far, and that the config says are. */
const together = async (hub: Hub, { account, held, person }: Near): Promise<string[]> => {
  const before = [
    ...(held?.data.personId == null ? [] : [accountIdOf(held.data.personId)]),
    ...(person?.data.accounts ?? []).map(({ id }) => id),
  ];
  const { people } = await hub.mapping();
  const declared = account === undefined ? [] : people.naming(account).own.flatMap(({ accounts }) => accounts);
  const named: string[] = [];
  for (const name of declared) named.push(...(await accountsNamed(hub, name)));
  return [...before, ...named];
};

/**
 * Writes persons first, then what is noted at their accounts: after a crash in between, the notes still tell that the
 * work is undone, and the persons are found written.
 *
 * @returns false if another writer came between
 */
const store = async (hub: Hub, near: ReadonlyMap<string, Near>): Promise<boolean> => {
  const { table } = hub.ports;
  if ([...near.values()].some(({ version, held }) => (held?.data.version ?? 0) > version)) return false;
  const accounts = [...near.values()].flatMap(({ account }) => account ?? []);
  const persons = new Map(identify(accounts, (await hub.mapping()).people).map((person) => [person.id, person]));
  const notes = new Map<string, Owner>();
  for (const { id: personId, accounts: held } of persons.values())
    for (const { id, rule } of held) notes.set(id, { personId, rule });
  for (const [id, { person }] of near) {
    const personId = personIdOf(id);
    const row = personRow(hub, { personId, held: person, wanted: persons.get(personId), near, notes });
    if (row !== undefined && !(await table.put(row))) return false;
  }
  for (const [id, { version, keys, held }] of near) {
    for (const key of held?.data.keys ?? [])
      if (!keys.includes(key)) await setSharer(table, key, { account: id, version, gone: true });
    const data: Identified = { ...held?.data, version, keys, ...(notes.get(id) ?? { personId: null, rule: null }) };
    if (JSON.stringify(data) === JSON.stringify(held?.data)) continue;
    if (!(await table.put({ ...identifiedKey(id), version: (held?.version ?? 0) + 1, data }))) return false;
  }
  return true;
};

/** The row that a person needs now, or undefined if it stands so already. */
const personRow = (
  hub: Hub,
  change: {
    readonly personId: string;
    readonly held: Row<StoredPerson> | undefined;
    readonly wanted: Person | undefined;
    readonly near: ReadonlyMap<string, Near>;
    readonly notes: ReadonlyMap<string, Owner>;
  },
): Row<StoredPerson> | undefined => {
  const { personId, held, wanted, near, notes } = change;
  if (wanted === undefined && (held === undefined || held.data.gone)) return undefined;
  const now = wanted ?? goneFrom(held?.data);
  if (now === undefined) return undefined;
  const gone = wanted === undefined;
  if (JSON.stringify(meaningOf(held?.data)) === JSON.stringify({ ...meaningOf(now), gone })) return undefined;
  const before = (id: string) => near.get(id)?.held?.data.personId ?? personIdOf(id);
  const data: StoredPerson = {
    ...now,
    version: (held?.data.version ?? 0) + 1,
    recordedAt: hub.ports.clock.now().toISOString(),
    gone,
    from: distinct(now.accounts.map(({ id }) => before(id))),
    to: distinct((held?.data.accounts ?? []).map(({ id }) => notes.get(id)?.personId ?? "")),
  };
  const list = gone ? undefined : lists.ofPerson(data.state, data.name, personId);
  return { ...personKey(personId), version: (held?.version ?? 0) + 1, data, ...(list && { list }) };
};

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

const goneFrom = (held: StoredPerson | undefined): Person | undefined =>
  held && { id: held.id, name: held.name, state: held.state, accounts: [], mayBe: [], conflicts: [] };

/** What people see of it. */
const meaningOf = (person: (Person & { readonly gone?: boolean }) | undefined) =>
  person && {
    name: person.name,
    slug: person.slug,
    state: person.state,
    accounts: person.accounts,
    mayBe: person.mayBe,
    conflicts: person.conflicts,
    gone: person.gone,
  };
