import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { preflight } from "../../../infra/deploy/preflight.ts";
import {
  makeCursorKey,
  missingSecrets,
  pathOf,
  putSecrets,
  secretsNamedBy,
} from "../../../infra/deploy/stored-secrets.ts";
import { targetOf } from "../../../infra/deploy/target.ts";
import { connectionProblems } from "../../../shared/platform/connections.ts";
import { defineHub, github, jira, secret } from "../../../shared/platform/define-hub.ts";
import { signedIn } from "./signed-in.ts";

let aws: Awaited<ReturnType<typeof signedIn>>;
beforeEach(async () => {
  aws = await signedIn();
});
afterEach(() => aws.stop());

const config = defineHub({
  connections: {
    jira: jira({
      site: "acme.atlassian.net",
      email: "hub@example.com",
      apiToken: secret("JIRA_TOKEN"),
      webhookSecret: secret("JIRA HOOK"),
      projects: ["ACME"],
    }),
    github: github({ token: secret("GITHUB_TOKEN"), repos: ["acme/web"] }),
  },
});
const target = () => targetOf({ environment: "prod" });
const look = async (more: Partial<Parameters<typeof preflight>[0]> = {}) => {
  const found = await preflight({ target: await target(), config, reserves: true, ...more });
  return { ...found, told: found.problems.map(({ code, message }) => `${code}: ${message}`) };
};
const setAll = () => {
  for (const name of ["JIRA_TOKEN", "JIRA.20HOOK", "GITHUB_TOKEN"]) aws.keep(`/throughline/prod/set/${name}`, "x");
};

describe("preflight", () => {
  it("finds nothing where everything is there", async () => {
    setAll();
    const { told, identity, stack, missing } = await look();
    expect(told).toEqual([]);
    expect(identity).toEqual({ account: "111122223333", arn: "arn:aws:iam::111122223333:user/ana" });
    expect([stack, missing]).toEqual([undefined, []]);
  });

  it("tells everything at once, each with what to do", async () => {
    aws.parameters.delete("/cdk-bootstrap/hnb659fds/version");
    aws.control({ ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 });
    const { told } = await look({ isThere: async (host) => !host.startsWith("scheduler.") });
    expect(told.sort()).toEqual([
      "aws_concurrency_short: the hub reserves 69 concurrent executions of Lambda, and 0 of 10 can be reserved",
      "aws_not_bootstrapped: account 111122223333 is not prepared for the CDK in eu-west-1: npx cdk bootstrap aws://111122223333/eu-west-1",
      "aws_region_unsupported: eu-west-1 has no scheduler",
      'aws_secret_missing: GITHUB_TOKEN is not set on AWS: aws ssm put-parameter --region eu-west-1 --type SecureString --name /throughline/prod/set/GITHUB_TOKEN --value "$GITHUB_TOKEN"',
      "aws_secret_missing: JIRA HOOK is not set on AWS: aws ssm put-parameter --region eu-west-1 --type SecureString --name /throughline/prod/set/JIRA.20HOOK --value <value>",
      'aws_secret_missing: JIRA_TOKEN is not set on AWS: aws ssm put-parameter --region eu-west-1 --type SecureString --name /throughline/prod/set/JIRA_TOKEN --value "$JIRA_TOKEN"',
    ]);
  });

  it("asks for no secret that will be copied, and for one that is nowhere", async () => {
    const here = new Map([
      ["JIRA_TOKEN", "t"],
      ["JIRA HOOK", "h"],
    ]);
    const { told, missing } = await look({ copiedFrom: { get: async (name) => here.get(name) } });
    expect(missing).toEqual(["GITHUB_TOKEN", "JIRA HOOK", "JIRA_TOKEN"]);
    expect(told).toEqual([expect.stringContaining("GITHUB_TOKEN is not set on AWS, and neither .env nor")]);
  });

  it("counts what a stack that stands reserves as its own, and nothing where nothing is reserved", async () => {
    setAll();
    aws.control({ ConcurrentExecutions: 170, UnreservedConcurrentExecutions: 107 });
    expect((await look()).told).toEqual([expect.stringContaining("7 of 170 can be reserved")]);
    expect((await look({ reserves: false })).told).toEqual([]);
    aws.stand("UPDATE_COMPLETE");
    expect((await look()).told).toEqual([]);
  });

  it("waits for no stack that CloudFormation is at work on", async () => {
    setAll();
    aws.stand("UPDATE_IN_PROGRESS");
    expect((await look()).told).toEqual(["aws_stack_busy: Throughline-prod is UPDATE_IN_PROGRESS"]);
  });

  it("says once that nobody is signed in, and looks no further", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "");
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "nowhere");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const { problems } = await look();
    expect(problems.map(({ code }) => code)).toEqual(["aws_credentials_missing"]);
    expect(aws.account.asked).toEqual([]);
  });

  it.each([
    [403, "ExpiredToken", "aws_credentials_missing"],
    [403, "InvalidClientTokenId", "aws_credentials_missing"],
    [403, "AccessDenied", "aws_forbidden"],
  ])("knows a refusal for what it is: %i %s", async (status, name, code) => {
    aws.account.control.refuse = (action) => (action === "GetCallerIdentity" ? [status, name, "no"] : undefined);
    const { problems } = await look();
    expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
      [code, `sts:GetCallerIdentity: ${name}: no`],
    ]);
  });

  it("knows that AWS does not answer", async () => {
    await aws.account.stop();
    expect((await look()).problems.map(({ code }) => code)).toEqual(["aws_unreachable"]);
  });
});

describe("a target", () => {
  it("is one of AWS's regions and an environment that can be a name", async () => {
    expect(await targetOf({ region: "us-gov-west-1" })).toMatchObject({
      stack: "Throughline-dev",
      region: "us-gov-west-1",
    });
    await expect(targetOf({ region: "Frankfurt" })).rejects.toMatchObject({ code: "aws_region_unsupported" });
    await expect(targetOf({ environment: "Prod!" })).rejects.toMatchObject({ code: "usage" });
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "nowhere");
    await expect(targetOf({})).rejects.toMatchObject({ code: "aws_region_missing" });
  });
});

describe("secrets on AWS", () => {
  it("are those of connections and of outputs, each once", async () => {
    const told = { secret: "SLACK_URL" };
    const outputs = { team: { connector: "slack" as const, webhookUrl: told } };
    expect(await secretsNamedBy({ ...config, outputs })).toEqual([
      "GITHUB_TOKEN",
      "JIRA HOOK",
      "JIRA_TOKEN",
      "SLACK_URL",
    ]);
    expect(await connectionProblems({ ...config, outputs }, { get: async (name) => name })).toEqual([]);
  });

  it("are looked for by name, more than AWS tells at once, and no value is read", async () => {
    const names = Array.from({ length: 23 }, (_, at) => `SECRET_${at}`);
    for (const name of names.slice(0, 20)) aws.keep(pathOf(await target(), name), "x");
    expect(await missingSecrets(await target(), names)).toEqual(["SECRET_20", "SECRET_21", "SECRET_22"]);
  });

  it("are copied from where they are, in the place of what stood there", async () => {
    aws.keep("/throughline/prod/set/A", "old");
    const here = new Map([
      ["A", "new"],
      ["B", "b".repeat(5000)],
    ]);
    const put = await putSecrets(await target(), ["A", "B", "C"], { get: async (name) => here.get(name) });
    expect(put).toEqual(["A", "B"]);
    expect(aws.parameters.get("/throughline/prod/set/A")?.value).toBe("new");
    expect(aws.parameters.get("/throughline/prod/set/B")).toMatchObject({ tier: "Advanced" });
  });

  it("have one key of cursors, which a second deployment leaves alone", async () => {
    expect(await makeCursorKey(await target())).toBe(true);
    const made = aws.parameters.get("/throughline/prod/set/THROUGHLINE_CURSOR_KEY")?.value;
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(await makeCursorKey(await target())).toBe(false);
    expect(aws.parameters.get("/throughline/prod/set/THROUGHLINE_CURSOR_KEY")?.value).toBe(made);
  });
});
