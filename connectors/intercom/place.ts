import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Kind, Ref } from "../../shared/domain/kind.ts";

interface Placed {
  readonly workspace?: string | null | undefined;
  readonly region?: string | null | undefined;
}

/** A page of Intercom's app; the app itself where the record does not tell its workspace. */
export const pageOf = ({ workspace, region }: Placed, path: string): string => {
  const host = region === "eu" || region === "au" ? `app.${region}.intercom.com` : "app.intercom.com";
  return workspace ? `https://${host}/a/${path.replace(":app", workspace)}` : `https://${host}`;
};

/** Under what a conversation's address is found in texts of any tool. */
export const aliasOf = ({ workspace }: Placed, id: string): string[] =>
  workspace ? [`intercom.com/${workspace}/conversation/${id}`.toLowerCase()] : [];

/** A pointer to another record of this connection; Intercom writes 0 for nobody. */
export const refTo = <K extends Kind>(kind: K, noun: string, id: string | null | undefined): Ref<K> | undefined =>
  id && id !== "0" ? { kind, noun, id } : undefined;

export const timesOf = (record: {
  readonly created_at?: number | null | undefined;
  readonly updated_at?: number | null | undefined;
}): { createdAt: Instant | undefined; updatedAt: Instant } => {
  const createdAt = maybeInstant(record.created_at);
  return { createdAt, updatedAt: maybeInstant(record.updated_at) ?? createdAt ?? TIMELESS };
};
