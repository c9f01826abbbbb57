import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailHasher } from "../../shared/domain/email-hash.ts";
import {
  accountName,
  type DeclaredPerson,
  declarations,
  type IdentityAccount,
  identify,
  identityKeys,
  isTelling,
  type Person,
  personIdOf,
} from "../../shared/domain/identity.ts";

const hashOf = emailHasher(Buffer.from("a key of this test"));
const account = (id: string, rest: Partial<IdentityAccount> = {}): IdentityAccount => ({
  id: `acc_${id}`,
  connectionId: "con_jira",
  externalId: id,
  tool: "jira",
  ...rest,
});
const person = (slug: string, accounts: readonly string[], notAccounts: readonly string[] = []): DeclaredPerson => ({
  slug,
  name: slug,
  accounts: accounts.map((text) => accountName(text, hashOf)),
  notAccounts: notAccounts.map((text) => accountName(text, hashOf)),
});
const persons = (accounts: readonly IdentityAccount[], ...declared: readonly DeclaredPerson[]) =>
  identify(accounts, declarations(declared));
/** Who is with whom: `a+b c`. */
const groups = (found: readonly Person[]): string =>
  found.map(({ accounts }) => accounts.map(({ id }) => id.slice(4)).join("+")).join(" ");

const MAIL = { emailHash: "m1" };

describe("persons", () => {
  it.each<[string, readonly IdentityAccount[], readonly DeclaredPerson[], string]>([
    ["one verified address", [account("a", MAIL), account("b", MAIL)], [], "a+b"],
    ["one sign-on id", [account("a", { ssoSubject: "s" }), account("b", { ssoSubject: "s" })], [], "a+b"],
    [
      "an address that the organisation vouches for",
      [account("a", MAIL), account("b", { orgEmailHash: "m1" })],
      [],
      "a+b",
    ],
    ["the config's word", [account("a"), account("b")], [person("ana", ["jira:a", "jira:b"])], "a+b"],
    [
      "several steps",
      [account("a", MAIL), account("b", { ...MAIL, ssoSubject: "s" }), account("c", { ssoSubject: "s" })],
      [],
      "a+b+c",
    ],
    [
      "never a display name alone",
      [account("a", { name: "Ana" }), account("b", { name: "Ana", tool: "linear" })],
      [],
      "a b",
    ],
    [
      "never a handle alone",
      [account("a", { handle: "ana" }), account("b", { handle: "ana", tool: "linear" })],
      [],
      "a b",
    ],
    [
      "never the same id in two tools",
      [account("1", { id: "acc_a" }), account("1", { id: "acc_b", tool: "linear" })],
      [],
      "a b",
    ],
  ])("are joined by %s", (_, accounts, declared, expected) => {
    expect(groups(persons(accounts, ...declared))).toBe(expected);
    expect(groups(persons(accounts.toReversed(), ...declared))).toBe(expected);
  });

  it("name the strongest rule that holds each account", () => {
    const [found] = persons(
      [account("a", MAIL), account("b", { ...MAIL, ssoSubject: "s" }), account("c", { ssoSubject: "s" }), account("d")],
      person("ana", ["jira:d", "jira:a"]),
    );
    expect(found?.accounts).toEqual([
      { id: "acc_a", rule: "email" },
      { id: "acc_b", rule: "sso" },
      { id: "acc_c", rule: "sso" },
      { id: "acc_d", rule: "declared" },
    ]);
    expect(found).toMatchObject({ id: "per_a", name: "ana", slug: "ana", state: "confirmed" });
  });

  it("are asked about where handle and display name agree in two tools", () => {
    const found = persons([
      account("a", { handle: "ana", name: "Ana  Diaz" }),
      account("b", { handle: "Ana", name: "ana diaz", tool: "linear" }),
      account("c", { handle: "ana", name: "Another Ana", tool: "github" }),
      account("d", { handle: "ana", name: "Ana Diaz" }),
    ]);
    expect(found.map(({ id, state, mayBe }) => [id, state, mayBe.map(({ personId }) => personId)])).toEqual([
      ["per_a", "probable", ["per_b"]],
      ["per_b", "probable", ["per_a", "per_d"]],
      ["per_c", "unmatched", []],
      ["per_d", "probable", ["per_b"]],
    ]);
  });

  it("are asked about no more once the config confirmed or refused the pair", () => {
    const pair = [account("a", { handle: "x", name: "X" }), account("b", { handle: "x", name: "X", tool: "linear" })];
    expect(persons(pair, person("x", ["jira:a", "jira:b"])).map(({ state }) => state)).toEqual(["confirmed"]);
    expect(persons(pair, person("x", ["jira:a"], ["jira:b"])).map(({ state }) => state)).toEqual([
      "confirmed",
      "unmatched",
    ]);
  });

  it("are kept apart by the config against every rule, over any number of steps", () => {
    const chain = [
      account("a", { ssoSubject: "s1" }),
      account("b", { ssoSubject: "s1", emailHash: "m1" }),
      account("c", { emailHash: "m1", orgEmailHash: "m2" }),
      account("d", { emailHash: "m2" }),
    ];
    expect(groups(persons(chain))).toBe("a+b+c+d");
    const found = persons(chain, person("ana", ["jira:a"], ["jira:d"]));
    expect(groups(found)).toBe("a+b+c d");
    const conflict = { rule: "org_email" };
    expect(found.map(({ state, conflicts }) => [state, conflicts])).toEqual([
      ["probable", [{ ...conflict, accountId: "acc_c", otherId: "acc_d" }]],
      ["probable", [{ ...conflict, accountId: "acc_d", otherId: "acc_c" }]],
    ]);
  });

  it("are two where the config declares two, whatever their addresses say", () => {
    const found = persons(
      [account("a", MAIL), account("b", MAIL)],
      person("ana", ["jira:a"]),
      person("bo", ["jira:b"]),
    );
    expect(groups(found)).toBe("a b");
    expect(found.map(({ slug }) => slug)).toEqual(["ana", "bo"]);
  });

  it("are declared by handle in any case, by id, or by address, of that connection alone", () => {
    const mail = hashOf("ana@acme.example");
    const found = (text: string) =>
      persons(
        [account("U1", { id: "acc_a", handle: "Ana-D", emailHash: mail }), account("b")],
        person("ana", ["jira:b", text]),
      ).length;
    for (const text of ["jira:ana-d", "jira:U1", "jira:Ana+news@ACME.example"]) expect(found(text), text).toBe(1);
    for (const text of ["jira:u1", "linear:ana-d", "jira:ana@other.example"]) expect(found(text), text).toBe(2);
  });
});

describe("the hash of an address", () => {
  it("is one for a mailbox, another under another key, and none for other text", () => {
    const hash = hashOf("ana@acme.example");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf("  Ana+jira@ACME.example ")).toBe(hash);
    expect(hashOf("ana.b@acme.example")).not.toBe(hash);
    expect(emailHasher(Buffer.from("another key"))("ana@acme.example")).not.toBe(hash);
    for (const text of ["", "ana", "@acme.example", "ana@", "a b@acme.example", "a@b@c"])
      expect(hashOf(text)).toBeUndefined();
  });
});

const ids = ["a", "b", "c", "d", "e", "f", "g"] as const;
const few = (...words: readonly string[]) => fc.option(fc.constantFrom(...words), { nil: undefined, freq: 2 });
const company: fc.Arbitrary<IdentityAccount[]> = fc
  .tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(`acc_${id}`),
        connectionId: fc.constantFrom("con_jira", "con_linear"),
        externalId: fc.constant(id),
        tool: fc.constantFrom("jira", "linear"),
        handle: few("ana", "bo"),
        name: few("Ana", "Bo"),
        emailHash: few("m1", "m2", "m3"),
        orgEmailHash: few("m1", "m2"),
        ssoSubject: few("s1", "s2"),
      }),
    ),
  )
  .chain((all) => fc.subarray([...all], { minLength: 1 }));
const names = fc.subarray(
  ids.flatMap((id) => [`jira:${id}`, `linear:${id}`]),
  { maxLength: 4 },
);
const words: fc.Arbitrary<DeclaredPerson[]> = fc
  .tuple(fc.tuple(names, names), fc.tuple(names, names))
  .map((all) => all.map(([is, not], at) => person(["ana", "bo"][at] ?? "", is, not)));

describe("the graph of persons", () => {
  it("is the same for every order and any repetition of accounts and declarations", () => {
    const shuffled = company.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, words, ([all, mixed], declared) => {
        const sorted = (found: Person[]) => found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(sorted(persons(mixed, ...declared.toReversed()))).toEqual(sorted(persons(all, ...declared)));
      }),
      { numRuns: 300 },
    );
  });

  it("has every account in exactly one person, named by its smallest account, and nothing together that is kept apart", () => {
    fc.assert(
      fc.property(company, words, (all, declared) => {
        const found = persons(all, ...declared);
        expect(found.flatMap(({ accounts }) => accounts.map(({ id }) => id)).toSorted()).toEqual(
          all.map(({ id }) => id).toSorted(),
        );
        for (const { id, accounts } of found) {
          expect(id).toBe(personIdOf(accounts[0]?.id ?? ""));
          const members = all.filter((one) => accounts.some((held) => held.id === one.id));
          const said = members.map((one) => declarations(declared).naming(one));
          const owners = new Set(said.flatMap(({ own }) => own.slice(0, 1).map(({ slug }) => slug)));
          expect(owners.size).toBeLessThan(2);
          for (const { slug } of said.flatMap(({ not }) => not)) expect(owners.has(slug)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is not touched by an account that shares no key", () => {
    const stranger = account("zz", { tool: "linear", handle: "zz", name: "Ana", emailHash: "m9", ssoSubject: "s9" });
    fc.assert(
      fc.property(company, words, (all, declared) => {
        const before = persons(all, ...declared);
        const after = persons([...all, stranger], ...declared);
        expect(after.filter(({ id }) => id !== "per_zz")).toEqual(before);
      }),
    );
  });

  it("falls into parts that share no telling key and no declaration, each as if it were alone", () => {
    fc.assert(
      fc.property(company, words, (all, declared) => {
        const whole = persons(all, ...declared);
        const near = new Set<IdentityAccount>(all.slice(0, 1));
        const known = declarations(declared);
        const tied = (a: IdentityAccount, b: IdentityAccount): boolean =>
          identityKeys(a).some((key) => isTelling(key) && identityKeys(b).includes(key)) ||
          known.naming(a).own.some((one) => known.naming(b).own.includes(one));
        for (const a of near) for (const b of all) if (tied(a, b)) near.add(b);
        const part = persons([...near], ...declared);
        expect(part).toEqual(whole.filter(({ id }) => part.some((one) => one.id === id)));
      }),
      { numRuns: 300 },
    );
  });
});
