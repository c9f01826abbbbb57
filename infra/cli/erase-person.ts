import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removePayloads, replaceInRows } from "../../shared/adapters/sqlite/erase.ts";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import { pointing, replaceInPayloads } from "../../shared/pipeline/erase-payloads.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { openHub } from "../../shared/platform/open-hub.ts";
import { audit } from "../../shared/store/audit.ts";
import { type Confirm, erasing } from "./person-words.ts";

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

/**
 * Takes a person's names, handles and addresses out of a data folder: rows, past, events, queues, archived payloads. The
 * records stay, with a word in the place of the name; so a rebuild does not bring it back.
 *
 * @param who id of a person or account, `connection:handle`, or a mail address
 * @returns undefined if the one who was found is not meant
 * @throws HubError not_found; data_folder_locked while a hub works there
 */
export const erasePerson = async (options: {
  readonly who: string;
  readonly folder: string;
  readonly config: HubConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: string;
  readonly log: Log;
  readonly confirm: Confirm;
}): Promise<ErasedPerson | undefined> => {
  const { who, folder, config, environment, envFile, log, confirm } = options;
  const url = config.url ?? "http://localhost:4100";
  const embedded = openEmbedded({ folder, exclusive: true, environment, envFile, url });
  try {
    const hub = await openHub({ config, ports: embedded.ports, log, url, alone: true, beside: true });
    const { table, archive } = embedded.ports;
    const connections = archived(folder);
    const { emailHash } = await hub.mapping();
    const found = await erasing({ table, archive, emailHash, connections }, who, confirm);
    if (found === undefined) return undefined;
    const { id, accounts, token, replace } = found;
    const { moved } = await replaceInPayloads(archive, connections, replace);
    const rows = replaceInRows(embedded.db, pointing(replace, moved));
    // Rows point to the new payloads by now: a crash before this leaves files that the next run of the command finds.
    removePayloads(join(folder, "archive"), moved.keys());
    for (const copy of ["outbox", "lake"]) rmSync(join(folder, copy), { recursive: true, force: true });
    await audit(hub, { id: "local", name: "command line" }, "person.erase", id, {
      accounts: accounts.length,
      payloads: moved.size,
      rows,
    });
    const left = readdirSync(folder).filter((name) => name.startsWith("damaged-"));
    return { person: id, token, accounts: accounts.length, payloads: moved.size, rows, left };
  } finally {
    embedded.close();
  }
};

const archived = (folder: string): string[] => {
  const archive = join(folder, "archive");
  return existsSync(archive) ? readdirSync(archive) : [];
};
