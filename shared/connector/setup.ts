import type { Instant } from "../domain/instant.ts";
import type { ReadContext } from "./contract.ts";

/** What `connect` asks and tells about a vendor. */
export interface Setup<Config> {
  /** Where a person makes the credential, with its rights chosen already where the vendor's address can say them. */
  readonly credentialAt: string;
  /** Settings to ask for, in order; `a|b` asks for the first of them that is wanted, `a.b` is a setting inside another. */
  readonly asks: readonly string[];
  /** The right that each stream needs, in the vendor's words. */
  readonly rights: Readonly<Record<string, string>>;
  /** The same settings with few requests to the first page and without reading along: for one read that only tries. */
  readonly smallest: (config: Config) => Config;
  /** Rights of the credential that go beyond reading; absent where the vendor tells none. */
  readonly beyondReading?: (context: ReadContext<Config>) => Promise<readonly string[]>;
}

/** A webhook as the vendor keeps it. */
export interface RegisteredHook {
  readonly id: string;
  readonly url: string;
  /** Some vendors end webhooks by themselves. */
  readonly expiresAt?: Instant | undefined;
}

/** How webhooks are set up at the vendor. */
export interface HookSetup<Config> {
  /** The right that it needs, in the vendor's words. */
  readonly right: string;
  /** Parts that each need a webhook of their own (repositories, for example); default one. */
  readonly scopes?: (config: Config) => readonly string[];
  /** All webhooks of the scope, ours or not. */
  readonly list: (context: ReadContext<Config>, scope: string) => Promise<readonly RegisteredHook[]>;
  readonly create: (context: ReadContext<Config>, scope: string, hook: WantedHook) => Promise<RegisteredHook>;
  /** Brings an existing one to what is wanted; absent where the vendor cannot change them. */
  readonly update?: (context: ReadContext<Config>, scope: string, id: string, hook: WantedHook) => Promise<void>;
  /** Makes them live on; absent where they do not end. */
  readonly renew?: (context: ReadContext<Config>, ids: readonly string[]) => Promise<void>;
  /** Whether the vendor signs with a secret that we choose; it does by default. */
  readonly takesSecret?: (config: Config) => boolean;
}

export interface WantedHook {
  readonly url: string;
  /** Empty where the vendor takes none. */
  readonly secret: string;
}
