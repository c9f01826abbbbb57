import { HubError } from "../connector/errors.ts";
import type { HubEvent } from "../domain/event.ts";
import type { ArchiveNote } from "../ports/archive.ts";
import { eventKey, viewKey } from "../store/keys.ts";
import { changesAfter } from "./change-log.ts";
import type { Hub } from "./hub.ts";
import type { StoredView } from "./under.ts";

/** A payload with what was told because of it. */
export interface Traced {
  readonly trace: string;
  /** Absent where the archive does not hold it any more. */
  readonly payload?:
    | (Pick<ArchiveNote, "connectionId" | "receivedAt" | "what" | "stream"> & { readonly ref: string })
    | undefined;
  /** Told within a day of its receipt, oldest first. */
  readonly events: readonly HubEvent[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const EVENTS_AT_MOST = 10_000;

/**
 * Where an event, or what a feature says now, came from.
 *
 * @param id of an event or a feature, or a trace
 * @throws HubError not_found
 */
export const traced = async (hub: Hub, id: string): Promise<Traced> => {
  const { table, archive } = hub.ports;
  const trace = /^[0-9a-f]{32}$/.test(id) ? id : await traceNamedBy(hub, id);
  const ref = await addressOf(hub, trace);
  if (ref === undefined) return { trace, events: [] };
  const { connectionId, receivedAt, what, stream } = (await archive.get(ref)).note;
  const until = new Date(Date.parse(receivedAt) + DAY_MS).toISOString();
  const logged = await changesAfter(table, receivedAt, until, EVENTS_AT_MOST);
  return {
    trace,
    payload: { connectionId, receivedAt, what, stream, ref },
    events: logged.flatMap(({ event }) => (event.trace === trace ? [event] : [])),
  };
};

const traceNamedBy = async ({ ports: { table } }: Hub, id: string): Promise<string> => {
  const { pk, sk } = id.startsWith("evt_") ? eventKey(id) : viewKey(id);
  const row = await table.get<Pick<HubEvent | StoredView, "trace">>(pk, sk);
  if (row === undefined) throw new HubError("not_found", `there is no event or feature ${id}`, { retry: "never" });
  if (row.data.trace !== undefined) return row.data.trace;
  throw new HubError(
    "not_found",
    `${id} goes back to no single payload: a person, the config or time brought it about`,
    {
      retry: "never",
    },
  );
};

const addressOf = async ({ ports: { archive }, connectionNames }: Hub, trace: string): Promise<string | undefined> => {
  for (const name of connectionNames)
    for await (const ref of archive.list(name)) if (ref.includes(`-${trace}`)) return ref;
  return undefined;
};
