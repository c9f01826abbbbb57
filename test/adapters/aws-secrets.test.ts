import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { awsSecrets, secretsManagerSecrets, ssmSecrets } from "../../shared/adapters/aws/secrets.ts";
import { testSecrets } from "../contract/small-ports.ts";
import { atDouble, failing, fault, quick } from "../doubles/aws-client.ts";
import { startSecretStores } from "../doubles/secret-stores.ts";

const PREFIX = "/throughline/test";

let aws: Awaited<ReturnType<typeof startSecretStores>>;
beforeAll(async () => {
  aws = await startSecretStores();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.parameters.clear();
  aws.secrets.clear();
});

const clockAt = (start: number) => {
  const clock = { time: start, now: () => new Date(clock.time), sleep: async () => {} };
  return clock;
};
const ssm = () => quick(new SSMClient({ ...atDouble(aws.endpoint), maxAttempts: 4 }));
const manager = () => quick(new SecretsManagerClient({ ...atDouble(aws.endpoint), maxAttempts: 4 }));
const set = (name: string, value: string) =>
  aws.parameters.set(`${PREFIX}/set/${name}`, { value, version: 1, tier: "Standard" });
const keptName = (name: string) => `${PREFIX}/kept/${name}`;
/** Calls since the last look. */
const calls = (() => {
  let before = 0;
  return () => {
    const now = aws.asked.length - before;
    before = aws.asked.length;
    return now;
  };
})();

testSecrets("secrets of the Parameter Store", async (values) => {
  // A parameter cannot be empty.
  for (const [name, value] of Object.entries(values)) if (value !== "") set(name, value);
  return ssmSecrets(PREFIX, await ssm());
});

testSecrets("secrets of Secrets Manager before those of the Parameter Store", async (values) => {
  for (const [name, value] of Object.entries(values)) aws.secrets.set(`hub/${name}`, value);
  const names = Object.fromEntries(Object.keys(values).map((name) => [name, `hub/${name}`]));
  return awsSecrets(secretsManagerSecrets(names, await manager()), ssmSecrets(PREFIX, await ssm()));
});

describe("secrets of the Parameter Store", () => {
  it("are asked for once in a burst and for 30 s after it, and then anew", async () => {
    const clock = clockAt(0);
    const secrets = ssmSecrets(PREFIX, await ssm(), clock);
    set("HOOK", "one");
    calls();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => secrets.get("HOOK"))))).toEqual(new Set(["one"]));
    expect(calls()).toBe(1);
    set("HOOK", "two");
    clock.time = 29_999;
    expect(await secrets.get("HOOK")).toBe("one");
    expect(calls()).toBe(0);
    clock.time = 30_000;
    expect(await secrets.get("HOOK")).toBe("two");
    expect(calls()).toBe(1);
  });

  it("that another process renewed are seen at once: a used refresh token would end the connection", async () => {
    const [one, other] = [ssmSecrets(PREFIX, await ssm()), ssmSecrets(PREFIX, await ssm())];
    await one.put("tokens", "first");
    expect(await other.get("tokens")).toBe("first");
    await other.put("tokens", "second");
    expect(await one.get("tokens")).toBe("second");
  });

  it("that this process put are seen at once, although the store answers with an older one for a while", async () => {
    const clock = clockAt(0);
    const secrets = ssmSecrets(PREFIX, await ssm(), clock);
    await secrets.put("tokens", "first");
    const before = aws.parameters.get(keptName("tokens")) ?? expect.unreachable();
    await secrets.put("tokens", "second");
    aws.parameters.set(keptName("tokens"), before);
    expect(await secrets.get("tokens")).toBe("second");
    clock.time = 30_000;
    expect(await secrets.get("tokens")).toBe("first");
  });

  it("have names of the store's own letters, no two the same", async () => {
    const secrets = ssmSecrets(PREFIX, await ssm());
    const odd = fc.string({
      unit: fc.constantFrom("a", ".", "2", "e", "/", "-", "_", "ü", " ", "%"),
      minLength: 1,
      maxLength: 6,
    });
    const names = [...new Set([...fc.sample(odd, 40), "a.b", "a.2eb", "a/b", "..", "aws"])];
    await Promise.all(names.map((name) => secrets.put(name, `value of ${name}`)));
    expect(aws.parameters.size).toBe(names.length);
    for (const name of names) expect(await secrets.get(name)).toBe(`value of ${name}`);
    await secrets.put("PLAIN_NAME-1", "1");
    expect(aws.parameters.has(keptName("PLAIN_NAME-1"))).toBe(true);
  });

  it("may have 8 KB, of which over 4 KB are the costly kind, and no more", async () => {
    const secrets = ssmSecrets(PREFIX, await ssm());
    for (const bytes of [4096, 4097, 8192]) await secrets.put(`of${bytes}`, "x".repeat(bytes));
    const tiers = [4096, 4097, 8192].map((bytes) => aws.parameters.get(keptName(`of${bytes}`))?.tier);
    expect(tiers).toEqual(["Standard", "Advanced", "Advanced"]);
    await secrets.put("of8192", "short");
    expect(await secrets.get("of8192")).toBe("short");
    const tooLong = `${"x".repeat(8191)}ü`;
    await expect(secrets.put("of8192", tooLong)).rejects.toMatchObject({ code: "secret_too_large", retry: "never" });
    expect(await secrets.get("of8192")).toBe("short");
  });
});

describe("secrets on AWS, when AWS fails", () => {
  it("F08 are tried again, then called unavailable and never absent, and the failure is not remembered", async () => {
    const client = await ssm();
    const secrets = ssmSecrets(PREFIX, client);
    let left = 2;
    let name = "ThrottlingException";
    const seen = failing(client, () => (left-- > 0 ? fault(name) : undefined));
    expect(await secrets.get("HOOK")).toBeUndefined();
    set("HOOK", "value");
    left = Number.POSITIVE_INFINITY;
    const refused = {
      code: "storage_unavailable",
      retry: "later",
      message: expect.stringContaining("ThrottlingException"),
    };
    await expect(secrets.get("HOOK")).rejects.toMatchObject(refused);
    await expect(secrets.put("OTHER", "hidden text")).rejects.toMatchObject(refused);
    expect(seen.tries).toBe(3 + 4 + 4);
    name = "AccessDeniedException";
    const denied: unknown = await secrets.put("OTHER", "hidden text").catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: "storage_unavailable", retry: "later" });
    expect(String(denied)).not.toContain("hidden");
    expect(seen.tries).toBe(12);
    left = 0;
    expect(await secrets.get("HOOK")).toBe("value");
    expect(await secrets.get("OTHER")).toBeUndefined();
  });

  it("of Secrets Manager are not looked for among the parameters when it fails", async () => {
    const client = await manager();
    aws.secrets.set("hub/HOOK", "theirs");
    set("HOOK", "old");
    const secrets = awsSecrets(secretsManagerSecrets({ HOOK: "hub/HOOK" }, client), ssmSecrets(PREFIX, await ssm()));
    let left = 4;
    failing(client, () => (left-- > 0 ? fault("InternalServiceError", 500) : undefined));
    await expect(secrets.get("HOOK")).rejects.toMatchObject({ code: "storage_unavailable", retry: "later" });
    expect(await secrets.get("HOOK")).toBe("theirs");
  });
});
