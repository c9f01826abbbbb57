import type { HubEvent } from "../../shared/domain/event.ts";
import type { CensusState } from "../../shared/pipeline/census.ts";
import type { StreamState } from "../../shared/pipeline/poll-stream.ts";
import type { StoredView } from "../../shared/pipeline/under.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entriesIn, inOrder } from "../../shared/store/history-rows.ts";
import type { HubUnderTest } from "./hub-under-test.ts";

const rows = <Data>(hub: HubUnderTest, where: string): { readonly pk: string; readonly data: Data }[] =>
  hub.db
    .prepare(`SELECT pk, data FROM item WHERE ${where} ORDER BY pk, sk`)
    .all()
    .map(({ pk, data }) => ({ pk: String(pk), data: JSON.parse(String(data)) as Data }));

/** Words of the past are written down as they were when they were read; their ids stay. */
const nameless = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(nameless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (key === "name" && "id" in value ? [] : [[key, nameless(part)]])),
  );
};

/** By id: every entity with its past, without when and by which way the hub learnt it. */
export const known = (hub: HubUnderTest): Map<string, Known> => {
  const pasts = Map.groupBy(rows(hub, "pk LIKE 'E#%' AND sk LIKE 'H#%'"), ({ pk }) => pk.slice(2));
  return new Map(
    [...hub.entities()].map(([id, entity]) => {
      const {
        firstSeenAt: _,
        historyHash: _s,
        mappingVersion: _m,
        recordedAt: _r,
        askedAt: _a,
        rawRef: _f,
        receivedAt: _c,
        version: _v,
        ...said
      } = entity;
      const past = inOrder((pasts.get(id) ?? []).flatMap(({ data }) => entriesIn(data))).map(nameless);
      const { how: _h, since, ...presence } = said.presence;
      // Since when something is simply there, only who saw it come can tell.
      return [id, { ...said, presence: presence.state === "present" ? presence : { ...presence, since }, past }];
    }),
  );
};

type Learnt =
  | "firstSeenAt"
  | "recordedAt"
  | "askedAt"
  | "rawRef"
  | "receivedAt"
  | "version"
  | "presence"
  | "historyHash"
  | "mappingVersion";
export type Known = Omit<StoredEntity, Learnt> & {
  readonly presence: Pick<StoredEntity["presence"], "state"> & { readonly since?: string };
  readonly past: readonly unknown[];
};

/** By id: every feature as it is shown, without when and by what it was made so. */
export const shown = (hub: HubUnderTest): Map<string, unknown> =>
  new Map(
    rows<StoredView>(hub, "pk LIKE 'E#%' AND sk = 'V'").map(({ pk, data }) => {
      const {
        version: _,
        observedAt: _o,
        cause: _c,
        trace: _t,
        meaning: _m,
        steps: _s,
        explanation,
        seen,
        ...view
      } = data;
      const { asOf: _a, knownAt: _k, ...said } = explanation;
      const { workReadAt: _w, ...rests } = seen ?? {};
      return [pk.slice(2), { ...view, said, rests }];
    }),
  );

/** Ids of all events about records and features, as they stand in the change log. */
export const logged = (hub: HubUnderTest): string[] =>
  changes(hub).flatMap(({ id, name }) => (name.startsWith("connection.") ? [] : [id]));

/** The change log. */
export const changes = (hub: HubUnderTest): HubEvent[] => rows<HubEvent>(hub, "pk LIKE 'I#%'").map(({ data }) => data);

/** What the last censuses found, by stream and scope. */
export const censuses = (hub: HubUnderTest): CensusState[] =>
  rows<CensusState>(hub, "pk LIKE 'Y#%'").map(({ data }) => data);

/** What is stored of the streams: cursors and runs, by stream and scope. */
export const streams = (hub: HubUnderTest): Map<string, StreamState> =>
  new Map(
    hub.db
      .prepare("SELECT sk, data FROM item WHERE pk LIKE 'C#%'")
      .all()
      .map(({ sk, data }) => [String(sk), JSON.parse(String(data)) as StreamState]),
  );

/** By stream, scope and number of pages: each cursor that was stored since the feed was last read. */
export const checkpoints = (hub: HubUnderTest): Map<string, unknown> =>
  new Map(
    hub.db
      .prepare("SELECT sk, after FROM feed WHERE pk LIKE 'C#%' ORDER BY seq")
      .all()
      .map(({ sk, after }) => {
        const { data } = JSON.parse(String(after)) as { readonly data: StreamState };
        return [`${sk} ${data.run.pages}`, data.cursor];
      }),
  );
