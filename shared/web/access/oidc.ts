/** What a sign-in at the provider must come back with. */
export interface OidcCheck {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who signed in, as the provider says. */
export interface OidcPerson {
  /** The provider's own id of the account. */
  readonly subject: string;
  /** In lower case; only one that the provider has verified. */
  readonly address?: string | undefined;
  readonly name?: string | undefined;
  /** By the claims of the account, where the config maps them. */
  readonly role?: string | undefined;
}

/** Sign-in by OpenID Connect: authorization code with PKCE. */
export interface Oidc {
  /** Where the browser is sent. @param back the address that it comes back to */
  begin(back: string): Promise<{ readonly address: string; readonly check: OidcCheck }>;
  /** @param address that the browser came back to. @throws HubError sign_in_refused */
  finish(address: URL, check: OidcCheck): Promise<OidcPerson>;
}
