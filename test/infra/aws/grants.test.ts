import { beforeAll, describe, expect, it } from "vitest";
import { deployedParts } from "../../../infra/aws/deployed-parts.ts";
import example from "../../../infra/aws/examples/throughline.config.ts";
import { secretsOf } from "../../../infra/aws/grants.ts";
import { ofType, shortId, type Template, templateOf, textOf } from "./synthesised.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** What each role may do, as `action resource`. */
let granted: ReadonlyMap<string, string[]>;
let template: Template;

const PARAMETER = /^arn:.*:parameter\/throughline\/dev\//;
const list = <One>(value: One | readonly One[]): readonly One[] => (Array.isArray(value) ? value : [value as One]);

beforeAll(async () => {
  template = await templateOf();
  // What a role is made with, and whom its function may call.
  const policies = ofType(template, "AWS::IAM::ManagedPolicy").map(([id, { Properties }]): [string, string[]] => {
    const name = shortId(id).replace(/(?:grants|calls)$/, "");
    if (Properties.Roles !== undefined) expect(Properties.Roles.map(textOf)).toEqual([`${name}role`]);
    return [
      name,
      (Properties.PolicyDocument.Statement as Statement[])
        .flatMap(({ Action, Resource, Condition }) =>
          list(Action).flatMap((action) =>
            list(Resource).map((resource) =>
              [action, textOf(resource).replace(PARAMETER, ""), Condition && JSON.stringify(Condition)]
                .filter(Boolean)
                .join(" "),
            ),
          ),
        )
        .filter((line) => !line.startsWith("logs:")),
    ];
  });
  granted = new Map(
    [...Map.groupBy(policies, ([name]) => name)].map(([name, some]) => [
      name,
      some.flatMap(([, lines]) => lines).sort(),
    ]),
  );
});

const each = (actions: readonly string[], resource: string) => actions.map((action) => `${action} ${resource}`);
const RECEIVE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const READ_ROWS = each(["dynamodb:GetItem", "dynamodb:BatchGetItem"], "Table.Arn");
const FIND_ROWS = [...READ_ROWS, "dynamodb:Query Table.Arn"];
const LIST_ROWS = [...FIND_ROWS, "dynamodb:Query Table.Arn/index/list"];
const READ_TABLE = [...LIST_ROWS, "dynamodb:Query Table.Arn/index/due"];
const WRITE_TABLE = ["dynamodb:PutItem Table.Arn"];
const FEED = [
  ...each(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], "Table.StreamArn"),
  "dynamodb:ListStreams Table.Arn/stream/*",
  "sqs:SendMessage Failed.Arn",
];
const secrets = (...names: string[]) =>
  names.flatMap((name) => each(["ssm:GetParameters"], `set/${name}`).concat(`ssm:GetParameters kept/${name}`));

const poller = (connection: string, ...names: string[]) => [
  ...READ_TABLE,
  ...WRITE_TABLE,
  `s3:PutObject Archive.Arn/${connection}/*`,
  `s3:ListBucket Archive.Arn {"StringLike":{"s3:prefix":"${connection}/*"}}`,
  "sqs:SendMessage Inbox.Arn",
  // What it hands on is a call of itself.
  `lambda:InvokeFunction pollsource${connection}.Arn`,
  "sqs:SendMessage Failed.Arn",
  ...secrets(...names),
];

/** The whole of it. A line that is added here needs a row of the topology that asks for it. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  receivewebhook: [
    "s3:PutObject Archive.Arn/*",
    "sqs:SendMessage Inbox.Arn",
    ...secrets("JIRA_WEBHOOK_SECRET", "LINEAR_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET"),
  ],
  pollsourcejira: poller("jira", "JIRA_TOKEN", "JIRA_WEBHOOK_SECRET"),
  pollsourcelinear: poller("linear", "LINEAR_KEY", "LINEAR_WEBHOOK_SECRET"),
  pollsourcegithub: poller("github", "GITHUB_TOKEN", "GITHUB_WEBHOOK_SECRET"),
  ingestrecord: [
    ...FIND_ROWS,
    ...WRITE_TABLE,
    "s3:GetObject Archive.Arn/*",
    ...each(RECEIVE, "Inbox.Arn"),
    ...["jira", "linear", "github"].map((connection) => `lambda:InvokeFunction pollsource${connection}.Arn`),
  ],
  projectlifecycle: [...LIST_ROWS, ...WRITE_TABLE, ...FEED],
  publishevents: [
    ...READ_ROWS,
    ...WRITE_TABLE,
    ...FEED,
    "events:PutEvents Bus.Arn",
    "s3:PutObject Archive.Arn/_events/*",
  ],
  serveapi: [
    ...READ_TABLE,
    ...WRITE_TABLE,
    ...secrets("THROUGHLINE_CURSOR_KEY"),
    ...["pollsourcejira", "pollsourcelinear", "pollsourcegithub"].map((name) => `lambda:InvokeFunction ${name}.Arn`),
  ],
  servemcp: [...READ_TABLE, ...WRITE_TABLE, ...secrets("THROUGHLINE_CURSOR_KEY")],
  sweep: [...READ_TABLE, ...WRITE_TABLE, "lambda:InvokeFunction publishevents.Arn"],
  deliverwebhooks: [
    ...READ_ROWS,
    "dynamodb:Query Table.Arn/index/list",
    "dynamodb:Query Table.Arn/index/due",
    ...WRITE_TABLE,
    ...secrets("THROUGHLINE_CURSOR_KEY"),
  ],
  Timers: each(["lambda:InvokeFunction"], "").flatMap((action) =>
    ["pollsourcejira", "pollsourcelinear", "pollsourcegithub", "sweep", "deliverwebhooks"].map(
      (name) => `${action}${name}.Arn`,
    ),
  ),
};

describe("T20 a function may do", () => {
  it("what somebody wrote down, whoever it is", () => {
    expect([...granted.keys()].sort()).toEqual(Object.keys(GRANTS).sort());
    expect(ofType(template, "AWS::IAM::Policy")).toEqual([]);
  });

  it.each(Object.keys(GRANTS))("%s: exactly its row", (name) => {
    expect(granted.get(name)).toEqual([...(GRANTS[name] ?? [])].sort());
  });

  it("nothing by a policy of AWS's, and nothing that a role of another service may take up", () => {
    for (const [id, { Properties }] of ofType(template, "AWS::IAM::Role")) {
      expect(Properties.Policies, id).toBeUndefined();
      expect(Properties.ManagedPolicyArns.map(textOf), id).toEqual([shortId(id).replace(/role$/, "grants")]);
      const [{ Principal }] = Properties.AssumeRolePolicyDocument.Statement;
      expect(Principal.Service).toBe(id.startsWith("Timers") ? "scheduler.amazonaws.com" : "lambda.amazonaws.com");
    }
  });

  it("no action by a wildcard, and only these resources", () => {
    const lines = [...granted.values()].flat();
    expect(lines.filter((line) => line.split(" ", 1)[0]?.includes("*"))).toEqual([]);
    const wide = new Set(lines.map((line) => line.split(" ")[1] ?? "").filter((resource) => resource.includes("*")));
    expect([...wide].sort()).toEqual([
      "Archive.Arn/*",
      "Archive.Arn/_events/*",
      "Archive.Arn/github/*",
      "Archive.Arn/jira/*",
      "Archive.Arn/linear/*",
      "Table.Arn/stream/*",
    ]);
  });

  it("trace only where the operator asked for it, on the one resource that X-Ray has", async () => {
    const traced = JSON.stringify(await templateOf({ tracing: "true" }));
    expect(JSON.stringify(template)).not.toContain("xray:");
    expect(traced).toContain(
      '"Action":["xray:PutTelemetryRecords","xray:PutTraceSegments"],"Effect":"Allow","Resource":"*"',
    );
    expect(traced).toContain('"TracingConfig":{"Mode":"Active"}');
  });
});

describe("the function that sends outputs", () => {
  it("is there only with outputs, and reads their secrets alone", async () => {
    const sending = (config: Parameters<typeof deployedParts>[0]) =>
      deployedParts(config).filter(({ part }) => part === "deliver-outputs");
    expect([sending(example), sending({ ...example, outputs: {} })]).toEqual([[], []]);
    const [part] = sending({ ...example, outputs: { team: { connector: "teams", webhookUrl: { secret: "TEAMS" } } } });
    expect(part && (await secretsOf(part))).toEqual({ reads: ["TEAMS"], stores: [] });
  });
});
