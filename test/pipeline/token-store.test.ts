import { beforeEach, describe, expect, it } from "vitest";
import type { Token } from "../../shared/connector/credential.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { tokenStore, tokensName } from "../../shared/pipeline/token-store.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

describe("tokens that rotate", () => {
  /** The vendor: the one refresh token that is good, and which ones it was asked with. */
  let good = "";
  let asked: string[] = [];
  let refusal: HubError | undefined;
  /** Of `secrets.put`: which calls fail. */
  let fails: (call: number) => boolean = () => false;
  let puts = 0;
  beforeEach(() => {
    good = "r0";
    asked = [];
    refusal = undefined;
    fails = () => false;
    puts = 0;
  });

  const refused = (word: string) =>
    new HubError("vendor_auth_expired", `gave no access token (${word})`, { retry: "never", details: { word } });
  const exchange = async (refreshToken: string): Promise<Token> => {
    asked.push(refreshToken);
    if (refusal !== undefined) throw refusal;
    if (refreshToken !== good) throw refused("invalid_grant");
    good = `r${asked.length}`;
    return { accessToken: `a${asked.length}`, grantedAt: 0, refreshToken: good };
  };
  const failing = (ports: Ports): Ports => ({
    ...ports,
    secrets: {
      get: ports.secrets.get,
      put: async (name, value) => {
        puts += 1;
        if (fails(puts)) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        await ports.secrets.put(name, value);
      },
    },
  });
  const open = () => openPipeline({ connector: bareTool, around: failing });
  const storeOf = ({ hub }: ReturnType<typeof open>) => tokenStore(hub("one").ports, "acme", "r0");
  const always = () => true;
  const codeOf = (error: HubError) => error.code;

  it("are not renewed where nothing can be stored, so that the consent lives on", async () => {
    using pipeline = open();
    fails = always;
    const store = storeOf(pipeline);
    await expect(store.renewed(always, exchange)).rejects.toThrow("nothing can be stored among the secrets (ENOSPC)");
    expect(asked).toEqual([]);
    fails = () => false;
    expect(await store.renewed(always, exchange)).toMatchObject({ accessToken: "a1" });
  });

  it("are stored by a later try where the first one fails", async () => {
    using pipeline = open();
    fails = (call) => call > 1 && call < 5;
    await storeOf(pipeline).renewed(always, exchange);
    expect(await pipeline.real.secrets.get(tokensName("acme"))).toContain('"refreshToken":"r1"');
  });

  it("that could not be stored are used all the same, and stored as soon as that works again", async () => {
    using pipeline = open();
    fails = (call) => call > 1;
    const store = storeOf(pipeline);
    expect(await store.renewed(always, exchange)).toMatchObject({ accessToken: "a1" });
    expect(await store.current()).toMatchObject({ accessToken: "a1" });
    const other = storeOf(pipeline);
    fails = () => false;
    // The old refresh token is used up: the vendor would take its second use for a theft.
    expect(await other.renewed(always, exchange).catch(codeOf)).toBe("lease_held");
    expect(asked).toEqual(["r0"]);
    pipeline.pass(10);
    await store.settle();
    expect(await other.current()).toMatchObject({ accessToken: "a1" });
    expect(await other.renewed(({ accessToken }) => accessToken === "a1", exchange)).toMatchObject({
      accessToken: "a2",
    });
    expect(asked).toEqual(["r0", "r1"]);
  });

  it("that were owed give way to those that another process went on with", async () => {
    using pipeline = open();
    fails = (call) => call > 1;
    const store = storeOf(pipeline);
    await store.renewed(always, exchange);
    fails = () => false;
    good = "r0";
    pipeline.pass(601);
    await storeOf(pipeline).renewed(always, exchange);
    expect(await store.current()).toMatchObject({ accessToken: "a2" });
  });

  it("whose refresh token is refused are not asked for again within the hour", async () => {
    using pipeline = open();
    good = "another";
    const store = storeOf(pipeline);
    expect(await store.renewed(always, exchange).catch(codeOf)).toBe("vendor_auth_expired");
    expect(await store.renewed(always, exchange).catch(codeOf)).toBe("vendor_auth_expired");
    expect(asked).toEqual(["r0"]);
  });

  it.each(["invalid_client", "unauthorized_client", "access_denied"])(
    "are asked for again at once after %s, which other settings mend",
    async (word) => {
      using pipeline = open();
      const store = storeOf(pipeline);
      refusal = refused(word);
      await expect(store.renewed(always, exchange)).rejects.toThrow(word);
      refusal = undefined;
      expect(await store.renewed(always, exchange)).toMatchObject({ accessToken: "a2" });
    },
  );
});
