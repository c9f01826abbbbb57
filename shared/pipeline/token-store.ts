import { createHmac, randomUUID } from "node:crypto";
import * as z from "zod";
import type { Token, TokenStore } from "../connector/credential.ts";
import { HubError } from "../connector/errors.ts";
import type { Instant } from "../domain/instant.ts";
import type { Ports } from "../ports/ports.ts";
import type { Row } from "../ports/table.ts";
import { renewalKey } from "../store/keys.ts";

/** Who renews a connection's tokens, and which refresh token the vendor refused; digests only, never a token. */
interface Renewing {
  readonly lease?: { readonly holder: string; readonly until: Instant } | undefined;
  readonly refused?: { readonly digest: string; readonly at: Instant; readonly wasBrokenOff: boolean } | undefined;
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
  const current = async (): Promise<Token | undefined> => {
    const kept = keptIn(await secrets.get(tokensName(connection)));
    return kept !== undefined && kept.seed === digestOf(kept.salt, seed) ? kept.token : undefined;
  };
  const keep = (token: Token): Promise<void> => {
    const salt = randomUUID();
    return secrets.put(tokensName(connection), JSON.stringify({ salt, seed: digestOf(salt, seed), token }));
  };
  const put = async (held: Row<Renewing> | undefined, data: Renewing): Promise<Row<Renewing> | undefined> => {
    const row: Row<Renewing> = { pk, sk, version: (held?.version ?? 0) + 1, data };
    return (await table.put(row)) ? row : undefined;
  };

  const renewUnder = async (
    lease: Row<Renewing>,
    wasBrokenOff: boolean,
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
    if (refused?.digest === digest && now() < Date.parse(refused.at) + REFUSED_FOR_MS) {
      await put(lease, { refused });
      throw usedUp(connection, refused.wasBrokenOff);
    }
    let made: Token;
    try {
      made = await make(refreshToken);
    } catch (error) {
      const isRefused = error instanceof HubError && error.code === "vendor_auth_expired";
      await put(lease, { refused: isRefused ? { digest, at: clock.now().toISOString(), wasBrokenOff } : refused });
      throw isRefused ? usedUp(connection, wasBrokenOff, error) : error;
    }
    if (now() >= Date.parse(lease.data.lease?.until ?? "")) {
      // Whoever took over after our lease may have gone on from here already: theirs is the newer one.
      const theirs = await current();
      if (theirs !== undefined && theirs.refreshToken !== before?.refreshToken) return theirs;
    }
    // The vendor has forgotten the old one: nothing may come between its answer and this.
    await keep(made);
    await put(lease, {});
    return made;
  };

  return {
    current,
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

const keptIn = (text: string | undefined): z.output<typeof Kept> | undefined => {
  if (text === undefined) return undefined;
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const usedUp = (connection: string, wasBrokenOff: boolean, cause?: HubError): HubError =>
  new HubError(
    "vendor_auth_expired",
    wasBrokenOff
      ? `${connection}: the process that renewed the refresh token ended before it could store the new one, and the old one is used up; authorise the app again and set the new refresh token`
      : `${connection}: the refresh token is refused (${String(cause?.details["word"] ?? "asked within the last hour")}); authorise the app again and set the new refresh token`,
    { retry: "never", details: { ...cause?.details }, cause },
  );
