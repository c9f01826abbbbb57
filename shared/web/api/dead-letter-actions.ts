import { HubError } from "../../connector/errors.ts";
import { audit } from "../../store/audit.ts";
import { endWait, letterName } from "../../store/dead-letters.ts";
import type { ConnectionView, Quarantined } from "../../store/views.ts";
import { audited } from "../access/credentials.ts";
import type { Identity } from "../access/identity.ts";
import type { WebDeps } from "../web-deps.ts";
import { action } from "./action.ts";
import { TakenJson, taken } from "./connection-actions.ts";
import { DeadLetterJson, deadLetterJson } from "./connection-routes.ts";
import type { Route } from "./route.ts";

interface Found {
  readonly connection: ConnectionView;
  readonly letter: Quarantined;
}

/** A record of a connection that was set aside, for who may see all of that connection. */
const found = async ({ views }: WebDeps, connectionName: string, name: string): Promise<Found | undefined> => {
  const connection = await views.connection(connectionName);
  const letter = connection && (await views.deadLetter(connection.id, name));
  return connection && letter && { connection, letter };
};

/**
 * Asks for one record that was set aside to be read again.
 *
 * @returns undefined if there is none of that name
 * @throws HubError not_found if it does not wait any more
 */
export const replayDeadLetter = async (deps: WebDeps, identity: Identity, connectionName: string, name: string) => {
  const one = await found(deps, connectionName, name);
  if (one === undefined) return undefined;
  demandWaiting(one.letter);
  if (deps.ask === undefined) throw new HubError("internal_error", "nothing takes jobs here", { retry: "never" });
  const connection = one.connection.name;
  await deps.ask({ connection, what: "replay", letter: letterName(one.letter) });
  await audit(audited(deps), identity, "dead_letter.replay", letterName(one.letter), { connection });
  return one;
};

/**
 * Gives one record up: its bytes stay in the archive, and nobody is asked to look at it again.
 *
 * @returns undefined if there is none of that name
 * @throws HubError not_found if it does not wait any more
 */
export const discardDeadLetter = async (
  deps: WebDeps,
  identity: Identity,
  connectionName: string,
  name: string,
): Promise<Quarantined | undefined> => {
  const one = await found(deps, connectionName, name);
  if (one === undefined) return undefined;
  const at = deps.now().toISOString();
  if (!(await endWait(deps.table, one.letter, { at, discarded: true })))
    demandWaiting({ ...one.letter, resolvedAt: at });
  await audit(audited(deps), identity, "dead_letter.discard", letterName(one.letter), {
    connection: one.connection.name,
  });
  return { ...one.letter, resolvedAt: at, discarded: true };
};

const demandWaiting = ({ resolvedAt }: Quarantined): void => {
  if (resolvedAt !== undefined)
    throw new HubError("not_found", "that record does not wait any more: it was read, or discarded", {
      retry: "never",
    });
};

const PATH = "/v1/connections/{id}/dead-letters/{letter}";
const NAMES = { id: "Name or id of a connection.", letter: "Id of a dead letter, from their list." };

/** What people do with one record that could not be read. */
export const DEAD_LETTER_ACTIONS: readonly Route[] = [
  action({
    id: "replay_dead_letter",
    method: "POST",
    tag: "Connections",
    scope: "connections:operate",
    path: `${PATH}/replay`,
    summary: "Reads the archived payload of one dead letter again; it waits on if it still cannot be read.",
    pathParameters: NAMES,
    gives: TakenJson,
    status: 202,
    act: async ({ deps, id, params, identity }) => {
      const one = await replayDeadLetter(deps, identity, id, params["letter"] ?? "");
      return one && taken(deps, one.connection, "replay");
    },
  }),
  action({
    id: "discard_dead_letter",
    method: "POST",
    tag: "Connections",
    scope: "connections:operate",
    path: `${PATH}/discard`,
    summary: "Gives one dead letter up: nobody is asked to look at it again. Its bytes stay in the archive.",
    pathParameters: NAMES,
    gives: DeadLetterJson,
    act: async ({ deps, id, params, identity }) => {
      const letter = await discardDeadLetter(deps, identity, id, params["letter"] ?? "");
      return letter && { body: deadLetterJson(letter) };
    },
  }),
];
