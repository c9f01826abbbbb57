import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { people } from "../../infra/sandbox/company/people.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { companyConfig, secretsOf, WIDE } from "./company-config.ts";
import { Checkout, type RunningHub, settled, until } from "./local-hub.ts";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly slug: string | null;
  readonly state: string;
  readonly accounts: readonly { readonly tool: string; readonly label: string; readonly rule: string | null }[];
}

describe("people over three real wire protocols, with private addresses at GitHub", { timeout: 180_000 }, () => {
  let sandbox: Sandbox;
  let checkout: Checkout;
  let hub: RunningHub;
  const undo: (() => Promise<void>)[] = [];
  const all = async (query = "") => (await hub.json<{ data: Person[] }>(`/v1/people?limit=200${query}`)).data;
  const restart = async (declared: object) => {
    await hub.stop();
    const config = { ...companyConfig(sandbox), people: declared };
    await writeFile(join(checkout.root, "throughline.config.json"), JSON.stringify(config, null, 2));
    hub = await checkout.start("--poll-every", "3600");
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ size: 200, seed: 5, limits: WIDE });
    undo.push(() => sandbox.stop());
    checkout = await Checkout.make(companyConfig(sandbox), secretsOf(sandbox));
    undo.push(() => checkout.remove());
    hub = await checkout.start("--poll-every", "3600");
    undo.push(() => hub.stop());
    await settled(hub, join(checkout.data, "hub"));
  }, 180_000);
  afterAll(async () => {
    for (const end of undo.toReversed()) await end();
  });

  it("are the company's own where addresses are told, and wait for somebody where they are not", async () => {
    const found = await all();
    const staff = people.filter(({ bot }) => !bot);
    const of = (state: string) => found.filter((person) => person.state === state);
    process.stdout.write(
      `people: ${staff.length} at the company; ${found.length} persons, ${of("confirmed").length} confirmed, ${of("probable").length} to decide, ${of("unmatched").length} in one tool only\n`,
    );
    const held = found.flatMap(({ accounts }) => accounts);
    expect(new Set(held.map(({ label }) => label)).size).toBe(held.length);
    const inLinear = held.filter(({ tool }) => tool === "linear").length;
    expect(inLinear).toBe(staff.length);
    // Whoever Jira's issues name has the same address in Linear; GitHub's accounts tell none.
    const inJira = held.filter(({ tool }) => tool === "jira").length;
    expect(of("confirmed").length).toBe(inJira);
    for (const { name, accounts } of of("confirmed")) {
      expect(staff.map((person) => person.name)).toContain(name);
      expect(accounts.map(({ tool, rule }) => `${tool} ${rule}`).sort()).toEqual(["jira email", "linear email"]);
    }
    const atGithub = found.filter(({ accounts }) => accounts.some(({ tool }) => tool === "github"));
    expect(atGithub.length).toBeGreaterThan(3);
    for (const { name, state } of atGithub) {
      expect(state).toBe("unmatched");
      expect(staff.map(({ login }) => login)).toContain(name);
    }
    expect(found.length).toBe(staff.length + atGithub.length);
    const listed = await checkout.run(["people", "--unmatched"]);
    expect(listed.out).toContain(`accounts: ["github:${atGithub[0]?.name}"] },`);
    const exported = await checkout.run(["export", "person"]);
    expect(exported.out.trim().split("\n").length).toBe(found.length);
    const told = `${listed.out}${exported.out}${await hub.text("/people")}${JSON.stringify(found)}`;
    for (const { email } of staff) expect(told).not.toContain(email);
  });

  it("are joined by a line of the config at the next start, and parted when it is taken out", async () => {
    const before = await all();
    const eli = before.find(({ name, state }) => name === "Eli Marsh" && state === "confirmed");
    if (eli === undefined) throw new Error("nobody is called Eli Marsh");
    const [line] = eli.accounts.filter(({ tool }) => tool === "linear");
    await restart({ eli: { name: "Eli", accounts: [line?.label, "github:Eli"] } });
    const joined = await until(
      () => all("&state=confirmed"),
      (found) => found.some(({ slug }) => slug === "eli"),
    );
    const accounts = joined.find(({ slug }) => slug === "eli")?.accounts ?? [];
    expect(accounts.map(({ tool }) => tool).sort()).toEqual(["github", "jira", "linear"]);
    const pulls = await hub.json<{ data: { assignees: { tool: string; person: { name: string } }[] }[] }>(
      "/v1/work-items?limit=200",
    );
    const named = pulls.data.flatMap(({ assignees }) => assignees).filter(({ person }) => person?.name === "Eli");
    expect(new Set(named.map(({ tool }) => tool)).size).toBeGreaterThan(1);
    await restart({});
    const after = await until(all, (found) => found.length === before.length);
    const plain = (found: readonly Person[]) =>
      found.map(({ id, name, state, accounts: held }) => [id, name, state, held]);
    expect(plain(after)).toEqual(plain(before));
  });

  it("are refused with every mistake at once", async () => {
    await hub.stop();
    const config = { ...companyConfig(sandbox), people: { eli: { name: "Eli", accounts: ["gihub:eli"] } } };
    await writeFile(join(checkout.root, "throughline.config.json"), JSON.stringify(config, null, 2));
    const refused = await checkout.run(["start", "--port", "0"]);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('people.eli.accounts: no connection "gihub". Did you mean "github"?');
  });
});
