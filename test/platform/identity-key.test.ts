import { describe, expect, it } from "vitest";
import jira from "../../connectors/jira/index.ts";
import linear from "../../connectors/linear/index.ts";
import { emailHasher } from "../../shared/domain/email-hash.ts";
import { identityKey } from "../../shared/platform/identity-key.ts";
import { declaredPeople } from "../../shared/platform/people.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";

const withSecret = (value?: string) => ({
  get: async (name: string) => (name === "THROUGHLINE_IDENTITY_KEY" ? value : undefined),
});

describe("the key of hashed addresses", () => {
  it("is made once for a table and then kept, another for each table", async () => {
    using one = openPipeline({ connector: bareTool });
    using other = openPipeline({ connector: bareTool });
    const key = await identityKey({ table: one.real.table, secrets: withSecret() });
    expect(key.length).toBe(32);
    expect(await identityKey({ table: one.real.table, secrets: withSecret() })).toEqual(key);
    expect(await identityKey({ table: other.real.table, secrets: withSecret() })).not.toEqual(key);
  });

  it("is the secret of that name where there is one, which is refused if it could be guessed", async () => {
    using open = openPipeline({ connector: bareTool });
    const secret = "0123456789abcdef0123456789abcdef";
    const { table } = open.real;
    expect(Buffer.from(await identityKey({ table, secrets: withSecret(secret) })).toString()).toBe(secret);
    expect(open.feed.read(0, 10)).toEqual([]);
    const short = identityKey({ table, secrets: withSecret("short and secret") });
    await expect(short).rejects.toMatchObject({ code: "config_invalid" });
    await expect(short).rejects.not.toThrow(/short and secret/);
  });
});

describe("addresses", () => {
  const emailHash = emailHasher(Buffer.from("a key of this test"));
  const context = { connectionId: "con_x", statuses: new Map() };
  const issue = {
    id: "1",
    key: "ACME-1",
    fields: { assignee: { accountId: "5b10", emailAddress: "Ana@Acme.example" } },
  };
  const user = { id: "u1", email: "ana+linear@acme.example" };
  const accounts = (given: object) =>
    [
      ...(jira.streams["issues"]?.normalise(issue, { ...context, ...given }) ?? []),
      ...(linear.streams["users"]?.normalise(user, { ...context, ...given }) ?? []),
    ].filter(({ kind }) => kind === "account");

  it("are one hash in every tool, none without a key, and never kept", () => {
    const hashes = accounts({ emailHash }).map(({ fields }) => (fields as { emailHash?: string }).emailHash);
    expect(hashes).toEqual([emailHash("ana@acme.example"), emailHash("ana@acme.example")]);
    expect(accounts({}).map(({ fields }) => (fields as { emailHash?: string }).emailHash)).toEqual([
      undefined,
      undefined,
    ]);
    const config = { connections: {}, people: { ana: { name: "Ana", accounts: ["linear:ana@acme.example"] } } };
    expect(JSON.stringify([accounts({ emailHash }), declaredPeople(config, emailHash)]).toLowerCase()).not.toContain(
      'acme.example"',
    );
  });
});
