import type { Draft } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import type { Reference } from "../domain/link.ts";
import { everyOf, type StoredEntity, update } from "../store/entities.ts";
import { entityKey, lists, planKey } from "../store/keys.ts";
import { entityOf, goneEntity, hash } from "./entity-of.ts";
import type { DeclaredObjective, DeclaredResult, Hub, Product } from "./hub.ts";
import { noteRecorded } from "./lost.ts";
import { initiativeAlias, metricAlias } from "./statements.ts";
import { successor } from "./successor.ts";

/** No connection can be called so: names begin with a letter or digit. */
const CONFIG = "con_.config";

const declared = (alias: string): Reference => ({ alias, place: "declared" });

/** Keys of tools are in upper case or lower case; which of the two it is only the tool knows. */
const keysOf = (named: string): Reference[] =>
  [...new Set([named, named.toUpperCase(), named.toLowerCase()])].map(declared);

const STATUS = { category: "active", detail: "declared", mappedBy: "user" } as const;

const objectiveDraft = (
  hub: Hub,
  product: Product,
  objective: DeclaredObjective,
  now: Instant,
): Draft<"objective"> => ({
  kind: "objective",
  external: { noun: "objective", id: `${product.slug}/${objective.id}`, url: `${hub.url}/objectives` },
  scopes: [product.slug],
  updatedAt: now,
  fields: {
    title: objective.title,
    ...(objective.text !== undefined && { text: objective.text }),
    status: STATUS,
    ...(objective.period?.start !== undefined && { startDate: objective.period.start }),
    ...(objective.period?.end !== undefined && { endDate: objective.period.end }),
  },
  references: [
    ...(objective.initiatives ?? []).flatMap((named) => [declared(initiativeAlias(named)), ...keysOf(named)]),
    ...(objective.features ?? []).flatMap(keysOf),
  ],
});

const resultDraft = (
  hub: Hub,
  parent: Draft<"objective">,
  result: DeclaredResult,
  place: number,
): Draft<"keyResult"> => ({
  kind: "keyResult",
  external: { noun: "keyResult", id: `${parent.external.id}/${place}`, url: `${hub.url}/objectives` },
  scopes: parent.scopes,
  updatedAt: parent.updatedAt,
  fields: {
    title: result.title,
    objectiveId: { kind: "objective", noun: "objective", id: parent.external.id },
    status: STATUS,
    baseline: result.from ?? 0,
    target: result.to,
    ...(result.current !== undefined && { current: result.current }),
    ...(result.unit !== undefined && { unit: result.unit }),
    ...(result.by !== undefined && { dueDate: result.by }),
  },
  references: result.metric === undefined ? [] : [declared(metricAlias(result.metric))],
});

/**
 * Makes the objectives and key results of the config entities like those of a tool; one that it names no more is out of
 * scope. Reads one row where nothing changed; what breaks off is done again as a whole.
 *
 * @returns how many changed
 */
export const declarePlan = async (hub: Hub): Promise<number> => {
  const { table, clock } = hub.ports;
  const applied = hash(hub.products.map(({ id, objectives }) => [id, objectives ?? []]));
  const noted = await table.get<{ hash: string }>(planKey.pk, planKey.sk);
  if (noted === undefined && hub.products.every(({ objectives = [] }) => objectives.length === 0)) return 0;
  if (noted?.data.hash === applied) return 0;
  const now = clock.now().toISOString();
  const wanted = new Map<string, StoredEntity>();
  for (const product of hub.products) {
    const arrival = {
      connectionId: CONFIG,
      tool: "throughline",
      productsOf: () => [product.id],
      mappingVersion: 1,
      rawRef: "config",
      now,
      receivedAt: now,
      how: "read" as const,
    };
    for (const objective of product.objectives ?? []) {
      const draft = objectiveDraft(hub, product, objective, now);
      const results = (objective.keyResults ?? []).map((result, place) => resultDraft(hub, draft, result, place));
      for (const one of [draft, ...results]) {
        const entity = entityOf<"objective" | "keyResult">(one, arrival);
        wanted.set(entity.id, entity);
      }
    }
  }
  let changed = 0;
  for (const entity of wanted.values()) if (await put(hub, entity)) changed += 1;
  for (const kind of ["objective", "keyResult"] as const) {
    for await (const held of everyOf(table, kind)) {
      if (held.source.connectionId !== CONFIG || wanted.has(held.id) || held.presence.state !== "present") continue;
      const arrival = { connectionId: CONFIG, tool: "throughline", productsOf: () => [], mappingVersion: 1 };
      const gone = { ...arrival, rawRef: "config", now, receivedAt: now, how: "read" as const };
      if (await put(hub, goneEntity(held, { state: "out_of_scope", at: now }, gone))) changed += 1;
    }
  }
  await update<{ hash: string }>(table, planKey, (held) => ({ data: { ...held?.data, hash: applied } }));
  return changed;
};

/** @returns false where it says the same already */
const put = async ({ ports }: Hub, entity: StoredEntity): Promise<boolean> => {
  let written: StoredEntity | undefined;
  const isPut = await update<StoredEntity>(ports.table, entityKey(entity.id), (held) => {
    if (held?.data.mappedHash === entity.mappedHash && held.data.presence.state === entity.presence.state)
      return undefined;
    written = successor(held?.data, entity);
    return { data: written, list: lists.ofKind(entity.kind, entity.id) };
  });
  if (isPut && written !== undefined) await noteRecorded(ports, [written]);
  return isPut;
};
