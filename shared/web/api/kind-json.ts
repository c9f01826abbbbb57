import * as z from "zod";
import { type Entity, FIELDS, type FieldedKind, nameOf } from "../../domain/entity.ts";
import { snakeCase } from "../../domain/snake-case.ts";

/** What every thing has, of whatever kind. */
const ENVELOPE = {
  id: z.string(),
  kind: z.string(),
  key: z.string().nullable(),
  name: z.string(),
  url: z.string().describe("Where it lives in its tool, as the tool says it: check it before you link to it."),
  productIds: z.array(z.string()),
  source: z.object({ tool: z.string(), connectionId: z.string(), externalId: z.string() }),
  presence: z.object({ state: z.string(), since: z.string(), how: z.string(), movedTo: z.string().optional() }),
  customFields: z.array(z.object({ fieldId: z.string(), name: z.string(), type: z.string(), value: z.unknown() })),
  sourceCreatedAt: z.string().nullable(),
  sourceUpdatedAt: z.string(),
  firstSeenAt: z.string(),
  recordedAt: z.string(),
  version: z.int().describe("Rises by exactly 1 with each change."),
};

/** The tool's own word where ours has the same name. */
const RENAMED: Readonly<Record<string, string>> = { version: "versionName" };

/** The shape of a kind on the wire: the envelope, then what the kind itself holds. */
export const kindSchema = (kind: FieldedKind): z.ZodObject => {
  const { title: _t, name: _n, key: _k, version, ...own } = FIELDS[kind].shape as Readonly<Record<string, z.ZodType>>;
  const shape = { ...own, ...(version !== undefined && { versionName: version }), ...ENVELOPE };
  return z.object(shape).meta({ id: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}` });
};

/** A thing of any kind on the wire. */
export const kindJson = (entity: Entity): Record<string, unknown> => {
  const { title: _t, name: _n, key, ...own } = entity.fields as Readonly<Record<string, unknown>>;
  const { tool, connectionId, externalId } = entity.source;
  return {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [RENAMED[name] ?? name, value])),
    id: entity.id,
    kind: snakeCase(entity.kind),
    key: typeof key === "string" ? key : (entity.source.key ?? null),
    name: nameOf(entity),
    url: entity.source.url,
    productIds: [...entity.productIds],
    source: { tool, connectionId, externalId },
    presence: entity.presence,
    customFields: [...entity.customFields],
    sourceCreatedAt: entity.sourceCreatedAt ?? null,
    sourceUpdatedAt: entity.sourceUpdatedAt,
    firstSeenAt: entity.firstSeenAt,
    recordedAt: entity.recordedAt,
    version: entity.version,
  };
};
