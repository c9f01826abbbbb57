import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Config } from "../../connectors/jira/config.ts";
import { recordsOf, signature } from "../../connectors/jira/webhook.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const config = Config.parse({
  cloudId: "7",
  oauth: { clientId: "app", clientSecret: "client-secret", refreshToken: "r" },
  projects: ["ACME"],
});
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (secret: string, endsInSeconds: number, alg = "HS256"): string => {
  const signed = `${part({ alg, typ: "JWT" })}.${part({ exp: receivedAt.getTime() / 1000 + endsInSeconds })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};
const verify = (headers: Record<string, string>, of = config) =>
  signature.verify({ headers: new Headers(headers), body: new TextEncoder().encode("{}"), receivedAt }, of);
const REJECTED = expect.objectContaining({ code: "signature_rejected" });

describe("a webhook of Jira's OAuth app", () => {
  it("is accepted with a token that the app's secret signs and that is not over", () => {
    expect(() => verify({ authorization: `Bearer ${jwt("client-secret", 60)}` })).not.toThrow();
    expect(() => verify({ authorization: `JWT ${jwt("client-secret", 1)}` })).not.toThrow();
  });

  it.each([
    ["without a token", {}],
    ["with one of another secret", { authorization: `Bearer ${jwt("other", 60)}` }],
    ["with one that is over", { authorization: `Bearer ${jwt("client-secret", 0)}` }],
    ["with one without a digest", { authorization: `Bearer ${jwt("client-secret", 60).replace(/\.[^.]*$/, ".")}` }],
    ["with a signature of the body that no secret of ours made", { "x-hub-signature": "sha256=00" }],
  ])("is refused %s", (_, headers: Record<string, string>) => {
    expect(() => verify(headers)).toThrow(REJECTED);
  });

  it("is refused by a connection with an API token, whatever the token", () => {
    const plain = Config.parse({ site: "acme", email: "a@acme.example", apiToken: "client-secret" });
    expect(() => verify({ authorization: `Bearer ${jwt("client-secret", 60)}` }, plain)).toThrow(REJECTED);
  });

  it("tells a deletion without its time, which is asked about, since the token does not cover the body", () => {
    const body = {
      webhookEvent: "jira:version_deleted",
      timestamp: receivedAt.getTime(),
      version: { id: "7", name: "1.0" },
    };
    const plain = Config.parse({ site: "acme", email: "a@acme.example", apiToken: "t" });
    const told = (of: typeof config) => recordsOf(body, of).map((one) => ({ ...one, record: undefined }));
    expect(told(config)).toEqual([{ stream: "versions", presence: "deleted" }]);
    expect(told(plain)).toEqual([{ stream: "versions", presence: "deleted", at: receivedAt.toISOString() }]);
  });
});
