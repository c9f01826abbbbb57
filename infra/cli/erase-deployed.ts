import { pointing, replaceInPayloads } from "../../shared/pipeline/erase-payloads.ts";
import type { Log } from "../../shared/pipeline/hub.ts";
import { hubEmailHash } from "../../shared/platform/identity-key.ts";
import type { Place } from "../../shared/ports/table.ts";
import { audit } from "../../shared/store/audit.ts";
import { entityKey, personKey } from "../../shared/store/keys.ts";
import type { DeployedStores } from "../deploy/deployed-stores.ts";
import { OPERATOR } from "./made-key.ts";
import { type Confirm, erasing } from "./person-words.ts";

export interface ErasedOnAws {
  readonly person: string;
  readonly token: string;
  readonly accounts: number;
  readonly payloads: number;
  readonly rows: number;
  readonly messages: number;
  /** Payloads that came too lately, and messages of the inbox: while there are any, another run is needed. */
  readonly left: { readonly payloads: number; readonly messages: number };
}

/** So lately received, a payload may be on its way through the hub. */
const RECENT_MS = 15 * 60_000;

/**
 * Takes a person out of the stores of a hub that is at work on AWS. The rows by which the person is found go last and only
 * once nothing else is left, so that a run that was broken off, or left something, can be repeated.
 *
 * @param who as {@link erasing} takes it
 * @returns undefined if the one who was found is not meant
 * @throws HubError not_found | aws_forbidden …
 */
export const eraseDeployed = async (
  stores: DeployedStores,
  who: string,
  log: Log,
  confirm: Confirm,
): Promise<ErasedOnAws | undefined> => {
  const { table, archive, clock } = stores;
  const connections = await stores.connections();
  const emailHash = await hubEmailHash(table, undefined, log, true);
  const found = await erasing({ table, archive, emailHash, connections }, who, confirm);
  if (found === undefined) return undefined;
  const { id, accounts, token, replace } = found;
  const recent = new Date(clock.now().getTime() - RECENT_MS).toISOString();
  const { moved, left } = await replaceInPayloads(archive, connections, replace, recent);
  const all = pointing(replace, moved);
  const own = new Set([id, ...accounts].flatMap((one) => [entityKey(one).pk, personKey(one).pk]));
  const isOwn = ({ pk, sk }: Place) => own.has(pk) && sk === "A";
  let rows = await stores.replaceInRows(all, (place) => !isOwn(place));
  const messages = await stores.replaceInMessages(all);
  // A message that waits may name a payload under its old address.
  const waiting = await stores.waiting();
  if (waiting === 0) await stores.removePayloads(moved.keys());
  if (waiting === 0 && left === 0) {
    rows += await stores.replaceInRows(all, isOwn);
    // What was derived meanwhile took the name from them once more.
    rows += await stores.replaceInRows(all, () => true);
  }
  const told = { accounts: accounts.length, payloads: moved.size, rows, messages };
  await audit({ ports: { table, clock } }, OPERATOR, "person.erase", id, told);
  return { person: id, token, ...told, left: { payloads: left, messages: waiting } };
};
