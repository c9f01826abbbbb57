import { describe, expect, it } from "vitest";
import jira from "../../connectors/jira/index.ts";
import linear from "../../connectors/linear/index.ts";
import { emailHasher } from "../../shared/domain/email-hash.ts";
import { hubEmailHash } from "../../shared/platform/identity-key.ts";
import { declaredPeople } from "../../shared/platform/people.ts";
import { bareTool, openPipeline } from "../pipeline/open-pipeline.ts";

const ANA = "ana@acme.example";
const SECRET = "0123456789abcdef0123456789abcdef";

describe("the key of hashed addresses", () => {
  const opened = () => {
    const open = openPipeline({ connector: bareTool });
    const hash = async (secret?: string, beside = false) =>
      (await hubEmailHash(open.real.table, secret, open.hub("one").log, beside))(ANA);
    return { ...open, hash };
  };

  it("is made once for a table and then kept, another for each table", async () => {
    using one = opened();
    using other = opened();
    const hash = await one.hash();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await one.hash()).toBe(hash);
    expect(await other.hash()).not.toBe(hash);
    expect(one.logged).toEqual([]);
  });

  it("is the secret of that name where there is one, which is refused if it could be guessed", async () => {
    using one = opened();
    expect(await one.hash(SECRET)).toBe(emailHasher(Buffer.from(SECRET))(ANA));
    expect(JSON.stringify(one.feed.read(0, 10))).not.toContain(SECRET);
    const short = one.hash("short and secret");
    await expect(short).rejects.toMatchObject({ code: "config_invalid" });
    await expect(short).rejects.not.toThrow(/short and secret/);
  });

  it("is missed when it changes: the hub says what to do, once, and who only looks does not", async () => {
    using one = opened();
    const own = await one.hash();
    await one.hash(SECRET);
    await one.hash(SECRET);
    expect(one.logged.map(({ verb }) => verb)).toEqual([
      "the identity key changed: `throughline sync --full` hashes addresses under it",
    ]);
    expect(await one.hash(undefined, true)).toBe(own);
    expect(await one.hash(SECRET)).not.toBe(own);
    expect(one.logged.length).toBe(1);
    expect(await one.hash()).toBe(own);
    expect(one.logged.length).toBe(2);
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

  it("T33 are one hash in every tool, none without a key, and never kept", () => {
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
