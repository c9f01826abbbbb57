import { createHash } from "node:crypto";
import { HubError } from "../../shared/connector/errors.ts";
import { isKind } from "../../shared/domain/entity.ts";
import { eraser, type PersonWords, type Replace } from "../../shared/domain/erased-words.ts";
import { eachPayload } from "../../shared/pipeline/erase-payloads.ts";
import type { Hub } from "../../shared/pipeline/hub.ts";
import { entitiesById, everyOf } from "../../shared/store/entities.ts";
import { everyPerson } from "../../shared/store/people.ts";

/** Where a person is looked for. */
export interface Where extends Pick<Hub["ports"], "table" | "archive"> {
  readonly emailHash: NonNullable<Awaited<ReturnType<Hub["mapping"]>>["emailHash"]>;
  /** Names of folders of the archive. */
  readonly connections: readonly string[];
}

/** Asks whether the one who was found is meant: id and accounts, as people know them. */
export type Confirm = (found: { readonly id: string; readonly accounts: readonly string[] }) => Promise<boolean>;

/** Shorter words stand in too many others. */
const SHORTEST = 3;
const ADDRESS = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}.-]{1,253}\.[\p{L}]{2,63}/gu;

/**
 * What takes a person out of texts.
 *
 * @param who id of a person or account, `connection:handle`, or a mail address
 * @returns undefined if the one who was found is not meant
 * @throws HubError not_found
 */
export const erasing = async (
  where: Where,
  who: string,
  confirm: Confirm,
): Promise<
  | {
      readonly id: string;
      readonly accounts: readonly string[];
      /** What stands in the place of name and address: the same at each run for a person. */
      readonly token: string;
      readonly replace: Replace;
    }
  | undefined
> => {
  const { id, accounts } = await personOf(where, who);
  if (!(await confirm({ id, accounts: await named(where, accounts) }))) return undefined;
  const token = `erased-${sha256(id).slice(0, 8)}`;
  const replace = eraser(await wordsOf(where, accounts, who), token, (hash) => sha256(`${token}${hash}`));
  return { id, accounts, token, replace };
};

const named = async ({ table }: Where, accounts: readonly string[]): Promise<string[]> =>
  [...(await entitiesById(table, accounts)).values()].flatMap((one) =>
    isKind(one, "account")
      ? [`${one.source.connectionId.replace("con_", "")}:${one.fields.handle ?? one.fields.name ?? one.id}`]
      : [],
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whom a word names: all accounts of the person, or one account that nobody is found behind. */
const personOf = async (
  { table, emailHash }: Where,
  who: string,
): Promise<{ id: string; accounts: readonly string[] }> => {
  const hash = who.includes("@") ? emailHash(who) : undefined;
  const isMeant = (id: string, connectionId: string, handle: string | undefined, hashes: readonly unknown[]) =>
    id === who ||
    (hash !== undefined && hashes.includes(hash)) ||
    (handle !== undefined && `${connectionId.replace("con_", "")}:${handle}`.toLowerCase() === who.toLowerCase());
  let account: string | undefined;
  for await (const { id, source, fields } of everyOf(table, "account"))
    if (isMeant(id, source.connectionId, fields.handle, [fields.emailHash, fields.orgEmailHash])) account = id;
  for await (const person of everyPerson(table)) {
    const ids = person.accounts.map(({ id }) => id);
    if (person.id === who || (account !== undefined && ids.includes(account))) return { id: person.id, accounts: ids };
  }
  if (account !== undefined) return { id: account, accounts: [account] };
  throw new HubError("not_found", "no person, account or address of that name is held here", { retry: "never" });
};

/** Names and handles of the accounts, and every address in the archive that has one of their hashes. */
const wordsOf = async (
  { table, archive, emailHash, connections }: Where,
  accounts: readonly string[],
  who: string,
): Promise<PersonWords> => {
  const held = [...(await entitiesById(table, accounts)).values()].flatMap((one) =>
    isKind(one, "account") ? [one.fields] : [],
  );
  const hashes = new Set(held.flatMap(({ emailHash, orgEmailHash }) => [emailHash ?? [], orgEmailHash ?? []].flat()));
  const addresses = new Set(who.includes("@") && !who.includes(":") ? [who] : []);
  await eachPayload(archive, hashes.size > 0 ? connections : [], (text) => {
    for (const [address] of text.matchAll(ADDRESS)) if (hashes.has(emailHash(address) ?? "")) addresses.add(address);
  });
  const long = (texts: readonly (string | undefined)[]) =>
    texts.flatMap((text) => (text !== undefined && text.trim().length >= SHORTEST ? [text.trim()] : []));
  return {
    anywhere: [...long(held.map(({ name }) => name)), ...addresses],
    handles: long(held.map(({ handle }) => handle)),
    hashes: [...hashes],
  };
};
