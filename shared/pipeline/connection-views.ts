import { ERRORS, type ErrorCode, HubError } from "../connector/errors.ts";
import type { Table } from "../ports/table.ts";
import { rowsOf } from "../store/entities.ts";
import { credentialKey, lists, partition, receiptKey, streamKey } from "../store/keys.ts";
import type {
  ConnectionState,
  ConnectionView,
  CredentialView,
  Quarantined,
  StreamCensus,
  StreamRun,
} from "../store/views.ts";
import type { CensusState } from "./census.ts";
import { loadOf } from "./connection-load.ts";
import type { Connection, Hub } from "./hub.ts";
import type { CredentialSeen } from "./poll.ts";
import type { StreamState } from "./poll-stream.ts";
import type { Receipt } from "./receive.ts";

/** How every configured connection is doing, as its page and the API tell it. */
export const connectionViews = (hub: Hub): Promise<ConnectionView[]> =>
  Promise.all(hub.connectionNames.map((name) => connectionView(hub, name)));

const connectionView = async (hub: Hub, name: string): Promise<ConnectionView> => {
  const { table, clock } = hub.ports;
  const opened = await hub.connection(name).catch((error: unknown) => error);
  const states = new Map<string, StreamState>();
  for await (const { sk, data } of rowsOf<StreamState>(table, partition.ofConnection(name), "")) states.set(sk, data);
  const censuses = new Map<string, CensusState>();
  for await (const { sk, data } of rowsOf<CensusState>(table, partition.ofCensuses(name), "")) censuses.set(sk, data);
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
  const aside = await lettersWaiting(table, name, quarantined);
  const streams = runsOf(opened, states, censuses, aside, clock.now());
  const seen = await seenOf(hub, name);
  const finished = scopesOf(opened)
    .flatMap(({ stream, scope }) => states.get(streamKey(name, stream, scope).sk)?.lastCompletedAt ?? [])
    .sort();
  const dataAsOf = streams.length === 0 ? receipt?.lastReceivedAt : finished[0];
  const age = finished[0] === undefined ? undefined : (clock.now().getTime() - Date.parse(finished[0])) / 1000;
  const { state, reason } =
    streams.length === 0
      ? sendingState(receipt)
      : stateOf(streams, age !== undefined && age > opened.freshWithinSeconds);
  return {
    ...common,
    tool: opened.connector.id,
    title: opened.connector.title,
    kinds: [...new Set(Object.values(opened.connector.streams).flatMap(({ kinds }) => kinds))],
    state,
    ...(reason !== undefined && { reason }),
    productIds: opened.productIds,
    ...(dataAsOf !== undefined && { dataAsOf }),
    streams,
    credential: credentialOf(opened, seen, streams, clock.now().getTime()),
    ...(streams.length > 0 && { load: loadOf(streams, opened.pollEverySeconds, aside, seen, clock.now()) }),
    webhooks: {
      configured: takesWebhooks(opened),
      ...(receipt?.lastReceivedAt !== undefined && { lastReceivedAt: receipt.lastReceivedAt }),
      rejected: receipt?.rejected ?? 0,
    },
  };
};

const isConnection = (value: unknown): value is Connection =>
  typeof value === "object" && value !== null && "connector" in value;

/** Whether webhooks can be verified: by a secret of the connection's, or by one that the vendor has already. */
export const takesWebhooks = ({ connector: { webhook }, config }: Connection): boolean =>
  webhook !== undefined &&
  ((config as { webhookSecret?: unknown }).webhookSecret !== undefined ||
    webhook.setup?.takesSecret?.(config) === false);

const seenOf = async (hub: Hub, name: string): Promise<CredentialSeen | undefined> => {
  const { pk, sk } = credentialKey(name);
  return (await hub.ports.table.get<CredentialSeen>(pk, sk))?.data;
};

const EXPIRING_MS = 14 * 86_400_000;

const credentialOf = (
  { credential }: Connection,
  seen: CredentialSeen | undefined,
  streams: readonly StreamRun[],
  now: number,
): CredentialView => {
  const expiresAt = credential.expiresAt() ?? seen?.expiresAt;
  const left = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - now;
  const isRefused = streams.some(({ state, error }) => state === "failed" && error?.code === "vendor_auth_expired");
  return {
    kind: credential.kind,
    ...(expiresAt !== undefined && { expiresAt }),
    state: isRefused || left <= 0 ? "expired" : left <= EXPIRING_MS ? "expiring" : "ok",
  };
};

const scopesOf = ({ connector, config }: Connection): { readonly stream: string; readonly scope: string }[] =>
  Object.entries(connector.streams).flatMap(([stream, { poll }]) =>
    poll === undefined ? [] : (poll.scopes?.(config) ?? [""]).map((scope) => ({ stream, scope })),
  );

/** More than this nobody reads one by one: the count per stream is then a lower bound. */
const WAITING_LOOKED_AT = 500;

/** The newest records that wait. */
const lettersWaiting = async (table: Table, name: string, quarantined: number): Promise<Quarantined[]> => {
  if (quarantined === 0) return [];
  const query = { pk: lists.unresolved(name), by: "list", descending: true, limit: WAITING_LOOKED_AT } as const;
  return (await table.query<Quarantined>(query)).map(({ data }) => data);
};

const censusOf = (state: CensusState | undefined): StreamCensus | undefined => {
  if (state?.result === undefined) return undefined;
  const { unlisted: _, ...result } = state.result;
  return { ...result, ...(state.error !== undefined && { error: state.error.message }) };
};

const runsOf = (
  connection: Connection,
  states: ReadonlyMap<string, StreamState>,
  censuses: ReadonlyMap<string, CensusState>,
  waiting: readonly Quarantined[],
  now: Date,
): StreamRun[] =>
  scopesOf(connection).map(({ stream, scope }): StreamRun => {
    const { sk } = streamKey(connection.name, stream, scope);
    const held = states.get(sk);
    const quarantined = waiting.filter((one) => one.stream === stream).length;
    if (held === undefined) return { stream, scope, state: "pending", pages: 0, records: 0, quarantined };
    const { error, queued: _, ...run } = held.run;
    const census = censusOf(censuses.get(sk));
    const { lastCompletedAt } = held;
    const lag = lastCompletedAt === undefined ? undefined : (now.getTime() - Date.parse(lastCompletedAt)) / 1000;
    return {
      stream,
      scope,
      ...run,
      quarantined,
      ...(lag !== undefined && { lagSeconds: Math.max(0, Math.round(lag)) }),
      ...(census !== undefined && { census }),
      ...(held.firstCompletedAt !== undefined && { firstCompletedAt: held.firstCompletedAt }),
      ...(error !== undefined && {
        error: { ...error, fix: ERRORS[error.code as ErrorCode] ?? ERRORS.internal_error },
      }),
    };
  });

/** Of a tool that is never asked: silence may mean that nothing happened, so that it is not taken for a failure. */
const sendingState = (receipt: Receipt | undefined): { state: ConnectionState; reason?: string } =>
  receipt?.lastReceivedAt === undefined
    ? { state: "pending", reason: "this tool only sends, and nothing came yet" }
    : { state: "healthy" };

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
  const fused = streams.flatMap(({ stream, census }) => (census?.fuse ?? []).map((place) => ({ stream, ...place })));
  if (fused[0] !== undefined) {
    const { stream, name, missing, of } = fused[0];
    return {
      state: "degraded",
      reason: `${missing} of ${of} records of ${stream} in ${name} are no longer listed: nothing was removed, a person must decide`,
    };
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
