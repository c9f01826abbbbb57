import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Kind, Ref } from "../../shared/domain/kind.ts";

/** Host of the account, as a record's own API address tells it. */
const hostOf = (url: string | null | undefined): string | undefined => /^https?:\/\/([^/]+)\//.exec(url ?? "")?.[1];

/** A page of the agents' workspace; the account's address alone where the record does not tell where it lives. */
export const pageOf = (url: string | null | undefined, path: string): string =>
  `https://${hostOf(url) ?? "www.zendesk.com"}/${path}`;

/** Under what a ticket's address is found in texts of any tool. */
export const ticketAlias = (url: string | null | undefined, id: string): string[] => {
  const host = hostOf(url);
  return host === undefined ? [] : [`${host}/tickets/${id}`.toLowerCase()];
};

/** A pointer to another record of this connection, or undefined where there is none. */
export const refTo = <K extends Kind>(kind: K, noun: string, id: string | null | undefined): Ref<K> | undefined =>
  id ? { kind, noun, id } : undefined;

export const timesOf = (record: {
  readonly created_at?: string | null | undefined;
  readonly updated_at?: string | null | undefined;
}): { createdAt: Instant | undefined; updatedAt: Instant } => {
  const createdAt = maybeInstant(record.created_at);
  return { createdAt, updatedAt: maybeInstant(record.updated_at) ?? createdAt ?? TIMELESS };
};
