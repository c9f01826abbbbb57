import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../infra/cli/connect.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { WIDE } from "./company-config.ts";
import { Checkout } from "./local-hub.ts";

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly what: string;
  readonly connection?: string;
  readonly fix?: string;
}

describe("setting a tool up from the command line", { timeout: 60_000 }, () => {
  let sandbox: Sandbox;
  let checkout: Checkout;
  /** All that any command printed. */
  let printed = "";
  beforeAll(async () => {
    sandbox = await startSandbox({
      size: 120,
      seed: 3,
      until: new Date("2026-03-01T00:00:00.000Z"),
      limits: WIDE,
    });
    checkout = await Checkout.make(undefined);
  });
  afterAll(async () => {
    await sandbox.stop();
    await checkout.remove();
  });
  const run = async (args: readonly string[], input = "") => {
    const result = await checkout.run(args, input);
    printed += result.out + result.err;
    return result;
  };
  const read = (file: string) => readFile(join(checkout.root, file), "utf8");
  const doctor = async () => {
    const { code, out, err } = await run(["doctor", "--json"]);
    expect(err).toBe("");
    return { code, findings: (JSON.parse(out) as { findings: Finding[] }).findings };
  };
  const wrong = (findings: readonly Finding[]) => [
    ...new Set(
      findings.filter(({ state }) => state === "fail").map(({ check, connection = "" }) => `${check} ${connection}`),
    ),
  ];
  const jira = () => [
    ...["connect", "jira", "--set", `baseUrl=${sandbox.urls.jira}`, "--set", `email=${sandbox.credentials.jira.email}`],
    ...["--set", "apiToken=-", "--set", "projects=ACME,IDEA"],
  ];

  it("says by flags what it cannot ask where nobody sits in front, and takes no secret from the command line", async () => {
    const bare = await run(["connect", "jira"]);
    expect(bare.code).toBe(2);
    expect(bare.err).toContain("needs site, cloudId or baseUrl");
    expect(bare.err).toContain("--set setting=value");
    const open = await run(["connect", "jira", "--set", "apiToken=on-the-command-line"]);
    expect(open.code).toBe(2);
    expect(open.err).toContain("--set apiToken=-");
    const unknown = await run(["connect", "jira", "--set", "projets=ACME"]);
    expect(unknown.err).toContain('Did you mean "projects"?');
  });

  it("refuses a name that the hub could not read again", async () => {
    const result = await run([...jira(), "--name", "My Jira"], "name-canary");
    expect(result.code).toBe(2);
    expect(result.err).toContain('"My Jira" is no name of a connection');
    await expect(read("throughline.config.json")).rejects.toThrow();
  });

  it("writes nothing when the tool refuses the credential", async () => {
    const refused = await run(jira(), "wrong-token-canary");
    expect(refused.code).toBe(4);
    expect(refused.out).toContain("vendor_auth_expired");
    await expect(read(".env")).rejects.toThrow();
    await expect(read("throughline.config.json")).rejects.toThrow();
  });

  it("tries every stream, keeps the secret in .env for its owner only, and the rest in the config", async () => {
    await writeFile(join(checkout.root, ".env"), "# mine\nOTHER=kept\n");
    await chmod(join(checkout.root, ".env"), 0o644);
    const result = await run(jira(), sandbox.credentials.jira.apiToken);
    expect(result.code, result.err).toBe(0);
    expect(result.out).toContain("✓ can read projects, statuses, versions, sprints, issues");
    expect(await read(".env")).toBe(`# mine\nOTHER=kept\nJIRA_API_TOKEN='${sandbox.credentials.jira.apiToken}'\n`);
    expect((await stat(join(checkout.root, ".env"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await read("throughline.config.json"))).toEqual({
      connections: {
        jira: {
          connector: "jira",
          config: {
            baseUrl: sandbox.urls.jira,
            email: sandbox.credentials.jira.email,
            apiToken: { secret: "JIRA_API_TOKEN" },
            projects: ["ACME", "IDEA"],
          },
        },
      },
    });
    const again = await run(jira(), "another");
    expect(again.code).toBe(2);
    expect(again.err).toContain("--force");
  });

  it("writes a tool that only sends, of which there is nothing to try", async () => {
    const result = await run(["connect", "segment", "--set", "webhookSecret=-", "--name", "sent"], "segment-canary");
    expect(result.code, result.err).toBe(0);
    expect(await read(".env")).toContain("SENT_WEBHOOK_SECRET='segment-canary'");
    const { connections } = JSON.parse(await read("throughline.config.json")) as { connections: object };
    expect(connections).toMatchObject({
      sent: { connector: "segment", config: { webhookSecret: { secret: "SENT_WEBHOOK_SECRET" } } },
    });
    const { sent: _, ...others } = connections as Record<string, unknown>;
    await writeFile(join(checkout.root, "throughline.config.json"), JSON.stringify({ connections: others }));
  });

  it("keeps with --force what was not given, and takes another kind of credential in place of the held one", async () => {
    const file = join(checkout.root, "throughline.config.json");
    const first = await read("throughline.config.json");
    const config = JSON.parse(first);
    config.connections.jira = { ...config.connections.jira, pollEvery: "2m", deletionFuse: 0.3 };
    config.connections.jira.config.webhookSecret = { secret: "JIRA_API_TOKEN" };
    config.connections.jira.config.apiTokenExpiresOn = "2026-12-01";
    await writeFile(file, JSON.stringify(config));
    const narrowed = await run(["connect", "jira", "--force", "--set", "projects=ACME"]);
    expect(narrowed.code, narrowed.err).toBe(0);
    config.connections.jira.config.projects = ["ACME"];
    expect(JSON.parse(await read("throughline.config.json"))).toEqual(config);
    await run(["connect", "jira", "--force", "--set", "accessToken=-"], "another-kind-canary");
    const { apiToken, apiTokenExpiresOn, ...others } = config.connections.jira.config;
    expect(JSON.parse(await read("throughline.config.json")).connections.jira).toEqual({
      ...config.connections.jira,
      config: { ...others, accessToken: { secret: "JIRA_ACCESS_TOKEN" } },
    });
    await writeFile(file, first);
  });

  it("sets a GitHub App up with a key of many lines, and says which repository is out of reach", async () => {
    const { appId, installationId, privateKey } = sandbox.access.github;
    const result = await run(
      [
        ...["connect", "github", "--set", `baseUrl=${sandbox.urls.github}`, "--set", "repos=acme/devkit,acme/secret"],
        ...[
          "--set",
          `app.appId=${appId}`,
          "--set",
          `app.installationId=${installationId}`,
          "--set",
          "app.privateKey=-",
        ],
      ],
      privateKey,
    );
    expect(result.code, result.err).toBe(6);
    expect(result.out).toContain("cannot read deployments of acme/secret");
    expect(result.out).toContain("and no evidence for testing, production");
    expect(result.out).toContain('give the credential the right "Deployments: read"');
    expect(result.out).not.toContain("acme/devkit");
    const config = JSON.parse(await read("throughline.config.json"));
    expect(config.connections.github.config.app.privateKey).toEqual({ secret: "GITHUB_APP_PRIVATE_KEY" });
    config.connections.github.config.repos = ["acme/devkit"];
    await writeFile(join(checkout.root, "throughline.config.json"), JSON.stringify(config));
  });

  it("sets Linear up with OAuth, whose refresh token it does not use up for the hub", async () => {
    const result = await run(
      [
        ...["connect", "linear", "--set", `baseUrl=${sandbox.urls.linear}`, "--set", "teams=INS"],
        ...["--set", `oauth.clientId=${sandbox.access.oauthApp.clientId}`, "--set", "oauth.clientSecret=-"],
        ...["--set", "oauth.refreshToken=-", "--set", `oauth.tokenUrl=${sandbox.urls.linear}/oauth/token`],
      ],
      `${sandbox.access.oauthApp.clientSecret}\n${sandbox.access.linear.consent()}\n`,
    );
    expect(result.code, result.err).toBe(0);
    const { code, findings } = await doctor();
    expect(wrong(findings)).toEqual([]);
    expect(code).toBe(0);
    expect(findings.filter(({ check }) => check === "reads").map(({ connection }) => connection)).toEqual([
      "jira",
      "github",
      "linear",
    ]);
    expect(sandbox.access.linear).toMatchObject({ granted: 1, refused: 0 });
    const hooks = findings.filter(({ check }) => check === "webhooks");
    expect(hooks.map(({ state, what }) => `${state}: ${what}`)).toEqual(
      Array(3).fill("warn: no secret is set: changes arrive with the next poll only"),
    );
  });

  it.each(["jira", "linear", "github"] as const)(
    "sets the webhooks of %s up once, however often it is asked",
    async (name) => {
      const url = "http://127.0.0.1:4999";
      const first = await run(["connect", name, "--webhooks", "--url", url]);
      expect(first.code, first.err).toBe(0);
      expect(first.out).toContain("created: http://127.0.0.1:4999/hooks/");
      const again = await run(["connect", name, "--webhooks", "--url", url]);
      expect(again.out).toContain("kept: http://127.0.0.1:4999/hooks/");
      const standing = sandbox.access.hooks[name].all();
      expect(standing.map((hook) => hook.url)).toEqual([`${url}/hooks/${name}`]);
      expect(standing[0]?.events.length).toBeGreaterThan(7);
      // What the vendor signs with is what the hub knows.
      expect(await read(".env")).toContain(`${name.toUpperCase()}_WEBHOOK_SECRET='${standing[0]?.secret}'`);
    },
  );

  it("tells what is wrong in the order in which it must be mended, and exits by the worst", async () => {
    sandbox.access.revoked.add("jira");
    sandbox.access.github.uninstall();
    const refused = await doctor();
    expect(wrong(refused.findings)).toEqual(["reads jira", "reads github"]);
    expect(refused.code).toBe(4);
    expect(refused.findings.find(({ state }) => state === "fail")?.fix).toContain("set the secret anew");
    const config = await read("throughline.config.json");
    await writeFile(join(checkout.root, "throughline.config.json"), config.replace("JIRA_API_TOKEN", "NOBODY_SET_IT"));
    const missing = await run(["doctor"]);
    expect(missing.code).toBe(3);
    expect(missing.out).toContain(
      "✗ secrets   throughline.config.json:8:9  connections.jira.apiToken: NOBODY_SET_IT is not set",
    );
    await writeFile(join(checkout.root, "throughline.config.json"), "{");
    expect((await run(["doctor"])).code).toBe(3);
  });

  it("asks on a terminal for what is missing, a secret without showing it, and says what to paste into a config in code", async () => {
    const other = await Checkout.make(undefined);
    const file = join(other.root, "throughline.config.ts");
    await writeFile(file, "export default { connections: {} };\n");
    const asked: string[] = [];
    let out = "";
    const answers: Record<string, string> = { apiKey: sandbox.credentials.linear.apiKey, teams: "INS" };
    const code = await connect.run({
      words: ["linear"],
      values: { name: "plans", set: [`baseUrl=${sandbox.urls.linear}`] },
      json: false,
      terminal: {
        root: other.root,
        environment: {},
        input: (async function* () {})(),
        out: (text) => {
          out += text;
        },
        note: (text) => {
          printed += text;
        },
        ask: async (question, hidden) => {
          const name = question.split(" ", 1)[0] ?? "";
          asked.push(`${name} ${hidden ? "hidden" : "shown"}`);
          return answers[name] ?? "";
        },
      },
    });
    printed += out;
    expect(asked).toEqual(["apiKey hidden", "teams shown"]);
    expect(code).toBe(0);
    expect(out).toContain('"plans": linear({');
    expect(out).toContain('apiKey: secret("PLANS_API_KEY"),');
    expect(out).toContain('teams: ["INS"],');
    expect(await readFile(file, "utf8")).toBe("export default { connections: {} };\n");
    await other.remove();
  });

  it("T18 prints no secret, whatever it does", async () => {
    const { apiToken } = sandbox.credentials.jira;
    const env = await read(".env");
    const secrets = [...env.matchAll(/='([^']+)'$/gm)].map(([, value]) => value ?? "");
    expect(secrets.length).toBeGreaterThan(6);
    for (const canary of [...secrets, apiToken, "wrong-token-canary", "on-the-command-line", "PRIVATE KEY"])
      expect(printed.includes(canary), canary.slice(0, 12)).toBe(false);
  });
});
