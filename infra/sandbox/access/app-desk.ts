import { generateKeyPairSync, randomBytes, verify } from "node:crypto";
import type { Answer, Asked } from "../http/server.ts";

const APP_ID = 424_242;
const INSTALLATION_ID = 31_415_926;
/** The longest life that GitHub allows a JWT, and how far clocks may differ. */
const LONGEST_SECONDS = 600;
const SKEW_SECONDS = 60;

/** GitHub's end of a GitHub App: checks the app's JWT and gives out installation tokens. */
export class AppDesk {
  granted = 0;
  refused = 0;
  lifetimeSeconds = 3600;
  readonly appId = APP_ID;
  readonly installationId = INSTALLATION_ID;
  /** PEM, made when the sandbox starts. */
  readonly privateKey: string;
  readonly #publicKey: string;
  readonly #tokens = new Map<string, number>();
  #installation: string | undefined = String(INSTALLATION_ID);

  constructor() {
    const pair = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    this.privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
  }

  /** Ends every installation token. */
  expire(): void {
    this.#tokens.clear();
  }

  uninstall(): void {
    this.#tokens.clear();
    this.#installation = undefined;
  }

  accepts(authorization: string | undefined): boolean {
    return Date.now() < (this.#tokens.get(authorization?.replace(/^(Bearer|token) /i, "") ?? "") ?? 0);
  }

  answer(asked: Asked, installation: string): Answer {
    const why = this.#wrongWith(asked.headers.authorization?.replace(/^Bearer /, "") ?? "");
    if (why !== undefined) return this.#refusal(401, why);
    if (installation !== this.#installation) return this.#refusal(404, "Not Found");
    const token = `ghs_${randomBytes(18).toString("hex")}`;
    const endsAt = Date.now() + this.lifetimeSeconds * 1000;
    this.#tokens.set(token, endsAt);
    this.granted += 1;
    const expires_at = `${new Date(endsAt).toISOString().slice(0, 19)}Z`;
    const permissions = { metadata: "read", issues: "read", contents: "read" };
    return { status: 201, json: { token, expires_at, permissions, repository_selection: "selected" } };
  }

  /** What GitHub finds wrong with a JWT, in its own words. */
  #wrongWith(jwt: string): string | undefined {
    const [head = "", claims = "", signature = ""] = jwt.split(".");
    try {
      const { alg } = part(head);
      const isSigned = verify(
        "sha256",
        Buffer.from(`${head}.${claims}`),
        this.#publicKey,
        Buffer.from(signature, "base64url"),
      );
      if (alg !== "RS256" || !isSigned) return "A JSON web token could not be decoded";
      const { iat, exp, iss } = part(claims);
      const now = Date.now() / 1000;
      if (String(iss) !== String(APP_ID)) return "Integration not found";
      if (!(Number(iat) <= now + SKEW_SECONDS)) return "'Issued at' claim ('iat') must be an Integer in the past";
      if (!(Number(exp) > now && Number(exp) <= now + LONGEST_SECONDS + SKEW_SECONDS))
        return "'Expiration time' claim ('exp') is too far in the future";
      return undefined;
    } catch {
      return "A JSON web token could not be decoded";
    }
  }

  #refusal(status: number, message: string): Answer {
    this.refused += 1;
    return { status, json: { message, documentation_url: "https://docs.github.com/rest", status: String(status) } };
  }
}

const part = (text: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Record<string, unknown>;
