import type { Draft } from "../../shared/domain/entity.ts";
import { TRUST_LIMITS } from "../../shared/domain/experiment-trust.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import { project, projectDue } from "../../shared/pipeline/project.ts";
import type { FeedRecord } from "../../shared/ports/table.ts";
import { update } from "../../shared/store/entities.ts";
import { entityKey, lists } from "../../shared/store/keys.ts";
import { sayings } from "../../shared/store/said.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import type { Identity } from "../../shared/web/access/identity.ts";
import { webApp } from "../../shared/web/app.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

export const ANA: Identity = { id: "mem_ana", name: "Ana", scopes: ["admin"], products: "all" };
const VIEWER: Identity = { id: "mem_vic", name: "Vic", scopes: ["features:read"], products: "all" };

/** A hub over the real store, its feed and its pages, with people who say something; `X-As: viewer` asks as one who may only read. */
export const openSaid = () => {
  const open = openPipeline({ connector: bareTool });
  const hub = open.hub("one");
  const { table, clock } = open.real;
  let seq = 0;
  const views = tableViews(table, {
    products: hub.products,
    connections: async () => [],
    now: clock.now,
    statusOf: async () => () => ({ category: "unknown", detail: "", mappedBy: "default" }),
  });
  const app = webApp({
    views,
    table,
    say: sayings(table, clock.now),
    now: clock.now,
    cursorKey: new Uint8Array(32).fill(7),
    version: "0.1.0",
    url: () => "http://localhost:4100",
    trustLimits: () => TRUST_LIMITS,
    identify: async (request) => (request.headers.get("x-as") === "viewer" ? VIEWER : ANA),
  });
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const get = async (path: string) => {
    const response = await app.request(path);
    return { etag: response.headers.get("etag") ?? "", body: JSON.parse(await response.text()) };
  };
  return {
    ...open,
    hub,
    views,
    app,
    send,
    get,
    /** Stores a draft as ingest would, without projecting it. */
    async put(draft: Draft, connection = "acme") {
      const now = clock.now().toISOString();
      const entity = entityOf(draft, {
        connectionId: `con_${connection}`,
        tool: connection,
        productsOf: () => ["prd_web"],
        mappingVersion: 1,
        rawRef: "acme/2026-03-02/raw",
        now,
        receivedAt: now,
        how: "read",
      });
      await update(table, entityKey(entity.id), (held) => ({
        data: { ...entity, version: ((held?.data as { version: number } | undefined)?.version ?? 0) + 1 },
        list: lists.ofKind(entity.kind, entity.id),
      }));
      return entity.id;
    },
    /** Projects all that the feed holds, until nothing more follows. @returns the records, and the names of their events */
    async settle() {
      const records: FeedRecord[] = [];
      for (;;) {
        const some = open.feed.read(seq, 1000);
        if (some.length === 0) break;
        seq = some.at(-1)?.seq ?? seq;
        records.push(...some.map(({ record }) => record));
        await project(
          hub,
          some.map(({ record }) => record),
        );
      }
      return { records, events: records.flatMap((record) => eventsOf(hub, record)) };
    },
    sweep: () => projectDue(hub, clock.now().toISOString()),
    patch: async (key: string, body: unknown) => {
      const { etag } = await get(`/v1/features/${key}`);
      return send("PATCH", `/v1/features/${key}`, body, { "If-Match": etag });
    },
    /** Sends a form as a browser does, with the token that pages of this session carry. */
    async form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
      const page = await (await app.request("/settings/keys")).text();
      const form_token = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
      return app.request(path, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams({ form_token, ...fields }).toString(),
      });
    },
  };
};

const T = "2026-03-01T10:00:00.000Z";
export const word = <const C extends string>(category: C) => ({
  category,
  detail: category,
  mappedBy: "tool" as const,
});

type Rest<K extends Draft["kind"]> = Partial<Omit<Draft<K>, "kind" | "fields">> & Pick<Draft<K>, "fields">;
export const draft = <K extends Draft["kind"]>(kind: K, id: string, rest: Rest<K>): Draft<K> => ({
  kind,
  external: { noun: kind, id, url: `https://tool.example/${kind}/${id}`, key: id },
  scopes: ["ACME"],
  createdAt: T,
  updatedAt: T,
  ...rest,
});

export const feature = (id: string, title: string = id, more: Partial<Draft<"feature">["fields"]> = {}) =>
  draft("feature", id, { fields: { title, declaredStatus: word("active"), ...more } });

export const pull = (number: number, references: Draft["references"], updatedAt = T) =>
  draft("pullRequest", `acme/web#${number}`, {
    updatedAt,
    fields: {
      title: "A change",
      repository: "acme/web",
      number,
      state: word("merged"),
      isDraft: false,
      base: "main",
      head: "a-change",
      mergedAt: T,
    },
    references,
  });
