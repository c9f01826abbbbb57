import { FIELDS } from "../domain/entity.ts";
import { type Known, keeping } from "../domain/kept-fields.ts";
import { merge } from "../domain/merge.ts";
import type { StoredEntity } from "../store/entities.ts";

const ENTITY: Known<StoredEntity> = {
  id: true,
  kind: true,
  productIds: true,
  source: true,
  scopes: true,
  presence: true,
  sourceCreatedAt: true,
  sourceUpdatedAt: true,
  askedAt: true,
  firstSeenAt: true,
  recordedAt: true,
  version: true,
  contentHash: true,
  mappedHash: true,
  mappingVersion: true,
  rawRef: true,
  receivedAt: true,
  goneToldAt: true,
  historyHash: true,
  fields: true,
  aliases: true,
  references: true,
  relations: true,
  customFields: true,
};

/** What is stored next: first sight, past keys, presence and what only newer code knows carry over from what is held. */
export const successor = (held: StoredEntity | undefined, next: StoredEntity): StoredEntity => {
  if (held === undefined) return next;
  const lost = held.source.key !== undefined && held.source.key !== next.source.key ? [held.source.key] : [];
  const told = new Set(next.source.keyHistory.map(({ key }) => key));
  const past = [
    ...next.source.keyHistory,
    ...held.source.keyHistory.filter(({ key }) => !told.has(key)),
    ...lost.filter((key) => !told.has(key)).map((key) => ({ key, until: next.sourceUpdatedAt })),
  ].filter(({ key }) => key !== next.source.key);
  const same = held.presence.state === next.presence.state;
  const askedBefore = held.contentHash === next.contentHash && (held.askedAt ?? "") > (next.askedAt ?? "");
  const known: StoredEntity = {
    ...next,
    ...(askedBefore && { askedAt: held.askedAt }),
    source: { ...next.source, keyHistory: past },
    aliases: [...new Set([...next.aliases, ...past.map(({ key }) => key)])].sort(),
    presence: same ? held.presence : next.presence,
    firstSeenAt: held.firstSeenAt,
    version: held.version + 1,
    fields: keeping(held.fields, next.fields, FIELDS[next.kind].shape),
  };
  return keeping(held, known, ENTITY);
};

/** What is stored after a read did not find a thing; undefined if that is no news. That it was looked for is noted, so that it is looked for once. */
export const afterGone = (held: StoredEntity, next: StoredEntity): StoredEntity | undefined => {
  const verdict = merge(held, next);
  if (verdict === "touch") return { ...held, askedAt: next.askedAt };
  return verdict === "write" ? successor(held, next) : undefined;
};
