import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import githubConnector from "../../../connectors/github/index.ts";
import type { Command, Terminal } from "../../../infra/cli/command.ts";
import { deployCommand } from "../../../infra/cli/deploy.ts";
import { diffCommand, synthCommand } from "../../../infra/cli/diff.ts";
import { main } from "../../../infra/cli/main.ts";
import { dynamoTable } from "../../../shared/adapters/aws/table.ts";
import type { Connector } from "../../../shared/connector/contract.ts";
import { HubError } from "../../../shared/connector/errors.ts";
import { ingest } from "../../../shared/pipeline/ingest.ts";
import { InboxMessage } from "../../../shared/pipeline/messages.ts";
import { receive } from "../../../shared/pipeline/receive.ts";
import { credentialOf } from "../../../shared/store/access.ts";
import { acts } from "../../../shared/store/audit.ts";
import { createTable } from "../../doubles/dynamo.ts";
import { openPipeline } from "../../pipeline/open-pipeline.ts";
import { EVENTS, FAILED, playing, TEMPLATE } from "./recorded.ts";
import { signedIn } from "./signed-in.ts";

const SECRET = "the webhook secret of this test";
let aws: Awaited<ReturnType<typeof signedIn>>;
let root: string;
let said: { out: string; note: string };
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  aws = await signedIn();
  root = mkdtempSync(join(tmpdir(), "throughline-deploy-"));
  said = { out: "", note: "" };
  const config = { token: { secret: "TOKEN" }, webhookSecret: { secret: "HOOK" }, repos: ["acme/web"] };
  configure({ acme: { connector: "github", config } });
  aws.keep("/throughline/prod/set/TOKEN", "x");
  aws.keep("/throughline/prod/set/HOOK", SECRET);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(root, { recursive: true, force: true });
  await aws.stop();
});

const configure = (connections: object) =>
  writeFileSync(join(root, "throughline.config.json"), JSON.stringify({ connections }));

const terminal = (answers?: readonly string[]): Terminal => {
  const left = [...(answers ?? [])];
  return {
    root,
    environment: {},
    input: (async function* () {})(),
    out(text) {
      said.out += text;
    },
    note(text) {
      said.note += text;
    },
    ...(answers && {
      ask: async (question: string) => {
        said.note += `${question}\n`;
        return left.shift() ?? "";
      },
    }),
  };
};
const run = (command: Command, values: Record<string, string | boolean | string[]> = {}, answers?: readonly string[]) =>
  command.run({
    words: [],
    values: { env: "prod", ...values },
    json: values["json"] === true,
    terminal: terminal(answers),
  });

/** The receiver and the reader of webhooks as they are, over a table on AWS; one of them may be broken. */
const openApi = async (broken?: "receiver" | "reader") => {
  const client = aws.dynamo.client();
  await createTable(client, "hub");
  const pipeline = openPipeline({
    connector: githubConnector as unknown as Connector,
    config: { webhookSecret: broken === "receiver" ? "another" : SECRET, repos: ["acme/web"] },
    around: (ports) => ({ ...ports, table: dynamoTable("hub", client) }),
  });
  const hub = pipeline.hub("one");
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const name = request.url?.split("/")[2] ?? "";
    if (name !== "acme") return response.writeHead(404).end();
    try {
      await receive(hub, name, {
        headers: new Headers(request.headers as Record<string, string>),
        body: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      response.writeHead(202).end();
    } catch (error) {
      return response.writeHead(error instanceof HubError && error.code === "signature_rejected" ? 401 : 500).end();
    }
    if (broken === "reader") return;
    for (const { body } of await pipeline.consumers.inbox.receive(10, 30))
      await ingest(hub, InboxMessage.parse(JSON.parse(body)));
    return;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => pipeline[Symbol.dispose](),
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const outputs = (url: string) => ({
  ApiUrl: url,
  TableName: "hub",
  ArchiveBucket: "archive",
  BusArn: "arn:aws:events:eu-west-1:111122223333:event-bus/hub",
  SecretsPrefix: "/throughline/prod",
  DeadLetters: "https://sqs/dead",
  FailedRuns: "https://sqs/failed",
});

describe("throughline deploy", () => {
  it("checks, says what it costs and changes, asks, deploys by kind, tells the addresses and tries a webhook", async () => {
    const url = await openApi();
    const { cdk, ran } = playing({
      deploy: () => {
        aws.stand("CREATE_COMPLETE", { outputs: outputs(url), template: TEMPLATE });
        return 0;
      },
    });
    expect(
      await run(
        deployCommand(async () => cdk),
        { context: ["alarms=false"] },
        ["y"],
      ),
    ).toBe(0);
    expect(said.note).toContain("✓ account 111122223333, eu-west-1, as arn:aws:iam::111122223333:user/ana");
    expect(said.note).toMatch(/\$ 0\.03 a month without news \(acme 0\.03\d\)/);
    expect(said.note).toContain("+ 2 queue: Dead, Inbox");
    expect(said.note).toContain("4 changes to Throughline-prod in account 111122223333, eu-west-1? [y/N]");
    expect(said.note).toContain("✓ made the key that signs cursors");
    expect(said.note).toContain("✓ 2 queue\n✓ 1 function\n");
    expect(said.note).toContain(
      "✓ a signed test webhook of acme was accepted and came through archive, inbox and table",
    );
    expect(said.out).toContain(`webhooks of acme   ${url}/hooks/acme`);
    expect(said.out).toContain("arn:aws:events:eu-west-1:111122223333:event-bus/hub");
    expect(said.out + said.note).not.toContain(SECRET);
    const [synth, deploy] = ran;
    expect(synth?.slice(4)).toEqual(["--context", "alarms=false", "--context", "env=prod"]);
    expect(deploy?.slice(0, 3)).toEqual(["deploy", "Throughline-prod", "--app"]);
  });

  it("changes nothing when somebody says no, or when nobody can be asked", async () => {
    const { cdk, ran } = playing({});
    const command = deployCommand(async () => cdk);
    expect(await run(command, {}, ["n"])).toBe(1);
    await expect(run(command)).rejects.toMatchObject({ code: "prompt_not_possible" });
    expect(ran.map(([what]) => what)).toEqual(["synth", "synth"]);
    expect([...aws.parameters.keys()].filter((name) => name.includes("CURSOR"))).toEqual([]);
  });

  it("says everything that is in its way before it makes anything", async () => {
    aws.parameters.clear();
    const { cdk, ran } = playing({});
    expect(
      await run(
        deployCommand(async () => cdk),
        { json: true, yes: true },
      ),
    ).toBe(3);
    const codes = JSON.parse(said.out).problems.map(({ code }: { code: string }) => code);
    expect(codes.sort()).toEqual(["aws_not_bootstrapped", "aws_secret_missing", "aws_secret_missing"]);
    expect(ran).toEqual([]);
  });

  it("copies secrets from .env when it is asked to, and prints none", async () => {
    aws.parameters.delete("/throughline/prod/set/TOKEN");
    writeFileSync(join(root, ".env"), "TOKEN=ghp_a_secret\nOTHER=not asked for\n");
    const { cdk } = playing({
      deploy: () => {
        aws.stand("CREATE_COMPLETE", { outputs: outputs("https://api.example.com") });
        return 0;
      },
    });
    const command = deployCommand(async () => cdk);
    expect(await run(command, { "put-secrets": true, yes: true, "no-smoke": true, json: true })).toBe(0);
    expect(aws.parameters.get("/throughline/prod/set/TOKEN")?.value).toBe("ghp_a_secret");
    expect(aws.parameters.has("/throughline/prod/set/OTHER")).toBe(false);
    expect(JSON.parse(said.out)).toMatchObject({ secretsCopied: ["TOKEN"], outputs: { busArn: expect.any(String) } });
    expect(said.out + said.note).not.toContain("ghp_a_secret");
  });

  it("says why CloudFormation gave up", async () => {
    const { cdk } = playing({ events: FAILED, deploy: () => 1 });
    await expect(
      run(
        deployCommand(async () => cdk),
        { yes: true },
      ),
    ).rejects.toMatchObject({
      code: "aws_deploy_failed",
      message: expect.stringMatching(
        /^Throughline-prod was not deployed:\nfunction Throughline-prod\/sweep .*minimum value/,
      ),
    });
  });

  it.each([
    ["receiver", "was answered 401, not 202"],
    ["reader", "was accepted, but had not come through after 0 s"],
  ] as const)("sees by its test webhook that the %s is broken", async (broken, why) => {
    const url = await openApi(broken);
    const stack = { id: "1", status: "CREATE_COMPLETE", outputs: outputs(url) };
    const { smoke } = await import("../../../infra/deploy/smoke.ts");
    const { targetOf } = await import("../../../infra/deploy/target.ts");
    const { configHere } = await import("../../../infra/cli/aws-call.ts");
    const parts = { target: await targetOf({ environment: "prod" }), config: await configHere(terminal()), stack };
    await expect(smoke({ ...parts, waitMs: 50 })).rejects.toMatchObject({
      code: "aws_smoke_failed",
      message: expect.stringContaining(why),
    });
  });

  it("refuses a folder without a config, and a context that is none", async () => {
    const { cdk } = playing({});
    const command = deployCommand(async () => cdk);
    await expect(run(command, { context: ["alarms"] })).rejects.toThrow("--context alarms: name=value is wanted");
    rmSync(join(root, "throughline.config.json"));
    await expect(run(command)).rejects.toMatchObject({ code: "config_missing" });
  });
});

describe("throughline diff, synth and outputs", () => {
  it("tell what would change: new, changed by property, gone, and gone but kept", async () => {
    const { Dead: _, ...before } = { Dead: TEMPLATE.Resources.DeadB2807C34 };
    const sweep = { ...TEMPLATE.Resources.sweepC9E4D5B2, Properties: { Timeout: 60, Code: { S3Key: "old.zip" } } };
    const table = {
      ...TEMPLATE.Resources.TableCD117FA1,
      Metadata: { "aws:cdk:path": "Throughline-prod/Old/Resource" },
    };
    const { Inbox1C8BE97E, TableCD117FA1 } = TEMPLATE.Resources;
    aws.stand("UPDATE_COMPLETE", {
      template: { Resources: { ...before, Inbox1C8BE97E, TableCD117FA1, sweepC9E4D5B2: sweep, Old1: table } },
    });
    const { cdk } = playing({});
    expect(await run(diffCommand(async () => cdk))).toBe(0);
    expect(said.out.trim().split("\n")).toEqual([
      "+ 1 queue: Dead",
      "~ function sweep: Code, Timeout",
      "- table Old (it holds data and stays)",
    ]);
  });

  it("tell that nothing would", async () => {
    aws.stand("UPDATE_COMPLETE", { template: TEMPLATE });
    const { cdk } = playing({});
    expect(
      await run(
        diffCommand(async () => cdk),
        { json: true },
      ),
    ).toBe(0);
    expect(JSON.parse(said.out)).toEqual({ stack: "Throughline-prod", region: "eu-west-1", changes: [] });
  });

  it("write a template without asking AWS", async () => {
    const { cdk, ran } = playing({});
    expect(
      await run(
        synthCommand(async () => cdk),
        { out: "made" },
      ),
    ).toBe(0);
    expect(said.out).toBe(`${join(root, "made", "Throughline-prod.template.json")}\n`);
    expect(ran).toHaveLength(1);
    expect(aws.account.asked).toEqual([]);
  });

  it("tell the addresses of a hub that stands, and that there is none", async () => {
    const told = () => main(["outputs", "--env", "prod", "--json"], terminal());
    expect(await told()).toBe(1);
    expect(JSON.parse(said.out)).toMatchObject({ code: "aws_stack_missing" });
    said.out = "";
    aws.stand("CREATE_COMPLETE", { outputs: outputs("https://api.example.com") });
    expect(await told()).toBe(0);
    expect(JSON.parse(said.out)).toEqual({
      url: "https://api.example.com",
      region: "eu-west-1",
      webhooks: { acme: "https://api.example.com/hooks/acme" },
      busArn: "arn:aws:events:eu-west-1:111122223333:event-bus/hub",
      table: "hub",
      archive: "archive",
      secretsPrefix: "/throughline/prod",
      deadLetters: "https://sqs/dead",
      failedRuns: "https://sqs/failed",
    });
  });
});

describe("throughline remove", () => {
  const stand = () =>
    aws.stand("CREATE_COMPLETE", {
      template: TEMPLATE,
      names: { DeadB2807C34: "dead-1", Inbox1C8BE97E: "inbox-1", TableCD117FA1: "hub", sweepC9E4D5B2: "sweep-1" },
    });

  it("deletes the stack and keeps what holds data, when nobody says otherwise", async () => {
    const stack = stand();
    expect(await main(["remove", "--env", "prod", "--yes", "--json"], terminal())).toBe(0);
    expect(stack.status).toBe("DELETE_COMPLETE");
    expect(JSON.parse(said.out)).toEqual({
      stack: "Throughline-prod",
      deleted: [],
      kept: [
        { name: "table", holds: "everything that the hub knows", at: "hub" },
        { name: "secrets", holds: "secrets that were set, and tokens", at: "/throughline/prod" },
      ],
    });
    expect(aws.parameters.has("/throughline/prod/set/TOKEN")).toBe(true);
  });

  it("asks for each that holds data, and deletes what was typed", async () => {
    stand();
    for (let more = 0; more < 12; more++) aws.keep(`/throughline/prod/set/MORE_${more}`, "x");
    aws.keep("/throughline/production/set/TOKEN", "of another hub");
    expect(await main(["remove", "--env", "prod"], terminal(["y", "", "secrets"]))).toBe(0);
    expect(said.note).toContain("delete hub for good? Type table to delete it");
    expect(said.note).toContain("kept table: hub");
    expect([...aws.parameters.keys()].filter((name) => name.startsWith("/throughline/"))).toEqual([
      "/throughline/production/set/TOKEN",
    ]);
  });

  it("changes nothing when somebody says no, or names what there is not", async () => {
    const stack = stand();
    expect(await main(["remove", "--env", "prod"], terminal(["no"]))).toBe(1);
    expect(await main(["remove", "--env", "prod", "--delete", "everything", "--yes"], terminal())).toBe(2);
    expect(stack).toMatchObject({ status: "CREATE_COMPLETE", isProtected: true });
  });
});

describe("throughline keys --env", () => {
  it("makes, lists and ends keys in the table of the hub on AWS, and says so in its audit log", async () => {
    const client = aws.dynamo.client();
    await createTable(client, "hub");
    const table = dynamoTable("hub", client);
    aws.stand("CREATE_COMPLETE", { outputs: outputs("https://api.example.com") });
    const told = (...args: string[]) => {
      said.out = "";
      return main(["keys", ...args, "--env", "prod"], terminal());
    };
    expect(await told("create", "--name", "first", "--role", "admin")).toBe(0);
    const key = said.out.trim();
    const held = await credentialOf(table, key);
    expect(held).toMatchObject({ kind: "key", name: "first", role: "admin", products: "all" });
    expect(await told("create", "--sign-in", "--json")).toBe(0);
    expect(JSON.parse(said.out).url).toMatch(/^https:\/\/api\.example\.com\/login\?token=tl_link_/);
    expect(await told("list")).toBe(0);
    expect(said.out).toContain(`${held?.id}  in use    admin     all products  never used  first`);
    expect(await told("revoke", held?.id ?? "")).toBe(0);
    expect(await credentialOf(table, key)).toMatchObject({ revokedAt: expect.any(String) });
    expect(await told("revoke", held?.id ?? "")).toBe(1);
    expect((await acts(table, undefined, 10)).items.map(({ act, by }) => `${act} by ${by.id}`)).toEqual([
      "key.revoke by cli",
      "sign_in_link.create by cli",
      "key.create by cli",
    ]);
    for (const wrong of [
      ["create", "--role", "emperor"],
      ["create", "--scopes", "features:reed"],
      ["create", "--products", "none"],
      ["create", "--role", "viewer", "--scopes", "features:read"],
      ["create", "--sign-in", "--days", "3"],
      ["revoke"],
      ["rotate"],
    ])
      expect([wrong, await told(...wrong)]).toEqual([wrong, 2]);
  });
});

describe("the progress of a deployment", () => {
  it("is read from every line that tells of a resource, and from no other", async () => {
    const { eventOf } = await import("../../../infra/deploy/progress.ts");
    const events = EVENTS.flatMap((line) => eventOf(line) ?? []);
    expect(events.map(({ status, type }) => `${status} ${type}`)).toEqual([
      "CREATE_IN_PROGRESS AWS::SQS::Queue",
      "CREATE_IN_PROGRESS AWS::SQS::Queue",
      "CREATE_COMPLETE AWS::SQS::Queue",
      "CREATE_COMPLETE AWS::SQS::Queue",
      "CREATE_COMPLETE AWS::Lambda::Function",
    ]);
  });
});
