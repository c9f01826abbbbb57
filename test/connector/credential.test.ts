import { describe, expect, it } from "vitest";
import { openAccess } from "../../shared/connector/credential.ts";
import { oauthRenewal } from "../../shared/connector/oauth.ts";

describe("an access token that is refused", () => {
  const open = () => {
    let [now, made] = [0, 0];
    const fetched = async () => Response.json({ access_token: `t${++made}`, expires_in: 86_400 });
    const app = { clientId: "c", clientSecret: "s", refreshToken: "r" };
    const renewal = oauthRenewal(app, { tokenUrl: "https://auth.example/token", encoding: "json" });
    const access = openAccess({ kind: "oauth", renewal }, { fetch: fetched, now: () => now });
    const refuse = async () => access.refused(await access.authorization());
    const pass = (seconds: number) => {
      now += seconds * 1000;
    };
    return { access, refuse, made: () => made, pass };
  };

  it("at its first use is renewed a minute later, not at its end only", async () => {
    const { refuse, made, pass } = open();
    expect([await refuse(), made()]).toEqual([false, 1]);
    pass(61);
    expect([await refuse(), made()]).toEqual([true, 2]);
  });

  it("by one address that always refuses is renewed once a minute, though others take it", async () => {
    const { access, refuse, made, pass } = open();
    for (let second = 0; second < 60; second += 1) {
      await access.authorization();
      access.accepted(new Headers());
      await refuse();
      pass(1);
    }
    expect(made()).toBe(2);
  });
});
