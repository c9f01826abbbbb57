import { randomUUID } from "node:crypto";
import { HubError } from "../../connector/errors.ts";
import { EVENT_NAMES, EVENTS, isNamedBy, PUBLIC_EVENTS } from "../../domain/event.ts";
import type { Instant } from "../../domain/instant.ts";
import { nearestWord } from "../../domain/nearest-word.ts";
import type { Row, Table } from "../../ports/table.ts";
import type { Who } from "../../store/access.ts";
import { update } from "../../store/entities.ts";
import { endpointKey, endpointProgressKey, lists } from "../../store/keys.ts";
import type { EndpointSaid, EndpointView } from "../../store/webhook-desk.ts";
import type { EndpointProgress, StoredEndpoint } from "../../store/webhook-rows.ts";
import { hash } from "../entity-of.ts";
import type { Hub } from "../hub.ts";
import { newSecret, sealed } from "./seal.ts";

/** The secret before a new one signs so much longer. */
const OLD_SECRET_MS = 24 * 60 * 60 * 1000;
const REMOVED_SECONDS = 30 * 24 * 60 * 60;
/** Endpoints of a hub: each event is looked at for every one of them. */
const AT_MOST = 100;

export const endpointRow = async (table: Table, id: string): Promise<Row<StoredEndpoint> | undefined> => {
  const { pk, sk } = endpointKey(id);
  const row = await table.get<StoredEndpoint>(pk, sk);
  return row?.data.state === "removed" ? undefined : row;
};

export const progressOf = async (table: Table, id: string): Promise<EndpointProgress> => {
  const { pk, sk } = endpointProgressKey(id);
  return (await table.get<EndpointProgress>(pk, sk))?.data ?? {};
};

/** Of several endpoints at once, by id. */
export const progressesOf = async (
  table: Table,
  endpoints: readonly StoredEndpoint[],
): Promise<ReadonlyMap<string, EndpointProgress>> => {
  const keys = new Map(endpoints.map(({ id }) => [endpointProgressKey(id).pk, id]));
  const rows = await table.getMany<EndpointProgress>(endpoints.map(({ id }) => endpointProgressKey(id)));
  return new Map(rows.map(({ pk, data }) => [keys.get(pk) ?? "", data]));
};

/** Changes how far an endpoint got. @returns false if `next` left it as it is */
export const changeProgress = (
  table: Table,
  id: string,
  next: (held: EndpointProgress) => EndpointProgress | undefined,
): Promise<boolean> =>
  update<EndpointProgress>(table, endpointProgressKey(id), (row) => {
    const data = next(row?.data ?? {});
    return data && { data };
  });

/** @throws HubError invalid_body for a pattern that names no event which may leave the hub */
const checkPatterns = (patterns: readonly string[]): void => {
  for (const pattern of patterns) {
    if (PUBLIC_EVENTS.some((name) => isNamedBy(name, [pattern]))) continue;
    const own = EVENT_NAMES.find((name) => name === pattern);
    const guess = nearestWord(pattern, PUBLIC_EVENTS);
    const why =
      own !== undefined && !EVENTS[own].public
        ? "stays in the change log and never goes out"
        : `is no type of event${guess === undefined ? "" : `; did you mean '${guess}'?`}`;
    throw new HubError("invalid_body", `'${pattern.slice(0, 64)}' ${why}`, {
      retry: "never",
      details: { parameter: "events" },
    });
  }
};

const put = (table: Table, data: StoredEndpoint) =>
  update<StoredEndpoint>(table, endpointKey(data.id), () => ({ data, list: lists.ofEndpoint(data.id) }));

/** Makes an endpoint; it gets what is logged from now on. @throws HubError limit_reached | invalid_body */
export const createEndpoint = async (hub: Hub, key: Uint8Array, said: EndpointSaid, by: string, maker?: string) => {
  checkPatterns(said.events);
  const { table, clock } = hub.ports;
  if ((await table.count({ pk: lists.endpoints, by: "list" })) >= AT_MOST)
    throw new HubError(
      "limit_reached",
      `this hub has ${AT_MOST} webhook endpoints, and may have no more: remove one first`,
      {
        retry: "never",
      },
    );
  const id = `whe_${hash(["endpoint", randomUUID()]).slice(0, 26)}`;
  const secret = newSecret();
  const now = clock.now().toISOString();
  const times = { since: now, createdAt: now, changedAt: now };
  const made = { createdBy: by, ...(maker !== undefined && { maker }) };
  await put(table, { ...said, id, state: "active", secret: sealed(key, id, secret), ...made, ...times });
  return { id, secret };
};

/** @returns false if there is no such endpoint */
const changeEndpoint = async (
  { ports: { table, clock } }: Hub,
  id: string,
  next: (held: StoredEndpoint, now: Date) => StoredEndpoint | undefined,
): Promise<boolean> => {
  let isThere = false;
  await update<StoredEndpoint>(table, endpointKey(id), (row) => {
    isThere = row !== undefined && row.data.state !== "removed";
    const now = clock.now();
    const data = isThere && row !== undefined ? next(row.data, now) : undefined;
    return data && { data: { ...data, changedAt: now.toISOString() }, list: lists.ofEndpoint(id) };
  });
  return isThere;
};

/**
 * What people say anew of an endpoint. One that sends again begins with what is logged from then on; one whose maker is gone
 * stays disabled until somebody lets it go on, and is theirs from then on.
 */
export const amendEndpoint = async (
  hub: Hub,
  id: string,
  { isPaused, ...said }: Partial<EndpointSaid> & { readonly isPaused?: boolean | undefined },
  by?: Who,
): Promise<boolean> => {
  if (said.events !== undefined) checkPatterns(said.events);
  let starts = false;
  const isThere = await changeEndpoint(hub, id, (held, now) => {
    const { disabled, ...rest } = held;
    const isOrphan = disabled?.isMakerGone === true;
    const stays = isPaused === undefined || (isPaused && isOrphan);
    const state = stays ? held.state : isPaused ? "paused" : "active";
    starts = state === "active" && held.state !== "active";
    return {
      ...rest,
      ...said,
      state,
      ...(state === "disabled" && { disabled }),
      ...(starts && { since: now.toISOString() }),
      ...(starts && isOrphan && by !== undefined && { createdBy: by.name, maker: by.id }),
    };
  });
  // Given another chance: the days of failure count from now on.
  if (starts) await changeProgress(hub.ports.table, id, ({ failingSince: _, waitUntil: __, ...held }) => held);
  return isThere;
};

export const rotateSecret = async (hub: Hub, key: Uint8Array, id: string): Promise<string | undefined> => {
  const secret = newSecret();
  const isThere = await changeEndpoint(hub, id, (held, now) => ({
    ...held,
    secret: sealed(key, id, secret),
    before: { secret: held.secret, until: new Date(now.getTime() + OLD_SECRET_MS).toISOString() },
  }));
  return isThere ? secret : undefined;
};

/** The hub gives an endpoint up: a person must let it go on. */
export const disableEndpoint = (hub: Hub, id: string, reason: string, failingSince: Instant | undefined) =>
  changeEndpoint(hub, id, (held) =>
    held.state === "active" ? { ...held, state: "disabled", disabled: { reason, failingSince } } : undefined,
  );

/** What is left of it for a while tells deliveries under way that nobody wants them. */
export const removeEndpoint = async ({ ports: { table, clock } }: Hub, id: string): Promise<boolean> => {
  let isThere = false;
  const now = clock.now();
  await update<StoredEndpoint>(table, endpointKey(id), (row) => {
    isThere = row !== undefined && row.data.state !== "removed";
    if (!isThere || row === undefined) return undefined;
    const { before: _, ...held } = row.data;
    const data: StoredEndpoint = { ...held, state: "removed", secret: "", changedAt: now.toISOString() };
    return { data, expiresAt: Math.floor(now.getTime() / 1000) + REMOVED_SECONDS };
  });
  return isThere;
};

/** As surfaces show it. */
export const endpointView = (
  { data: { secret: _, before, ...shown }, version }: Row<StoredEndpoint>,
  { lease: __, ...progress }: EndpointProgress,
  now: Date,
): EndpointView => ({
  ...shown,
  ...progress,
  state: shown.state === "removed" ? "disabled" : shown.state,
  version,
  ...(before !== undefined && before.until > now.toISOString() && { oldSecretUntil: before.until }),
});
