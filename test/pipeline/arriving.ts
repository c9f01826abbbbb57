import type { Draft, FieldedKind } from "../../shared/domain/entity.ts";
import { entityId, type Ref } from "../../shared/domain/kind.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import type { Connection, Hub } from "../../shared/pipeline/hub.ts";
import { project } from "../../shared/pipeline/project.ts";
import type { FeedRecord } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey, lists, viewKey } from "../../shared/store/keys.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

type Category = Connection["connector"]["category"];

export const refTo = <K extends FieldedKind>(kind: K, id: string): Ref<K> => ({ kind, noun: kind, id });
/** An id of ours, of a record of one of the connections. */
export const idIn = (tool: string, kind: FieldedKind, id: string): string => entityId(`con_${tool}`, refTo(kind, id));

type Rest<K extends FieldedKind> = Partial<Omit<Draft<K>, "kind" | "fields">> & Pick<Draft<K>, "fields">;

export const draftOf = <K extends FieldedKind>(kind: K, id: string, rest: Rest<K>): Draft<K> => ({
  kind,
  external: { noun: kind, id, url: `https://tool.example/${kind}/${id}`, key: id },
  scopes: [],
  createdAt: "2026-03-01T10:00:00.000Z",
  updatedAt: "2026-03-01T10:00:00.000Z",
  aliases: [id],
  ...rest,
});

export const word = <const C extends string>(category: C, detail: string = category) => ({
  category,
  detail,
  mappedBy: "tool" as const,
});

/** A hub with a connection per tool, whose records arrive as ingest would store them. */
export const arriving = (tools: Readonly<Record<string, Category>>, rules?: Hub["rules"]) => {
  const open = openPipeline({ connector: bareTool, ...(rules && { rules }) });
  const { table } = open.real;
  let around: Partial<Hub> = {};
  let opened: ReadonlyMap<string, Connection> = new Map();
  const hubWith = (changed: Hub["rules"] | undefined = rules): Hub => {
    const hub = open.hub("one");
    return {
      ...hub,
      ...(changed && { rules: changed }),
      ...around,
      connectionNames: Object.keys(tools),
      connection: async (name) => {
        const already = opened.get(name);
        if (already !== undefined) return already;
        const acme = await hub.connection("acme");
        const category = tools[name] ?? "planning";
        return { ...acme, id: `con_${name}`, name, connector: { ...acme.connector, id: name, category } };
      },
    };
  };
  const put = async (tool: string, draft: Draft): Promise<FeedRecord> => {
    const entity = entityOf(draft, {
      connectionId: `con_${tool}`,
      tool,
      productsOf: () => ["prd_web"],
      mappingVersion: 1,
      rawRef: `${tool}/2026-03-02/raw`,
      now: "2026-03-02T10:00:00.000Z",
      receivedAt: "2026-03-02T10:00:00.000Z",
      how: "read",
    });
    const key = entityKey(entity.id);
    const before = await table.get<StoredEntity>(key.pk, key.sk);
    const data = { ...entity, version: (before?.data.version ?? 0) + 1 };
    const after = { ...key, version: (before?.version ?? 0) + 1, data, list: lists.ofKind(entity.kind, entity.id) };
    await table.put(after);
    return { ...key, before, after };
  };
  const view = async (id: string): Promise<FeatureView | undefined> => {
    const { pk, sk } = viewKey(id);
    return (await table.get<FeatureView>(pk, sk))?.data;
  };
  return {
    ...open,
    table,
    hubWith,
    /** Connections are these from now on. */
    opens(connections: ReadonlyMap<string, Connection>) {
      opened = connections;
    },
    /** The hub is so from now on. */
    becomes(parts: Pick<Hub, "health" | "products">) {
      around = parts;
    },
    view,
    /** Records come in one after the other, each projected by itself. */
    async arrive(...records: readonly (readonly [tool: string, draft: Draft])[]) {
      for (const [tool, draft] of records) await project(hubWith(), [await put(tool, draft)]);
    },
    /** Records come in at once. */
    async arriveTogether(...records: readonly (readonly [tool: string, draft: Draft])[]) {
      const all: FeedRecord[] = [];
      for (const [tool, draft] of records) all.push(await put(tool, draft));
      await project(hubWith(), all);
    },
  };
};
