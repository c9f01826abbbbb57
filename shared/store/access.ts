import { randomBytes } from "node:crypto";
import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { Place, Row, Table } from "../ports/table.ts";
import { update } from "./entities.ts";
import { accessKey, lists } from "./keys.ts";
import { digestOf, newToken, type TokenKind, tokenKind } from "./token.ts";
import type { Slice } from "./views.ts";

/** What somebody may do and see: a role, or scopes of their own. */
export interface Grant {
  readonly role?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** Ids of products. */
  readonly products: readonly string[] | "all";
}

/** Somebody as the audit log and lists name them. */
export interface Who {
  readonly id: string;
  readonly name: string;
}

/** A key, a session in a browser, a link that signs in once, or a link to one page. Its secret is nowhere. */
export interface Credential extends Grant {
  /** `key_…`, `ses_…`, `lnk_…`, `shr_…`; rises with the time it was made. */
  readonly id: string;
  readonly kind: TokenKind;
  readonly name: string;
  readonly createdAt: Instant;
  readonly createdBy: Who;
  readonly expiresAt?: Instant | undefined;
  /** Exact to an hour: a request is no write. */
  readonly lastUsedAt?: Instant | undefined;
  readonly revokedAt?: Instant | undefined;
  /** Of sessions and sign-in links: id of the member whose role and products count, as they are now. */
  readonly member?: string | undefined;
  /** Of sessions: digest of the key that they were opened with, which must still hold. */
  readonly openedWith?: string | undefined;
  /** Of links to a page: its address within the hub. */
  readonly path?: string | undefined;
}

export type NewCredential = Omit<Credential, "id" | "createdAt" | "lastUsedAt" | "revokedAt">;

const PREFIXES: Readonly<Record<TokenKind, string>> = { key: "key", session: "ses", link: "lnk", share: "shr" };
const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

/** An id that sorts by the time it was made. */
export const timedId = (prefix: string, now: Date): string =>
  `${prefix}_${now.getTime().toString(16).padStart(12, "0")}${randomBytes(5).toString("hex")}`;

/** Sessions and sign-in links leave the table by themselves; keys and shares stay in their lists until then revoked. */
const vanishes = ({ kind, expiresAt }: Credential) =>
  expiresAt !== undefined && (kind === "session" || kind === "link")
    ? { expiresAt: Math.ceil(Date.parse(expiresAt) / 1000) + DAY_S }
    : {};

const rowOf = (credential: Credential): Omit<Row<Credential>, "pk" | "sk" | "version"> => ({
  data: credential,
  list: lists.ofCredential(credential.kind, credential.id),
  ...vanishes(credential),
});

/** So many of a hub may hold at once: more than people keep track of are made by a program that went wrong. */
const AT_MOST: Partial<Readonly<Record<TokenKind, number>>> = { key: 1000, share: 1000 };
const WORDS = { key: "keys", share: "links to pages", session: "sessions", link: "links to sign in" } as const;

/** Two that are made at one moment may both take the last place. @throws HubError limit_reached */
const demandRoom = async (table: Table, kind: TokenKind, now: Date): Promise<void> => {
  const most = AT_MOST[kind];
  if (most === undefined || (await table.count({ pk: lists.credentials(kind), by: "list" })) < most) return;
  const { items } = await credentials(table, kind, undefined, most, (one) => holds(one, now));
  if (items.length < most) return;
  throw new HubError(
    "limit_reached",
    `this hub has ${most.toLocaleString("en-GB")} ${WORDS[kind]} that hold, and may have no more: revoke one first`,
    { retry: "never" },
  );
};

/** Makes one. @returns the token, which is shown now and never again. @throws HubError limit_reached */
export const makeCredential = async (
  table: Table,
  wanted: NewCredential,
  now: Date,
): Promise<{ readonly credential: Credential; readonly token: string }> => {
  await demandRoom(table, wanted.kind, now);
  const token = newToken(wanted.kind);
  const credential = { ...wanted, id: timedId(PREFIXES[wanted.kind], now), createdAt: now.toISOString() };
  await table.put({ ...accessKey(digestOf(token)), version: 1, ...rowOf(credential) });
  return { credential, token };
};

/** What a token opens, whether it still holds or not; no read for a text that no hub made. */
export const credentialOf = async (table: Table, token: string): Promise<Credential | undefined> =>
  tokenKind(token) === undefined ? undefined : credentialAt(table, digestOf(token));

/** The same by the digest of the token. */
export const credentialAt = async (table: Table, digest: string): Promise<Credential | undefined> => {
  const { pk, sk } = accessKey(digest);
  return (await table.get<Credential>(pk, sk))?.data;
};

/** Whether it is neither revoked nor over. */
export const holds = ({ revokedAt, expiresAt }: Credential, now: Date): boolean =>
  revokedAt === undefined && !isOver({ expiresAt }, now);

export const isOver = ({ expiresAt }: Pick<Credential, "expiresAt">, now: Date): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();

/** Notes that it was used, at most once an hour. */
export const noteUse = async (table: Table, token: string, held: Credential, now: Date): Promise<void> => {
  if (now.getTime() - Date.parse(held.lastUsedAt ?? "1970-01-01") < HOUR_MS) return;
  await update<Credential>(table, accessKey(digestOf(token)), (row) =>
    row === undefined || !holds(row.data, now) ? undefined : rowOf({ ...row.data, lastUsedAt: now.toISOString() }),
  );
};

/** Uses a link that works once: of any number who come at the same time, one gets it. */
export const useUp = async (table: Table, token: string, now: Date): Promise<Credential | undefined> => {
  const place = accessKey(digestOf(token));
  const row = await table.get<Credential>(place.pk, place.sk);
  if (row?.data.kind !== "link" || !holds(row.data, now)) return undefined;
  const used = { ...row.data, lastUsedAt: now.toISOString(), revokedAt: now.toISOString() };
  return (await table.put({ ...place, version: row.version + 1, ...rowOf(used) })) ? row.data : undefined;
};

const rowById = async (table: Table, kind: TokenKind, id: string): Promise<Row<Credential> | undefined> => {
  const [row] = await table.query<Credential>({ pk: lists.credentials(kind), by: "list", prefix: id, limit: 1 });
  return row?.data.id === id ? row : undefined;
};

export const credentialById = async (table: Table, kind: TokenKind, id: string): Promise<Credential | undefined> =>
  (await rowById(table, kind, id))?.data;

/** Ends one: from the next request on it opens nothing. @returns whether it still held */
export const revoke = async (table: Table, kind: TokenKind, id: string, now: Date): Promise<boolean> => {
  const row = await rowById(table, kind, id);
  return row !== undefined && ended(table, row, now);
};

/** The same of whoever holds its token. */
export const revokeToken = (table: Table, token: string, now: Date): Promise<boolean> =>
  ended(table, accessKey(digestOf(token)), now);

const ended = (table: Table, place: Place, now: Date): Promise<boolean> =>
  update<Credential>(table, { pk: place.pk, sk: place.sk }, (held) =>
    held === undefined || held.data.revokedAt !== undefined
      ? undefined
      : rowOf({ ...held.data, revokedAt: now.toISOString() }),
  );

/** Oldest first. */
export const credentials = async (
  table: Table,
  kind: TokenKind,
  after: string | undefined,
  limit: number,
  fits: (credential: Credential) => boolean = () => true,
): Promise<Slice<Credential>> => {
  const items: Credential[] = [];
  for (let place = after; ; ) {
    const rows: Row<Credential>[] = await table.query<Credential>({
      pk: lists.credentials(kind),
      by: "list",
      limit: 200,
      ...(place !== undefined && { after: place }),
    });
    for (const { data } of rows) {
      if (items.length === limit) return { items, next: place };
      place = data.id;
      if (fits(data)) items.push(data);
    }
    if (rows.length < 200) return { items, next: undefined };
  }
};
