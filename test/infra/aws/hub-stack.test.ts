import { beforeAll, describe, expect, it } from "vitest";
import { type DeployedPart, deployedParts } from "../../../infra/aws/deployed-parts.ts";
import example from "../../../infra/aws/examples/throughline.config.ts";
import { ON_AWS, type Part, topology } from "../../../infra/topology.ts";
import { METRICS } from "../../../shared/pipeline/metrics.ts";
import { functionsOf, ofType, type Resource, type Template, templateOf, textOf } from "./synthesised.ts";

const DEPLOYED = deployedParts(example);
const NAMES = DEPLOYED.map(({ name }) => name);
let template: Template;
let functions: ReadonlyMap<string, [string, Resource]>;

beforeAll(async () => {
  template = await templateOf();
  functions = functionsOf(template, NAMES);
});

const all = (type: string): Resource[] => ofType(template, type).map(([, resource]) => resource);
const properties = (name: string) => functions.get(name)?.[1].Properties;
const mappings = () => all("AWS::Lambda::EventSourceMapping").map(({ Properties }) => Properties);

/** What starts a function, in the words of the topology, as the template has it. */
const triggersOf = (name: string): string[] => {
  const id = functions.get(name)?.[0] ?? "";
  const routes = all("AWS::ApiGatewayV2::Route").filter(({ Properties }) => {
    const integration = Properties.Target["Fn::Join"][1][1].Ref;
    return JSON.stringify(template.Resources[integration]?.Properties.IntegrationUri).includes(`"${id}"`);
  });
  const timers = all("AWS::Scheduler::Schedule").filter(
    ({ Properties }) => Properties.Target.Arn["Fn::GetAtt"][0] === id,
  );
  const mapped = mappings().filter(({ FunctionName }) => FunctionName.Ref === id);
  return [
    ...routes.map(({ Properties }) => Properties.RouteKey as string),
    ...timers.map(({ Properties }) => `${Properties.ScheduleExpression} ${Properties.Target.Input}`),
    ...mapped.map(({ EventSourceArn, BatchSize }) => `${textOf(EventSourceArn)} by ${BatchSize}`),
  ].sort();
};

const wantedTriggers = ({ row, connection }: DeployedPart): string[] =>
  row.on
    .flatMap((trigger) => {
      if ("http" in trigger) return trigger.http.endsWith("+}") ? [trigger.http, "ANY /"] : [trigger.http];
      if ("everyMinutes" in trigger)
        return [trigger.everyMinutes === 1 ? "rate(1 minute) {}" : `rate(${trigger.everyMinutes} minutes) {}`];
      if ("everyConnection" in trigger)
        return [
          `rate(${connection === "github" ? 10 : 5} minutes) {"connection":"${connection}","timer":"<aws.scheduler.scheduled-time>"}`,
        ];
      if ("schedule" in trigger) return [];
      if ("feed" in trigger) return [`Table.StreamArn by ${trigger.batch}`];
      return ON_AWS[trigger.queue] === "polled" ? [`Inbox.Arn by ${trigger.batch}`] : [];
    })
    .sort();

/** Parts that every config needs. */
const ALWAYS = Object.entries<Part>(topology).filter(([, { onlyWith }]) => onlyWith === undefined);

describe("functions", () => {
  it("are the parts of the topology, one for each connection where it says so, and no others", () => {
    expect([...functions.keys()].sort()).toEqual([...NAMES].sort());
    expect(new Set(DEPLOYED.map(({ part }) => part))).toEqual(new Set(ALWAYS.map(([name]) => name)));
    expect(NAMES).toEqual(expect.arrayContaining(["poll-source-jira", "poll-source-linear", "poll-source-github"]));
  });

  it.each(DEPLOYED.map((one) => [one.name, one] as const))("%s is started by what its row says", (name, deployed) => {
    expect(wantedTriggers(deployed)).not.toEqual([]);
    expect(triggersOf(name)).toEqual(wantedTriggers(deployed));
  });

  it("run on Node 24 and arm64, with a limit of time and memory, concurrency, a role and a log group of their own", () => {
    const roles = NAMES.map((name) => textOf(properties(name).Role));
    const logs = NAMES.map((name) => textOf(properties(name).LoggingConfig.LogGroup));
    expect(new Set(roles).size).toBe(NAMES.length);
    expect(new Set(logs).size).toBe(NAMES.length);
    for (const { name, row } of DEPLOYED) {
      expect(properties(name), name).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Timeout: row.timeoutSeconds ?? 60,
        MemorySize: row.memoryMb ?? 256,
        ReservedConcurrentExecutions: expect.any(Number),
      });
    }
    expect(properties("publish-events").ReservedConcurrentExecutions).toBe(1);
    expect(all("AWS::Logs::LogGroup").map(({ Properties }) => Properties.RetentionInDays)).toEqual(
      Array(NAMES.length + 1).fill(30),
    );
  });

  it("are told the stores of their rows and nothing else", () => {
    const told = (name: string) => Object.keys(properties(name).Environment.Variables).sort();
    const common = ["NODE_OPTIONS", "THROUGHLINE_METRICS", "THROUGHLINE_URL"];
    expect(told("receive-webhook")).toEqual(
      [...common, "THROUGHLINE_ARCHIVE", "THROUGHLINE_INBOX", "THROUGHLINE_SECRETS"].sort(),
    );
    expect(told("serve-api")).toEqual(
      [...common, "THROUGHLINE_JOBS", "THROUGHLINE_SECRETS", "THROUGHLINE_TABLE"].sort(),
    );
    expect(told("serve-mcp")).toEqual([...common, "THROUGHLINE_SECRETS", "THROUGHLINE_TABLE"].sort());
    expect(told("publish-events")).toEqual(
      [...common, "THROUGHLINE_ARCHIVE", "THROUGHLINE_BUS", "THROUGHLINE_TABLE"].sort(),
    );
    const variables = (name: string) => properties(name).Environment.Variables;
    expect(JSON.parse(textOf(variables("ingest-record").THROUGHLINE_JOBS))).toEqual({
      jira: "pollsourcejira",
      linear: "pollsourcelinear",
      github: "pollsourcegithub",
    });
    expect(textOf(variables("sweep").THROUGHLINE_UNPUBLISHED)).toBe("publishevents");
    // It calls itself, by the name that Lambda tells it.
    expect(told("poll-source-jira")).not.toContain("THROUGHLINE_JOBS");
  });

  it("can all be made: none needs itself before it is there", () => {
    const needs = new Map(
      Object.entries(template.Resources).map(([id, resource]) => {
        const named = JSON.stringify(resource).matchAll(/"(?:Ref|Fn::GetAtt|DependsOn)":(?:"(\w+)"|\[([^\]]*)\])/g);
        const ids = [...named].flatMap(([, one, several]) => one ?? several?.match(/\w+/g) ?? []);
        return [id, ids.filter((other) => other in template.Resources)];
      }),
    );
    expect([...needs.values()].flat().length).toBeGreaterThan(100);
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (id: string, path: readonly string[]): void => {
      if (path.includes(id)) cycles.push([...path.slice(path.indexOf(id)), id].join(" -> "));
      else if (!done.has(id)) for (const other of needs.get(id) ?? []) walk(other, [...path, id]);
      done.add(id);
    };
    for (const id of needs.keys()) walk(id, []);
    expect(cycles).toEqual([]);
  });
});

describe("what holds data", () => {
  it("keeps its logical ids and outlives the stack", () => {
    const kept = Object.entries(template.Resources)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain")
      .map(([id, { Type, UpdateReplacePolicy }]) => [id, Type, UpdateReplacePolicy]);
    // Another id is another resource: the data would stay behind in the old one.
    expect(kept).toEqual([
      ["TableCD117FA1", "AWS::DynamoDB::GlobalTable", "Retain"],
      ["ArchiveLogDCD57D3D", "AWS::S3::Bucket", "Retain"],
      ["ArchiveDA4CB258", "AWS::S3::Bucket", "Retain"],
      ["BusEA82B648", "AWS::Events::EventBus", "Retain"],
    ]);
  });

  it("is a table on demand with a ceiling, restorable to any second, that nobody deletes by mistake", () => {
    const [table] = all("AWS::DynamoDB::GlobalTable");
    expect(table?.Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 1000 },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    const [replica, ...others] = table?.Properties.Replicas ?? [];
    expect(others).toEqual([]);
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 3000 },
    });
    const indexes = table?.Properties.GlobalSecondaryIndexes as { IndexName: string; Projection: object }[];
    expect(indexes.map(({ IndexName, Projection }) => [IndexName, Projection])).toEqual([
      ["list", { ProjectionType: "KEYS_ONLY" }],
      ["due", { ProjectionType: "KEYS_ONLY" }],
    ]);
  });

  it("is a bucket that is closed, versioned, logged, and asked over TLS only", () => {
    for (const [id, { Properties }] of ofType(template, "AWS::S3::Bucket")) {
      expect(Properties.PublicAccessBlockConfiguration, id).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties.VersioningConfiguration).toEqual({ Status: "Enabled" });
      expect(Properties.LifecycleConfiguration.Rules.length).toBeGreaterThan(0);
      const policy = all("AWS::S3::BucketPolicy").find(({ Properties: { Bucket } }) => Bucket.Ref === id);
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    }
    const archive = all("AWS::S3::Bucket").find(({ Properties }) => Properties.LoggingConfiguration !== undefined);
    expect(textOf(archive?.Properties.LoggingConfiguration.DestinationBucketName)).toBe("ArchiveLog");
  });

  it("T33 is an archive whose deleted objects are gone after a month, and the log of who read it after three", () => {
    const kept = ofType(template, "AWS::S3::Bucket")
      .filter(([id]) => id.startsWith("Archive"))
      .map(([id, { Properties }]) => {
        const days = Properties.LifecycleConfiguration.Rules.map(
          (rule: { ExpirationInDays?: number; NoncurrentVersionExpiration?: { NoncurrentDays: number } }) => [
            rule.ExpirationInDays,
            rule.NoncurrentVersionExpiration?.NoncurrentDays,
          ],
        );
        return [id.replace(/[0-9A-F]{8}$/, ""), days];
      });
    expect(Object.fromEntries(kept)).toEqual({ Archive: [[undefined, 30]], ArchiveLog: [[90, 30]] });
  });

  it("T21 is a bus on which only the publisher speaks as the hub, and whose events can be replayed", () => {
    expect(all("AWS::Events::Archive")[0]?.Properties).toMatchObject({
      EventPattern: { source: ["throughline"] },
      RetentionDays: 30,
    });
    const { Statement } = all("AWS::Events::EventBusPolicy")[0]?.Properties ?? {};
    expect(Statement).toMatchObject({
      Effect: "Deny",
      Action: "events:PutEvents",
      Condition: { StringEquals: { "events:source": "throughline" } },
    });
    expect(Statement.Condition.ArnNotEquals["aws:PrincipalArn"].map(textOf)).toEqual(["publisheventsrole.Arn"]);
    expect(JSON.stringify(Statement.Principal)).not.toContain("*");
  });
});

describe("queues and mappings", () => {
  it("are asked for money for the inbox alone, whatever is configured", () => {
    const polled = mappings().filter(({ StartingPosition }) => StartingPosition === undefined);
    expect(polled.map(({ EventSourceArn }) => textOf(EventSourceArn))).toEqual(["Inbox.Arn"]);
    const queues = ofType(template, "AWS::SQS::Queue").map(([id]) => id.slice(0, -8));
    expect(queues.sort()).toEqual(["Dead", "Failed", "Inbox"]);
  });

  it("hide a message six times as long as its reader may take, and give it up after five tries", () => {
    const [source, ...others] = all("AWS::SQS::Queue").filter(
      ({ Properties }) => Properties.RedrivePolicy !== undefined,
    );
    expect(others).toEqual([]);
    expect(source?.Properties.VisibilityTimeout).toBe(6 * 60);
    expect(source?.Properties.RedrivePolicy.maxReceiveCount).toBe(5);
    expect(textOf(source?.Properties.RedrivePolicy.deadLetterTargetArn)).toBe("Dead.Arn");
  });

  it("that are invocations are tried as long as Lambda can, then kept; a timer alone is not repeated", () => {
    const settings = Object.fromEntries(
      all("AWS::Lambda::EventInvokeConfig").map(({ Properties }) => [
        textOf(Properties.FunctionName),
        [
          Properties.MaximumRetryAttempts,
          Properties.MaximumEventAgeInSeconds,
          textOf(Properties.DestinationConfig?.OnFailure?.Destination),
        ],
      ]),
    );
    const kept = [2, 6 * 3600, "Failed.Arn"];
    expect(settings).toEqual({
      pollsourcejira: kept,
      pollsourcelinear: kept,
      pollsourcegithub: kept,
      publishevents: kept,
      sweep: [0, 300, "undefined"],
      deliverwebhooks: [0, 300, "undefined"],
    });
  });

  it("let a read hand itself on for longer than sixteen rounds, where Lambda stops what it takes for a mistake", () => {
    const allowed = NAMES.filter((name) => properties(name).RecursiveLoop === "Allow");
    expect(allowed).toEqual(["poll-source-jira", "poll-source-linear", "poll-source-github", "ingest-record"]);
  });

  it("are encrypted, speak TLS only, and keep what is dead for 14 days", () => {
    for (const [id, { Properties }] of ofType(template, "AWS::SQS::Queue")) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      const policy = all("AWS::SQS::QueuePolicy").find(({ Properties: { Queues } }) => Queues[0].Ref === id);
      expect(JSON.stringify(policy), id).toContain('"aws:SecureTransport":"false"');
      if (Properties.RedrivePolicy === undefined) expect(Properties.MessageRetentionPeriod, id).toBe(14 * 86_400);
    }
  });

  it("T30 tell which messages of a batch failed, and bound how many run at once", () => {
    for (const mapping of mappings()) {
      expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      if (mapping.StartingPosition === undefined)
        expect(mapping.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it("halve a failing batch of the feed, try for less than a day, and keep where it failed", () => {
    const feeds = mappings().filter(({ StartingPosition }) => StartingPosition !== undefined);
    expect(feeds).toHaveLength(2);
    for (const feed of feeds) {
      expect(feed).toMatchObject({
        BisectBatchOnFunctionError: true,
        ParallelizationFactor: 1,
        StartingPosition: "TRIM_HORIZON",
      });
      expect(feed.MaximumRecordAgeInSeconds).toBeLessThan(86_400);
      expect(feed.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(textOf(feed.DestinationConfig.OnFailure.Destination)).toBe("Failed.Arn");
    }
  });
});

describe("the HTTP API", () => {
  it("leaves it to the functions who may ask, and lets no other site's pages in", () => {
    const routes = all("AWS::ApiGatewayV2::Route").map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    expect(Object.fromEntries(routes)).toEqual({
      "POST /hooks/{connection}": "NONE",
      "GET /hooks/{connection}": "NONE",
      "ANY /{path+}": "NONE",
      "ANY /": "NONE",
      "ANY /mcp": "NONE",
    });
    expect(all("AWS::ApiGatewayV2::Api")[0]?.Properties.CorsConfiguration).toBeUndefined();
  });

  it("T30 has a limit on each route, and a line of JSON for each request", () => {
    const stage = all("AWS::ApiGatewayV2::Stage")[0]?.Properties;
    const keys = all("AWS::ApiGatewayV2::Route").map(({ Properties }) => Properties.RouteKey);
    expect(Object.keys(stage.RouteSettings).sort()).toEqual(keys.sort());
    for (const limits of Object.values(stage.RouteSettings))
      expect(limits).toEqual({ ThrottlingRateLimit: expect.any(Number), ThrottlingBurstLimit: expect.any(Number) });
    expect(JSON.parse(stage.AccessLogSettings.Format)).toMatchObject({
      status: "$context.status",
      route: "$context.routeKey",
    });
  });
});

describe("alarms", () => {
  it("are ten over one metric each, which an account has free, and say what to do", () => {
    const alarms = all("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties);
    expect(alarms).toHaveLength(10);
    for (const alarm of alarms) {
      expect(alarm.Metrics).toBeUndefined();
      expect(alarm.AlarmActions.map(textOf)).toEqual(["Alarms"]);
      expect(alarm.AlarmDescription.length).toBeGreaterThan(40);
    }
    expect(alarms.map(({ MetricName }) => MetricName).sort()).toEqual([
      "5xx",
      "ApproximateAgeOfOldestMessage",
      "ApproximateNumberOfMessagesVisible",
      "ApproximateNumberOfMessagesVisible",
      "IteratorAge",
      "IteratorAge",
      "LateConnections",
      "NotAnnounced",
      "Quarantined",
      "SignatureFailures",
    ]);
  });

  it("read log lines that the functions really write", () => {
    const filters = all("AWS::Logs::MetricFilter").map(({ Properties }) => [
      Properties.FilterPattern,
      textOf(Properties.LogGroupName),
    ]);
    expect(Object.fromEntries(filters)).toEqual({
      '{ $.message = "connection late" }': "sweeplogs",
      '{ $.message = "not announced in time" }': "sweeplogs",
      '{ $.message = "quarantined" }': "ingestrecordlogs",
      '{ $.code = "signature_rejected" }': "receivewebhooklogs",
    });
  });

  it("show figures of the hub's own that the alarms' filters or its functions give, and no others", () => {
    const given = new Set<string>([
      ...all("AWS::Logs::MetricFilter").map(({ Properties }) => Properties.MetricTransformations[0].MetricName),
      ...Object.values(METRICS).flatMap((metric) => ("cloud" in metric ? [metric.cloud] : [])),
    ]);
    const body = all("AWS::CloudWatch::Dashboard")
      .map(({ Properties }) => JSON.stringify(Properties))
      .join();
    const shown = [...body.matchAll(/Throughline\/\w+[\\"]+,[\\"]+(\w+)/g)].map(([, name]) => name ?? "");
    expect(shown.length).toBeGreaterThan(6);
    expect(shown.filter((name) => !given.has(name))).toEqual([]);
    expect(given.size).toBe(10);
    const namespaces = new Set(DEPLOYED.map(({ name }) => properties(name).Environment.Variables.THROUGHLINE_METRICS));
    expect(body).toContain([...namespaces].join());
  });
});

describe("the operator's choices", () => {
  it("take alarms and dashboard, reserved concurrency and the costs of tracing away", async () => {
    const plain = await templateOf({ alarms: "false", reservedConcurrency: "false", env: "prod", maxWriteUnits: "50" });
    expect(ofType(plain, "AWS::CloudWatch::Alarm")).toEqual([]);
    expect(ofType(plain, "AWS::CloudWatch::Dashboard")).toEqual([]);
    const [, sweep] = functionsOf(plain, NAMES).get("sweep") ?? [];
    expect(sweep?.Properties.ReservedConcurrentExecutions).toBeUndefined();
    expect(sweep?.Properties.TracingConfig).toBeUndefined();
    expect(ofType(plain, "AWS::DynamoDB::GlobalTable")[0]?.[1].Properties.WriteOnDemandThroughputSettings).toEqual({
      MaxWriteRequestUnits: 50,
    });
  });

  it("are refused with what is allowed", async () => {
    await expect(templateOf({ env: "Prod!" })).rejects.toThrow("--context env=Prod!: at most 20 lower-case letters");
    await expect(templateOf({ alarms: "no" })).rejects.toThrow("--context alarms=no: true or false");
    await expect(templateOf({ maxReadUnits: "many" })).rejects.toThrow("--context maxReadUnits=many: a whole number");
  });
});

describe("a connection that is not configured", () => {
  it("costs nothing, is granted nothing and stands nowhere", async () => {
    const { jira } = example.connections;
    const template = await templateOf({}, { connections: { ...(jira && { jira }) } });
    const text = JSON.stringify(template).toLowerCase();
    expect(text).toContain("jira");
    expect(text).not.toContain("linear");
    expect(text).not.toContain("github");
    expect(ofType(template, "AWS::Lambda::Function")).toHaveLength(ALWAYS.length);
    expect(ofType(template, "AWS::SQS::Queue")).toHaveLength(3);
  });
});
