import { createHmac, randomUUID } from "node:crypto";
import * as z from "zod";
import type { Token, TokenStore } from "../connector/credential.ts";
import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import { type Known, keeping } from "../domain/kept-fields.ts";
import type { Ports } from "../ports/ports.ts";
import type { Row } from "../ports/table.ts";
import { renewalKey } from "../store/keys.ts";

/** Who renews a connection's tokens, and which refresh token the vendor refused; digests only, never a token. */
interface Renewing {
  readonly lease?: { readonly holder: string; readonly until: Instant } | undefined;
  readonly refused?: Refused | undefined;
}

const RENEWING: Known<Renewing> = { lease: true, refused: true };

interface Refused {
  readonly digest: string;
  readonly at: Instant;
  readonly wasBrokenOff: boolean;
  /** Used up by a process that lives and holds the next one, and could not store it yet. */
  readonly isOwed?: boolean;
}

const Kept = z.object({
  /** Of the refresh token that people set and that this came from: a newly set one wins. */
  seed: z.string(),
  salt: z.string(),
  token: z.object({
    accessToken: z.string(),
    grantedAt: z.number(),
    expiresAt: z.number().optional(),
    refreshToken: z.string(),
    refreshExpiresAt: z.number().optional(),
  }),
});

/** Longer than a token endpoint is waited for. */
const LEASE_MS = 60_000;
const LOOK_MS = 100;
/** A refresh token that was refused is not sent again before. */
const REFUSED_FOR_MS = 3_600_000;
/** Between the tries to store what the vendor has just given; all of them fit into the lease. */
const STORE_AGAIN_MS = [1_000, 2_000, 4_000, 8_000];
const OWED_AGAIN_MS = 10_000;
/** So long the process that holds the next one is waited for; it may have ended. */
const OWED_FOR_MS = 600_000;

const digestOf = (salt: string, secret: string): string => createHmac("sha256", salt).update(secret).digest("hex");

/** Where the tokens of a connection stand in the secrets. */
export const tokensName = (connection: string): string => `connection.${connection}.tokens`;

/**
 * Keeps a connection's rotating tokens among the secrets, one renewal at a time over all processes: a row of the table
 * is the lease, its version the fence.
 *
 * @param seed the refresh token that people set
 */
export const tokenStore = (
  { table, secrets, clock }: Pick<Ports, "table" | "secrets" | "clock">,
  connection: string,
  seed: string,
): TokenStore => {
  const { pk, sk } = renewalKey(connection);
  const now = () => clock.now().getTime();
  const slot = tokensName(connection);
  /** What the vendor gave and nobody could store, and the refresh token that it came from. */
  let owed: { readonly token: Token; readonly from: string; readonly triedAt: number } | undefined;

  const stored = async (): Promise<Token | undefined> => {
    const kept = keptIn(await secrets.get(slot));
    return kept !== undefined && kept.seed === digestOf(kept.salt, seed) ? kept.token : undefined;
  };
  const keep = (token: Token): Promise<void> => {
    const salt = randomUUID();
    return secrets.put(slot, JSON.stringify({ salt, seed: digestOf(salt, seed), token }));
  };
  const settle = async (): Promise<void> => {
    if (owed === undefined || now() < owed.triedAt + OWED_AGAIN_MS) return;
    owed = { ...owed, triedAt: now() };
    const { token, from } = owed;
    try {
      // Another process may have gone on since: theirs is the newer one.
      if (((await stored())?.refreshToken ?? seed) === from) await keep(token);
      owed = undefined;
    } catch {
      // Still owed: this process goes on with what it holds.
    }
  };
  const current = async (): Promise<Token | undefined> => {
    await settle();
    return owed?.token ?? (await stored());
  };
  /** Before the vendor is asked: what it gives then is the only one that there is. @throws HubError internal_error */
  const checkStorable = async (): Promise<void> => {
    try {
      await secrets.put(slot, (await secrets.get(slot)) ?? "{}");
    } catch (cause) {
      throw unstorable(connection, cause);
    }
  };
  /** @returns whether it is stored */
  const keepUnder = async (lease: Row<Renewing>, token: Token): Promise<boolean> => {
    for (const wait of [...STORE_AGAIN_MS, 0]) {
      try {
        await keep(token);
        return true;
      } catch {
        if (wait === 0 || now() + wait >= endOf(lease)) return false;
        await clock.sleep(wait);
      }
    }
    return false;
  };
  const put = async (held: Row<Renewing> | undefined, data: Renewing): Promise<Row<Renewing> | undefined> => {
    const row: Row<Renewing> = { pk, sk, version: (held?.version ?? 0) + 1, data: keeping(held?.data, data, RENEWING) };
    return (await table.put(row)) ? row : undefined;
  };

  const renewUnder = async (
    lease: Row<Renewing>,
    isTakenOver: boolean,
    isStale: (token: Token) => boolean,
    make: (refreshToken: string) => Promise<Token>,
  ): Promise<Token> => {
    const before = await current();
    if (before !== undefined && !isStale(before)) {
      await put(lease, { refused: lease.data.refused });
      return before;
    }
    const refreshToken = before?.refreshToken ?? seed;
    const digest = digestOf(connection, refreshToken);
    const { refused } = lease.data;
    const known = refused?.digest === digest ? refused : undefined;
    if (known !== undefined && now() < Date.parse(known.at) + (known.isOwed ? OWED_FOR_MS : REFUSED_FOR_MS)) {
      await put(lease, { refused });
      throw known.isOwed ? heldElsewhere(connection) : usedUp(connection, known.wasBrokenOff);
    }
    const wasBrokenOff = isTakenOver || known?.wasBrokenOff === true;
    let made: Token;
    try {
      await checkStorable();
      made = await make(refreshToken);
    } catch (error) {
      // Any other refusal is mended without a new refresh token, so it is worth asking again.
      const isRefused = error instanceof HubError && error.details["word"] === "invalid_grant";
      await put(lease, { refused: isRefused ? { digest, at: clock.now().toISOString(), wasBrokenOff } : refused });
      throw isRefused ? usedUp(connection, wasBrokenOff, error) : error;
    }
    if (now() >= endOf(lease)) {
      // Whoever took over after our lease may have gone on from here already: theirs is the newer one.
      const theirs = await stored();
      if (theirs !== undefined && theirs.refreshToken !== before?.refreshToken) return theirs;
    }
    // The vendor has forgotten the old one: nothing may come between its answer and this.
    if (await keepUnder(lease, made)) {
      owed = undefined;
      await put(lease, {});
    } else {
      owed = { token: made, from: refreshToken, triedAt: now() };
      await put(lease, { refused: { digest, at: clock.now().toISOString(), wasBrokenOff: true, isOwed: true } });
    }
    return made;
  };

  return {
    current,
    settle,
    async renewed(isStale, make) {
      for (const end = now() + 2 * LEASE_MS; ; await clock.sleep(LOOK_MS)) {
        const held = await current();
        if (held !== undefined && !isStale(held)) return held;
        const row = await table.get<Renewing>(pk, sk);
        const busy = row?.data.lease;
        if (busy === undefined || Date.parse(busy.until) <= now()) {
          const until = new Date(now() + LEASE_MS).toISOString();
          const lease = await put(row, { ...row?.data, lease: { holder: randomUUID(), until } });
          if (lease !== undefined) return await renewUnder(lease, busy !== undefined, isStale, make);
        } else if (now() >= end) {
          throw new HubError("lease_held", `another process renews the tokens of ${connection}`, {
            retry: { afterSeconds: 30 },
          });
        }
      }
    },
  };
};

const endOf = ({ data }: Row<Renewing>): number => Date.parse(data.lease?.until ?? "");

const keptIn = (text: string | undefined): z.output<typeof Kept> | undefined => {
  if (text === undefined) return undefined;
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const unstorable = (connection: string, cause: unknown): HubError => {
  const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new HubError(
    "internal_error",
    `${connection}: nothing can be stored among the secrets${why}, so its tokens are not renewed; make the store writable`,
    { retry: "later", cause },
  );
};

const heldElsewhere = (connection: string): HubError =>
  new HubError("lease_held", `another process has the new tokens of ${connection} and could not store them yet`, {
    retry: { afterSeconds: 60 },
  });

const usedUp = (connection: string, wasBrokenOff: boolean, cause?: HubError): HubError =>
  new HubError(
    "vendor_auth_expired",
    wasBrokenOff
      ? `${connection}: the process that renewed the refresh token ended before it could store the new one, and the old one is used up; authorise the app again and set the new refresh token`
      : `${connection}: the refresh token is refused (${String(cause?.details["word"] ?? "asked within the last hour")}); authorise the app again and set the new refresh token`,
    { retry: "never", details: { ...cause?.details }, cause },
  );
