import { randomBytes } from "node:crypto";
import { bodyObject } from "../http/route.ts";
import type { Answer, Asked } from "../http/server.ts";

/** The made-up OAuth app of a vendor. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Access {
  readonly endsAt: number;
  /** Requests that it is still good for. */
  uses: number;
}

/** A vendor's token endpoint: access tokens with an end, refresh tokens that are good for one use each. */
export class OAuthDesk {
  /** How many tokens were given out. */
  granted = 0;
  /** How many requests were refused: tokens used up, unknown or of another app. */
  refused = 0;
  lifetimeSeconds = 3600;
  readonly #app: OAuthApp;
  readonly #encoding: "json" | "form";
  readonly #refresh = new Set<string>();
  readonly #access = new Map<string, Access>();
  #usesOfNext = Number.POSITIVE_INFINITY;

  constructor(app: OAuthApp, encoding: "json" | "form") {
    this.#app = app;
    this.#encoding = encoding;
  }

  /** A person consents: a new refresh token. */
  consent(): string {
    const token = `refresh-${randomBytes(12).toString("hex")}`;
    this.#refresh.add(token);
    return token;
  }

  /** Ends every access token. */
  expire(): void {
    this.#access.clear();
  }

  /** The access token given out next is good for so many requests; those after it for ever. */
  nextIsGoodFor(requests: number): void {
    this.#usesOfNext = requests;
  }

  /** Takes the consent back: no token is good any more. */
  revoke(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  /** Whether it is one of the access tokens; counts as one use. */
  accepts(authorization: string | undefined): boolean {
    const held = this.#access.get(authorization?.replace(/^Bearer /, "") ?? "");
    if (held === undefined || Date.now() >= held.endsAt || held.uses < 1) return false;
    held.uses -= 1;
    return true;
  }

  answer(asked: Asked): Answer {
    const given = this.#fieldsOf(asked);
    const isApp = given["client_id"] === this.#app.clientId && given["client_secret"] === this.#app.clientSecret;
    if (!isApp) return this.#refusal(401, "invalid_client", "The client could not be authenticated.");
    if (given["grant_type"] !== "refresh_token")
      return this.#refusal(400, "unsupported_grant_type", "Only refresh_token is supported.");
    if (!this.#refresh.delete(String(given["refresh_token"])))
      return this.#refusal(this.#encoding === "json" ? 403 : 400, "invalid_grant", "Unknown or invalid refresh token.");
    const access = `access-${randomBytes(12).toString("hex")}`;
    this.#access.set(access, { endsAt: Date.now() + this.lifetimeSeconds * 1000, uses: this.#usesOfNext });
    this.#usesOfNext = Number.POSITIVE_INFINITY;
    this.granted += 1;
    return {
      status: 200,
      headers: { "cache-control": "no-store" },
      json: {
        access_token: access,
        token_type: "Bearer",
        expires_in: this.lifetimeSeconds,
        refresh_token: this.consent(),
        scope: this.#encoding === "json" ? "read:jira-work offline_access" : "read",
      },
    };
  }

  /** Atlassian takes JSON, Linear a form; neither takes the other. */
  #fieldsOf(asked: Asked): Readonly<Record<string, unknown>> {
    const isJson = /^application\/json/.test(asked.headers["content-type"] ?? "");
    if (isJson !== (this.#encoding === "json")) return {};
    return isJson ? (bodyObject(asked) ?? {}) : Object.fromEntries(new URLSearchParams(asked.body.toString("utf8")));
  }

  #refusal(status: number, error: string, words: string): Answer {
    this.refused += 1;
    return { status, json: { error, error_description: words } };
  }
}
