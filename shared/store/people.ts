import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import { accountIdOf, type IdentityRule, PERSON_STATES, type Person, type PersonState } from "../domain/identity.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import type { Row, Table } from "../ports/table.ts";
import { entitiesById, rowsOf, update } from "./entities.ts";
import { identifiedKey, lists, partition, personKey, sharerKey } from "./keys.ts";
import type { AccountView, PersonView, Slice, Views } from "./views.ts";

/** What identification last did for an account: under which keys it stands, and whose it is. */
export interface Identified {
  /** Of the account as it was looked at. */
  readonly version: number;
  readonly keys: readonly string[];
  /** Null for bots and for accounts that are gone. */
  readonly personId: string | null;
  readonly rule: IdentityRule | null;
}

/** A person as stored, with what the last change did, so that publication can say it. */
export interface StoredPerson extends Person {
  /** Rises by exactly 1 with each change. */
  readonly version: number;
  readonly recordedAt: Instant;
  /** No account is left here; its smallest account tells where they went. */
  readonly gone: boolean;
  /** Whose its accounts were before. */
  readonly from: readonly string[];
  /** Whose the accounts that it had before are now; empty text for nobody's. */
  readonly to: readonly string[];
}

/** Accounts under an identity key. */
export const sharing = async (table: Table, key: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { sk, data } of rowsOf<{ gone: boolean }>(table, partition.ofIdentityKey(key), ""))
    if (!data.gone) found.push(sk);
  return found;
};

/**
 * Says that an account stands, or no longer stands, under an identity key.
 *
 * @param version of the account that says so: what a newer one said stays
 */
export const setSharer = async (
  table: Table,
  key: string,
  { account, version, gone }: { readonly account: string; readonly version: number; readonly gone: boolean },
): Promise<void> => {
  await update<{ gone: boolean; version: number }>(table, sharerKey(key, account), (held) => {
    if (held === undefined ? gone : held.data.version > version) return undefined;
    const isSaid = held?.data.version === version && held.data.gone === gone;
    return isSaid ? undefined : { data: { gone, version } };
  });
};

/** Stored persons of a state, by name, page by page. */
const inState = (table: Table, state: PersonState, after: string | undefined, limit: number) =>
  table.query<StoredPerson>({
    pk: lists.persons(state),
    by: "list",
    limit,
    ...(after !== undefined && { after }),
  });

/** Every person, those that wait for somebody first. */
export async function* everyPerson(table: Table): AsyncGenerator<StoredPerson> {
  for (const state of PERSON_STATES) {
    for (let after: string | undefined; ; ) {
      const rows: Row<StoredPerson>[] = await inState(table, state, after, 500);
      for (const { data } of rows) yield data;
      after = rows.at(-1)?.list?.sk;
      if (rows.length < 500) break;
    }
  }
}

const personRows = async (table: Table, ids: readonly string[]): Promise<Map<string, StoredPerson>> => {
  const rows = await table.getMany<StoredPerson>([...new Set(ids)].map(personKey));
  return new Map(rows.filter(({ data }) => !data.gone).map(({ data }) => [data.id, data]));
};

/** The reads of people that {@link Views} makes; each page costs the same few reads however many it shows. */
export const peopleViews = (table: Table): Pick<Views, "people" | "person" | "peopleCounts" | "accounts"> => ({
  async people(states, after, limit) {
    const [from = PERSON_STATES[0], place] = after === undefined ? [] : (after.split(" ", 2) as [PersonState, string]);
    const found: { readonly person: StoredPerson; readonly at: string }[] = [];
    for (const state of PERSON_STATES.slice(PERSON_STATES.indexOf(from))) {
      if (states !== undefined && !states.includes(state)) continue;
      const wanted = limit + 1 - found.length;
      const rows = wanted > 0 ? await inState(table, state, state === from ? place : undefined, wanted) : [];
      found.push(...rows.map(({ data, list }) => ({ person: data, at: `${state} ${list?.sk}` })));
    }
    const shown = found.slice(0, limit);
    const items = await shownAs(
      table,
      shown.map(({ person }) => person),
    );
    return { items, next: found.length > limit ? shown.at(-1)?.at : undefined } satisfies Slice<PersonView>;
  },
  async person(id) {
    if (kindOf(id) !== "person") return undefined;
    const held = (await personRows(table, [id])).get(id);
    if (held !== undefined) return (await shownAs(table, [held]))[0];
    // Given up in a merge: its account tells whose it is now.
    const { pk, sk } = identifiedKey(accountIdOf(id));
    const now = (await table.get<Identified>(pk, sk))?.data.personId;
    const found = now == null ? undefined : (await personRows(table, [now])).get(now);
    return found && (await shownAs(table, [found]))[0];
  },
  async peopleCounts() {
    const counted = await Promise.all(
      PERSON_STATES.map(async (state) => [state, await table.count({ pk: lists.persons(state), by: "list" })] as const),
    );
    return Object.fromEntries(counted) as Record<PersonState, number>;
  },
  async accounts(ids) {
    if (ids.length === 0) return new Map();
    const [entities, notes] = await Promise.all([
      entitiesById(table, ids),
      table.getMany<Identified>([...new Set(ids)].map(identifiedKey)),
    ]);
    const owners = new Map(notes.map(({ pk, data }) => [pk, data.personId]));
    const persons = await personRows(
      table,
      [...owners.values()].flatMap((id) => id ?? []),
    );
    return new Map(
      [...entities.values()].flatMap((entity) => {
        const person = persons.get(owners.get(identifiedKey(entity.id).pk) ?? "");
        if (!isKind(entity, "account")) return [];
        return [[entity.id, { ...accountView(entity), ...(person && { person: named(person) }) }] as const];
      }),
    );
  },
});

const named = ({ id, name }: StoredPerson): { readonly id: string; readonly name: string } => ({ id, name });

const accountView = (account: Entity<"account">): AccountView => {
  const { id, source, fields } = account;
  const { handle, tool } = fields;
  const connection = source.connectionId.replace(/^con_/, "");
  return {
    id,
    tool,
    connectionId: source.connectionId,
    ...(handle !== undefined && { handle }),
    name: nameOf(account),
    url: source.url,
    label: `${connection}:${handle || source.externalId}`,
  };
};

/** Stored persons as surfaces show them, with the accounts and the other persons that they name. */
const shownAs = async (table: Table, persons: readonly StoredPerson[]): Promise<PersonView[]> => {
  const others = await personRows(
    table,
    persons.flatMap(({ mayBe }) => mayBe.map(({ personId }) => personId)),
  );
  const ids = [...persons, ...others.values()].flatMap(({ accounts, conflicts }) => [
    ...accounts.map(({ id }) => id),
    ...conflicts.map(({ otherId }) => otherId),
  ]);
  const entities = await entitiesById(table, ids);
  const account = (id: string): AccountView[] => {
    const entity = entities.get(id);
    return isKind(entity, "account") ? [accountView(entity)] : [];
  };
  const accountsOf = ({ accounts }: StoredPerson) =>
    accounts.flatMap(({ id, rule }) => account(id).map((one) => ({ ...one, rule })));
  return persons.map((person): PersonView => {
    const asked = [...new Set(person.mayBe.map(({ personId }) => personId))];
    return {
      id: person.id,
      name: person.name,
      ...(person.slug !== undefined && { slug: person.slug }),
      state: person.state,
      accounts: accountsOf(person),
      mayBe: asked.flatMap((id) => {
        const other = others.get(id);
        return other === undefined
          ? []
          : [{ ...named(other), ...(other.slug && { slug: other.slug }), accounts: accountsOf(other) }];
      }),
      conflicts: person.conflicts.flatMap(({ accountId, otherId, rule }) =>
        account(accountId).flatMap((one) => account(otherId).map((other) => ({ account: one, other, rule }))),
      ),
      version: person.version,
      recordedAt: person.recordedAt,
    };
  });
};
