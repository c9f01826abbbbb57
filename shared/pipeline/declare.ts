import type { DeclaredPerson } from "../domain/identity.ts";
import { rowsOf, update } from "../store/entities.ts";
import { declaredKey, peopleKey } from "../store/keys.ts";
import { hash } from "./entity-of.ts";
import type { Hub } from "./hub.ts";
import { accountsNamed, identifyAccounts } from "./identify.ts";

/** A declared person as last applied; null once the config names it no more. */
interface Applied {
  readonly person: DeclaredPerson | null;
}

/**
 * Identifies anew the accounts that the config names otherwise than when it was last applied, person by person: what
 * breaks off goes on where it stopped. Reads one row where nothing changed.
 *
 * @returns how many declared people changed
 */
export const declare = async (hub: Hub): Promise<number> => {
  const { table } = hub.ports;
  const { people } = (await hub.mapping()).people;
  const now = hash(people);
  const noted = await table.get<{ hash: string }>(peopleKey.pk, peopleKey.sk);
  if (noted?.data.hash === now) return 0;
  const applied = new Map<string, DeclaredPerson>();
  for await (const { sk, data } of rowsOf<Applied>(table, peopleKey.pk, "P#"))
    if (data.person !== null) applied.set(sk, data.person);
  const wanted = new Map(people.map((person) => [declaredKey(person.slug).sk, person]));
  let changed = 0;
  for (const sk of new Set([...applied.keys(), ...wanted.keys()])) {
    const [was, is] = [applied.get(sk), wanted.get(sk)];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const ids = new Set<string>();
    for (const person of [was, is]) {
      for (const name of [...(person?.accounts ?? []), ...(person?.notAccounts ?? [])])
        for (const id of await accountsNamed(hub, name)) ids.add(id);
    }
    await identifyAccounts(hub, ids);
    await update<Applied>(table, { pk: peopleKey.pk, sk }, (held) => ({ data: { ...held?.data, person: is ?? null } }));
    changed += 1;
  }
  await update<{ hash: string }>(table, peopleKey, (held) => ({ data: { ...held?.data, hash: now } }));
  return changed;
};
