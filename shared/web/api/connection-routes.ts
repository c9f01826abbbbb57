import * as z from "zod";
import { letterName } from "../../store/dead-letters.ts";
import type { ConnectionView, Quarantined, StreamCensus } from "../../store/views.ts";
import { COMPONENT_STATUSES, componentStatus } from "./connection-status.ts";
import { list, single } from "./route.ts";

const Time = z.string().nullable();
const CensusJson = z
  .object({
    at: z.string(),
    vendorCount: z.int().describe("Records that the tool lists."),
    hubCount: z.int().describe("Of its records, those that the hub held as there."),
    gaps: z.int().describe("Listed and not held: asked for since."),
    gone: z.int().describe("Held and gone in the tool: noted since."),
    lost: z.int().describe("Held, in places that the credential no longer sees: noted since."),
    fuse: z
      .array(z.object({ name: z.string(), missing: z.int(), of: z.int() }))
      .describe("Places where so many were missing that nothing was removed."),
    error: z.string().nullable(),
  })
  .meta({ id: "StreamCensus" });

const RunJson = z
  .object({
    stream: z.string(),
    scope: z.string(),
    state: z.enum(["pending", "syncing", "completed", "failed"]),
    startedAt: Time,
    finishedAt: Time,
    firstCompletedAt: Time.describe("Before its first complete run nothing counts as healthy."),
    pages: z.int(),
    records: z.int(),
    lagSeconds: z.int().nullable().describe("Since the last complete run ended."),
    quarantined: z.int().describe("Records of this stream, over all scopes, that could not be read."),
    census: CensusJson.nullable().describe("How complete the stream is, by the tool's own list of ids."),
    error: z.object({ code: z.string(), message: z.string(), fix: z.string(), at: z.string() }).nullable(),
  })
  .meta({ id: "StreamRun" });

const ConnectionJson = z
  .object({
    id: z.string(),
    name: z.string().describe("Its name in the config."),
    tool: z.string(),
    title: z.string(),
    state: z.string().describe("healthy, pending, syncing, degraded, stale, needs_auth, failed or paused."),
    status: z.enum(COMPONENT_STATUSES).describe("The state in the words of Statuspage."),
    reason: z.string().nullable(),
    dataAsOf: Time,
    streams: z.array(RunJson),
    credential: z
      .object({
        kind: z.enum(["none", "api_token", "access_token", "oauth", "app"]),
        expiresAt: Time.describe("Null where nobody told, and for what renews itself."),
        state: z
          .enum(["ok", "expiring", "expired"])
          .describe("`expiring` from 14 days before its end; `expired` too when the tool refused it."),
      })
      .nullable()
      .describe("What the connection is read with; null if it could not be opened."),
    quarantined: z.int().describe("Records set aside because they could not be read."),
    unreadScopes: z.int().describe("Scopes of streams that were never read to their end."),
    failed24h: z.int().describe("Scopes of streams whose last run failed within 24 hours."),
    setAside24h: z.int().describe("Records set aside within 24 hours that still wait."),
    nextRunAt: Time.describe("When it is read next; null for a tool that only sends, and before the first run."),
    quota: z
      .object({ remaining: z.int(), resetAt: Time, at: z.string() })
      .nullable()
      .describe("What the tool said last of requests that are left; null where it says nothing."),
    webhooks: z.object({
      configured: z.boolean(),
      url: z.string().describe("The address to give to the tool."),
      lastReceivedAt: Time,
      rejected: z.int(),
    }),
  })
  .meta({ id: "Connection" });

export const DeadLetterJson = z
  .object({
    id: z.string().describe("The day on which it came, and which of that day."),
    stream: z.string(),
    code: z.string(),
    message: z.string(),
    at: z.string(),
    state: z.enum(["waiting", "resolved", "discarded"]),
    resolvedAt: Time.describe("When it was read after all, or discarded."),
    rawRef: z.string().describe("Archive reference of the untouched payload."),
    index: z.int().nullable().describe("Its place in the archived page; null if the whole payload is meant."),
  })
  .meta({ id: "DeadLetter" });

const WordJson = z
  .object({
    id: z.string().describe("The tool's id of the word."),
    name: z.string(),
    type: z.string().describe("The tool's own coarse type."),
    scope: z.string().nullable().describe("The part of the tool that has it; null for all."),
  })
  .meta({ id: "UnmappedWord" });

const censusJson = ({ theirs, ours, fuse, error, ...counts }: StreamCensus): z.input<typeof CensusJson> => ({
  ...counts,
  vendorCount: theirs,
  hubCount: ours,
  fuse: fuse.map((place) => ({ ...place })),
  error: error ?? null,
});

const loadJson = ({ load }: ConnectionView) => ({
  unreadScopes: load?.unread ?? 0,
  failed24h: load?.failed24h ?? 0,
  setAside24h: load?.setAside24h ?? 0,
  nextRunAt: load?.nextRunAt ?? null,
  quota: load?.quota === undefined ? null : { ...load.quota, resetAt: load.quota.resetAt ?? null },
});

const connectionJson = (connection: ConnectionView, hub: string): z.input<typeof ConnectionJson> => ({
  id: connection.id,
  name: connection.name,
  tool: connection.tool,
  title: connection.title,
  state: connection.state,
  status: componentStatus(connection),
  reason: connection.reason ?? null,
  dataAsOf: connection.dataAsOf ?? null,
  streams: connection.streams.map((run) => ({
    ...run,
    startedAt: run.startedAt ?? null,
    finishedAt: run.finishedAt ?? null,
    firstCompletedAt: run.firstCompletedAt ?? null,
    lagSeconds: run.lagSeconds ?? null,
    census: run.census === undefined ? null : censusJson(run.census),
    error: run.error ?? null,
  })),
  credential: connection.credential
    ? { ...connection.credential, expiresAt: connection.credential.expiresAt ?? null }
    : null,
  quarantined: connection.quarantined,
  ...loadJson(connection),
  webhooks: {
    configured: connection.webhooks.configured,
    url: `${hub}/hooks/${encodeURIComponent(connection.name)}`,
    lastReceivedAt: connection.webhooks.lastReceivedAt ?? null,
    rejected: connection.webhooks.rejected,
  },
});

export const deadLetterJson = (letter: Quarantined): z.input<typeof DeadLetterJson> => {
  const { connectionId: _, discarded, resolvedAt, index, ...told } = letter;
  return {
    ...told,
    id: letterName(letter),
    state: resolvedAt === undefined ? "waiting" : discarded ? "discarded" : "resolved",
    resolvedAt: resolvedAt ?? null,
    index: index ?? null,
  };
};

const ID = { id: "Name or id of a connection." };

export const CONNECTION_ROUTES = [
  list({
    id: "list_connections",
    tag: "Connections",
    scope: "connections:read",
    path: "/v1/connections",
    summary: "All connections with the state of each stream.",
    item: ConnectionJson,
    rows: async ({ deps, after, limit }) => {
      const all = [...(await deps.views.connections())].sort((a, b) => (a.id < b.id ? -1 : 1));
      const rest = after === undefined ? all : all.filter(({ id }) => id > after);
      const items = rest.slice(0, limit).map((connection) => connectionJson(connection, deps.url()));
      return { items, next: rest.length > limit ? items.at(-1)?.id : undefined };
    },
  }),
  single({
    id: "get_connection",
    tag: "Connections",
    scope: "connections:read",
    path: "/v1/connections/{id}",
    summary: "One connection.",
    pathParameters: ID,
    body: ConnectionJson,
    read: async ({ deps, id }) => {
      const connection = await deps.views.connection(id);
      return connection && { body: connectionJson(connection, deps.url()) };
    },
  }),
  list({
    id: "list_runs",
    tag: "Connections",
    scope: "connections:read",
    path: "/v1/connections/{id}/runs",
    summary: "The last run of each stream of a connection.",
    pathParameters: ID,
    item: RunJson,
    rows: async ({ deps, id, after, limit }) => {
      const connection = await deps.views.connection(id);
      if (connection === undefined) return undefined;
      const placed = connectionJson(connection, deps.url())
        .streams.map((run) => ({ place: `${run.stream} ${run.scope}`, run }))
        .sort((a, b) => (a.place < b.place ? -1 : 1))
        .filter(({ place }) => after === undefined || place > after);
      const items = placed.slice(0, limit);
      return { items: items.map(({ run }) => run), next: placed.length > limit ? items.at(-1)?.place : undefined };
    },
  }),
  list({
    id: "list_unmapped",
    tag: "Connections",
    scope: "connections:read",
    path: "/v1/connections/{id}/unmapped",
    summary: "Status words of the tool that mean nothing to the hub yet: map them under statuses of the connection.",
    pathParameters: ID,
    item: WordJson,
    rows: async ({ deps, id, after, limit }) => {
      const connection = await deps.views.connection(id);
      if (connection === undefined) return undefined;
      const { items, next } = await deps.views.unmapped(connection.id, after, limit);
      return { items: items.map((word) => ({ ...word, scope: word.scope ?? null })), next };
    },
  }),
  list({
    id: "list_dead_letters",
    tag: "Connections",
    scope: "connections:read",
    path: "/v1/connections/{id}/dead-letters",
    summary:
      "Records of a connection that could not be read, newest first; kept until somebody replays or discards them.",
    pathParameters: ID,
    item: DeadLetterJson,
    rows: async ({ deps, id, after, limit }) => {
      const connection = await deps.views.connection(id);
      if (connection === undefined) return undefined;
      const { items, next } = await deps.views.quarantine(connection.id, after, limit);
      return { items: items.map(deadLetterJson), next };
    },
  }),
];
