import * as z from "zod";
import { type Instant, maybeInstant } from "../domain/instant.ts";
import { HubError } from "./errors.ts";
import type { Surroundings } from "./http.ts";

/** How a connection proves who it is. */
export interface Credential {
  readonly kind: "none" | "api_token" | "access_token" | "oauth" | "app";
  /** The authorization header, where it never changes. */
  readonly authorization?: string | undefined;
  /** When it ends, if the config tells. */
  readonly expiresAt?: Instant | undefined;
  /** When it ends, if an answer's headers tell. */
  readonly expiryIn?: (headers: Headers) => Instant | undefined;
  /** How access tokens are made, in place of `authorization`. */
  readonly renewal?: Renewal;
}

/** One request to a token endpoint, and how to read its answer. */
export interface Renewal {
  /** The refresh token that the user set; absent where a secret that stays makes the tokens. */
  readonly seed?: string;
  /** The token endpoint. */
  readonly url: string;
  /**
   * @param refreshToken the newest; empty without a seed
   * @param now milliseconds since the epoch
   */
  readonly request: (
    refreshToken: string,
    now: number,
  ) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly answer: z.ZodType<Granted>;
}

/** An access token as the vendor gave it. */
export interface Granted {
  readonly accessToken: string;
  readonly expiresInSeconds?: number | undefined;
  readonly expiresAt?: Instant | undefined;
  /** The next refresh token; absent if the one that was used stays good. */
  readonly refreshToken?: string | undefined;
  readonly refreshExpiresInSeconds?: number | undefined;
}

/** The same with times, in milliseconds since the epoch. */
export interface Token {
  readonly accessToken: string;
  readonly grantedAt: number;
  readonly expiresAt?: number | undefined;
  readonly refreshToken: string;
  readonly refreshExpiresAt?: number | undefined;
}

/** Where refresh tokens that are good for one use live, for all processes of the hub. */
export interface TokenStore {
  current(): Promise<Token | undefined>;
  /** Stores what could not be stored when it was made; nothing to do as a rule. */
  settle(): Promise<void>;
  /**
   * Lets one process at a time renew; whoever waited gets what it got.
   *
   * @param isStale whether a stored token is of no use any more
   * @throws HubError what `make` throws | lease_held
   */
  renewed(isStale: (token: Token) => boolean, make: (refreshToken: string) => Promise<Token>): Promise<Token>;
}

/** What a connection's requests are authorised by, for as long as it is open. */
export interface Access {
  /** The authorization header of the next request. @throws HubError vendor_auth_expired | vendor_unreachable | vendor_rate_limited | lease_held */
  authorization(): Promise<string | undefined>;
  /** The vendor answered 401 to that header. @returns whether there is another one to try */
  refused(authorization: string | undefined): Promise<boolean>;
  /** The vendor took it. */
  accepted(headers: Headers): void;
  /** When the credential ends, as far as config or vendor told. */
  expiresAt(): Instant | undefined;
}

const TOKEN_TIMEOUT_MS = 20_000;
const RENEW_AHEAD_MS = 300_000;
/** A refusal asks for no other token so soon after the last one. */
const RENEW_AGAIN_MS = 60_000;

/** Tokens that a secret which stays can make at any time: nothing to be kept. */
const unkept = (seed: string): TokenStore => ({
  current: async () => undefined,
  settle: async () => {},
  renewed: (_, make) => make(seed),
});

/** Opens a credential: a fixed one is given as it is, a renewable one is renewed before its end and once when refused. */
export const openAccess = (
  credential: Credential | undefined,
  around: Pick<Surroundings, "fetch" | "now">,
  store: TokenStore = unkept(credential?.renewal?.seed ?? ""),
): Access => {
  const { renewal } = credential ?? {};
  let token: Token | undefined;
  let making: Promise<Token> | undefined;
  /** When this process last had one made, and whether for a refusal: soon after, no other one would be better. */
  let renewed: { readonly at: number; readonly isForRefusal: boolean } | undefined;
  let told: Instant | undefined;

  const isOver = ({ grantedAt, expiresAt }: Token): boolean =>
    expiresAt !== undefined && around.now() >= expiresAt - Math.min(RENEW_AHEAD_MS, (expiresAt - grantedAt) / 2);
  const make = (used: Renewal, refused: string | undefined): Promise<Token> => {
    making ??= store
      .renewed(
        (held) => held.accessToken === refused || isOver(held),
        async (refreshToken) => {
          const made = await ask(used, refreshToken, around);
          renewed = { at: around.now(), isForRefusal: refused !== undefined };
          return made;
        },
      )
      .then((made) => {
        token = made;
        return made;
      })
      .finally(() => {
        making = undefined;
      });
    return making;
  };
  const header = ({ accessToken }: Token): string => `Bearer ${accessToken}`;

  return {
    async authorization() {
      if (renewal === undefined) return credential?.authorization;
      await store.settle();
      token ??= await store.current();
      return header(token === undefined || isOver(token) ? await make(renewal, undefined) : token);
    },
    async refused(authorization) {
      if (renewal === undefined || token === undefined) return false;
      if (header(token) !== authorization) return true;
      if (renewed !== undefined && around.now() < renewed.at + RENEW_AGAIN_MS) return false;
      await make(renewal, token.accessToken);
      return true;
    },
    accepted(headers) {
      // One that was made in time and has worked may be replaced; what is refused again and again may not.
      if (renewed?.isForRefusal === false) renewed = undefined;
      told = credential?.expiryIn?.(headers) ?? told;
    },
    expiresAt: () => credential?.expiresAt ?? told ?? maybeInstant(token?.refreshExpiresAt),
  };
};

/** One request, never tried again by itself: a refresh token may be good for one only. */
const ask = async (renewal: Renewal, refreshToken: string, around: Pick<Surroundings, "fetch" | "now">) => {
  const { host } = new URL(renewal.url);
  const now = around.now();
  const { headers, body } = renewal.request(refreshToken, now);
  const unreachable = (what: string, cause?: unknown) =>
    new HubError("vendor_unreachable", `the token endpoint of ${host} ${what}`, { retry: "later", cause });
  let status: number;
  let text: string;
  try {
    const signal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
    const response = await around.fetch(renewal.url, { method: "POST", headers, body, signal, redirect: "manual" });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    throw unreachable("did not answer", cause);
  }
  const told = json(text);
  if ([400, 401, 403, 404].includes(status)) throw refusedGrant(host, status, told);
  if (status === 429) {
    throw new HubError("vendor_rate_limited", `the token endpoint of ${host} asks to wait`, {
      retry: { afterSeconds: 60 },
      details: { status },
    });
  }
  const granted = renewal.answer.safeParse(told);
  if (status >= 300) throw unreachable(`answered ${status}`);
  // Neither the answer nor what is wrong with it: both may hold a token.
  if (!granted.success) throw unreachable("answered in another shape than we read");
  return tokenOf(granted.data, refreshToken, now);
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const Refusal = z.looseObject({ error: z.string().regex(/^[a-z_]{1,40}$/) });

const refusedGrant = (host: string, status: number, told: unknown): HubError => {
  const word = Refusal.safeParse(told).data?.error;
  return new HubError(
    "vendor_auth_expired",
    `${host} gave no access token (${word ?? status}): the credential was used up, revoked or is another one`,
    { retry: "never", details: { status, word } },
  );
};

const tokenOf = (granted: Granted, used: string, now: number): Token => {
  const { accessToken, expiresInSeconds, expiresAt, refreshToken = used, refreshExpiresInSeconds } = granted;
  const end = expiresAt === undefined ? expiresInSeconds && now + expiresInSeconds * 1000 : Date.parse(expiresAt);
  return {
    accessToken,
    grantedAt: now,
    ...(end !== undefined && { expiresAt: end }),
    refreshToken,
    ...(refreshExpiresInSeconds !== undefined && { refreshExpiresAt: now + refreshExpiresInSeconds * 1000 }),
  };
};
