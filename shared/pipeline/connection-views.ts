import { ERRORS, type ErrorCode, HubError } from "../connector/errors.ts";
import { rowsOf } from "../store/entities.ts";
import { lists, partition, receiptKey, streamKey } from "../store/keys.ts";
import type { ConnectionState, ConnectionView, StreamRun } from "../store/views.ts";
import type { Connection, Hub } from "./hub.ts";
import type { StreamState } from "./poll.ts";
import type { Receipt } from "./receive.ts";

/** How every configured connection is doing, as its page and the API tell it. */
export const connectionViews = (hub: Hub): Promise<ConnectionView[]> =>
  Promise.all(hub.connectionNames.map((name) => connectionView(hub, name)));

const connectionView = async (hub: Hub, name: string): Promise<ConnectionView> => {
  const { table, clock } = hub.ports;
  const opened = await hub.connection(name).catch((error: unknown) => error);
  const states = new Map<string, StreamState>();
  for await (const { sk, data } of rowsOf<StreamState>(table, partition.ofConnection(name), "")) states.set(sk, data);
  const quarantined = await table.count({ pk: lists.unresolved(name), by: "list" });
  const { pk, sk } = receiptKey(name);
  const receipt = (await table.get<Receipt>(pk, sk))?.data;
  const common = { id: `con_${name}`, name, quarantined };
  if (!isConnection(opened)) {
    const reason =
      opened instanceof HubError ? `${opened.message}. ${opened.fix}` : "the connection could not be opened";
    return {
      ...common,
      tool: name,
      title: name,
      state: "needs_auth",
      reason,
      streams: [],
      webhooks: { configured: false, rejected: receipt?.rejected ?? 0 },
    };
  }
  const streams = runsOf(opened, states);
  const finished = scopesOf(opened)
    .flatMap(({ stream, scope }) => states.get(streamKey(name, stream, scope).sk)?.lastCompletedAt ?? [])
    .sort();
  const age = finished[0] === undefined ? undefined : (clock.now().getTime() - Date.parse(finished[0])) / 1000;
  const { state, reason } = stateOf(streams, age !== undefined && age > opened.freshWithinSeconds);
  const secret = (opened.config as { webhookSecret?: unknown }).webhookSecret;
  return {
    ...common,
    tool: opened.connector.id,
    title: opened.connector.title,
    state,
    ...(reason !== undefined && { reason }),
    ...(finished[0] !== undefined && { dataAsOf: finished[0] }),
    streams,
    webhooks: {
      configured: opened.connector.webhook !== undefined && secret !== undefined,
      ...(receipt?.lastReceivedAt !== undefined && { lastReceivedAt: receipt.lastReceivedAt }),
      rejected: receipt?.rejected ?? 0,
    },
  };
};

const isConnection = (value: unknown): value is Connection =>
  typeof value === "object" && value !== null && "connector" in value;

const scopesOf = ({ connector, config }: Connection): { readonly stream: string; readonly scope: string }[] =>
  Object.entries(connector.streams).flatMap(([stream, { poll }]) =>
    poll === undefined ? [] : (poll.scopes?.(config) ?? [""]).map((scope) => ({ stream, scope })),
  );

const runsOf = (connection: Connection, states: ReadonlyMap<string, StreamState>): StreamRun[] =>
  scopesOf(connection).map(({ stream, scope }): StreamRun => {
    const held = states.get(streamKey(connection.name, stream, scope).sk);
    if (held === undefined) return { stream, scope, state: "pending", pages: 0, records: 0 };
    const { error, queued: _, ...run } = held.run;
    return {
      stream,
      scope,
      ...run,
      ...(held.firstCompletedAt !== undefined && { firstCompletedAt: held.firstCompletedAt }),
      ...(error !== undefined && {
        error: { ...error, fix: ERRORS[error.code as ErrorCode] ?? ERRORS.internal_error },
      }),
    };
  });

/** The one word for a connection; it never is healthy before everything was read to the end once. */
const stateOf = (streams: readonly StreamRun[], stale: boolean): { state: ConnectionState; reason?: string } => {
  const failed = streams.filter(({ state }) => state === "failed");
  const auth = failed.find(({ error }) => error?.code === "vendor_auth_expired");
  const first = failed[0]?.error?.message;
  if (auth !== undefined) return { state: "needs_auth", reason: auth.error?.message ?? "the credential was refused" };
  if (failed.length > 0 && failed.length === streams.length)
    return { state: "failed", ...(first !== undefined && { reason: first }) };
  if (failed.length > 0) {
    return { state: "degraded", reason: `${failed.length} of ${streams.length} streams failed last: ${first ?? ""}` };
  }
  if (streams.every(({ state }) => state === "pending")) return { state: "pending", reason: "nothing was read yet" };
  const missing = streams.filter(({ firstCompletedAt }) => firstCompletedAt === undefined).length;
  if (missing > 0)
    return {
      state: "syncing",
      reason: `first sync: ${streams.length - missing} of ${streams.length} streams are complete`,
    };
  return stale ? { state: "stale", reason: "the last complete read is older than it should be" } : { state: "healthy" };
};
