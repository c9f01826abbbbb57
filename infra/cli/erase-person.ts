import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removePayloads, replaceInPayloads, replaceInRows } from "../../shared/adapters/sqlite/erase.ts";
import { type Embedded, openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { isKind } from "../../shared/domain/entity.ts";
import { eraser, type PersonWords } from "../../shared/domain/erased-words.ts";
import type { Hub, Log } from "../../shared/pipeline/hub.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { audit } from "../../shared/store/audit.ts";
import { entitiesById, everyOf } from "../../shared/store/entities.ts";
import { everyPerson } from "../../shared/store/people.ts";

export interface ErasedPerson {
  readonly person: string;
  /** What stands in the place of name and address. */
  readonly token: string;
  readonly accounts: number;
  readonly payloads: number;
  readonly rows: number;
  /** Folders of before a rebuild, which are not looked into. */
  readonly left: readonly string[];
}

/** Shorter words stand in too many others. */
const SHORTEST = 3;
const ADDRESS = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}.-]{1,253}\.[\p{L}]{2,63}/gu;

/**
 * Takes a person's names, handles and addresses out of a data folder: rows, past, events, queues, archived payloads. The
 * records stay, with a word in the place of the name; so a rebuild does not bring it back.
 *
 * @param who id of a person or account, `connection:handle`, or a mail address
 * @throws HubError not_found; data_folder_locked while a hub works there
 */
export const erasePerson = async (options: {
  readonly who: string;
  readonly folder: string;
  readonly config: HubConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: string;
  readonly log: Log;
}): Promise<ErasedPerson> => {
  const { who, folder, config, environment, envFile, log } = options;
  const url = config.url ?? "http://localhost:4100";
  const embedded = openEmbedded({ folder, exclusive: true, environment, envFile, url });
  try {
    const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true, beside: true });
    const found = await personOf(hub, who);
    const connections = archived(folder);
    const words = await wordsOf(hub, embedded, connections, found.accounts, who);
    const token = `erased-${randomBytes(4).toString("hex")}`;
    const replace = eraser(words, token, (hash) => createHash("sha256").update(`${token}${hash}`).digest("hex"));
    const moved = await replaceInPayloads(embedded.ports.archive, connections, replace);
    const rows = replaceInRows(embedded.db, replace, moved);
    // Rows point to the new payloads by now: a crash before this leaves files that the next run of the command finds.
    removePayloads(join(folder, "archive"), moved.keys());
    for (const copy of ["outbox", "lake"]) rmSync(join(folder, copy), { recursive: true, force: true });
    await audit(hub, { id: "local", name: "command line" }, "person.erase", found.id, {
      accounts: found.accounts.length,
      payloads: moved.size,
      rows,
    });
    const left = readdirSync(folder).filter((name) => name.startsWith("damaged-"));
    return { person: found.id, token, accounts: found.accounts.length, payloads: moved.size, rows, left };
  } finally {
    embedded.close();
  }
};

const archived = (folder: string): string[] => {
  const archive = join(folder, "archive");
  return existsSync(archive) ? readdirSync(archive) : [];
};

/** Whom a word names: all accounts of the person, or one account that nobody is found behind. */
const personOf = async (hub: Hub, who: string): Promise<{ id: string; accounts: readonly string[] }> => {
  const hash = who.includes("@") ? (await hub.mapping()).emailHash(who) : undefined;
  const { table } = hub.ports;
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
  hub: Hub,
  { ports }: Embedded,
  connections: readonly string[],
  accounts: readonly string[],
  who: string,
): Promise<PersonWords> => {
  const held = [...(await entitiesById(ports.table, accounts)).values()].flatMap((one) =>
    isKind(one, "account") ? [one.fields] : [],
  );
  const hashes = new Set(held.flatMap(({ emailHash, orgEmailHash }) => [emailHash ?? [], orgEmailHash ?? []].flat()));
  const { emailHash } = await hub.mapping();
  const addresses = new Set(who.includes("@") && !who.includes(":") ? [who] : []);
  for (const connection of hashes.size > 0 ? connections : [])
    for await (const ref of ports.archive.list(connection)) {
      const { bytes } = await ports.archive.get(ref);
      for (const [address] of new TextDecoder().decode(bytes).matchAll(ADDRESS))
        if (hashes.has(emailHash(address) ?? "")) addresses.add(address);
    }
  const long = (texts: readonly (string | undefined)[]) =>
    texts.flatMap((text) => (text !== undefined && text.trim().length >= SHORTEST ? [text.trim()] : []));
  return {
    anywhere: [...long(held.map(({ name }) => name)), ...addresses],
    handles: long(held.map(({ handle }) => handle)),
    hashes: [...hashes],
  };
};
