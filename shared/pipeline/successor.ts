import { merge } from "../domain/merge.ts";
import type { StoredEntity } from "../store/entities.ts";

/** What is stored next: first sight, past keys and presence carry over from what is held. */
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
  return {
    ...next,
    ...(askedBefore && { askedAt: held.askedAt }),
    source: { ...next.source, keyHistory: past },
    aliases: [...new Set([...next.aliases, ...past.map(({ key }) => key)])].sort(),
    presence: same ? held.presence : next.presence,
    firstSeenAt: held.firstSeenAt,
    version: held.version + 1,
  };
};

/** What is stored after a read did not find a thing; undefined if that is no news. That it was looked for is noted, so that it is looked for once. */
export const afterGone = (held: StoredEntity, next: StoredEntity): StoredEntity | undefined => {
  const verdict = merge(held, next);
  if (verdict === "touch") return { ...held, askedAt: next.askedAt };
  return verdict === "write" ? successor(held, next) : undefined;
};
