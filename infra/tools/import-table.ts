/** A folder (or file) of the source with what stands in it and what it may import. Paths are prefixes, from the root. */
export interface Layer {
  readonly at: string;
  readonly holds: string;
  /** Ours. */
  readonly imports: readonly string[];
  /** From npm. */
  readonly packages?: readonly string[];
  /** Node's own modules; `*` for all. */
  readonly node?: readonly string[];
}

/** Home of each vendor's packages: nowhere else may they be imported, tests and the sandbox's own servers apart. */
export const VENDOR_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "connectors/github": ["@octokit/rest", "@octokit/plugin-throttling"],
  "connectors/jira": ["jira.js"],
  "connectors/linear": ["@linear/sdk"],
};

/** Who may import whom, the whole of it: `test/architecture.test.ts` holds it, `docs/architecture.md` shows it. */
export const LAYERS: readonly Layer[] = [
  {
    at: "shared/domain",
    holds: "entity, link, stage, event, merge: pure",
    imports: [],
    packages: ["zod"],
    node: ["crypto"],
  },
  {
    at: "shared/connector",
    holds: "the kit: contract, signature, http, limits, errors",
    imports: ["shared/domain"],
    packages: ["zod"],
    node: ["crypto"],
  },
  {
    at: "shared/ports",
    holds: "interfaces, and what holds for every adapter set: a row as attributes, limits",
    imports: ["shared/domain", "shared/connector/errors.ts"],
    node: ["zlib"],
  },
  {
    at: "shared/flow",
    holds: "figures of flow and delivery, and the times of records that they are made of: pure",
    imports: ["shared/domain"],
  },
  {
    at: "shared/store",
    holds: "keys (the access-pattern table), entities, views",
    imports: ["shared/domain", "shared/flow", "shared/ports"],
    node: ["crypto"],
  },
  {
    at: "shared/lifecycle",
    holds: "derive: stage, health, explanation; pure",
    imports: ["shared/domain", "shared/flow"],
  },
  {
    at: "shared/lake",
    holds: "the model as tables of columns, and their Parquet files",
    imports: ["shared/domain", "shared/connector/errors.ts", "shared/ports", "shared/store"],
    packages: ["zod", "hyparquet-writer"],
  },
  {
    at: "shared/pipeline",
    holds: "receive, poll, ingest, project, publish, sweep: one use case per file",
    imports: [
      "shared/domain",
      "shared/connector",
      "shared/flow",
      "shared/ports",
      "shared/store",
      "shared/lifecycle",
      "shared/report",
    ],
    packages: ["zod"],
    node: ["crypto", "timers"],
  },
  {
    at: "shared/report",
    holds: "what happened in words for people, for pages and messages alike; pure",
    imports: ["shared/domain", "shared/store", "shared/ports"],
  },
  {
    at: "shared/client",
    holds: "the API for programs of others: typed by the operations, over nothing but fetch",
    imports: [],
  },
  {
    at: "shared/web",
    holds: "API, dashboard and the tools for assistants",
    imports: ["shared/domain", "shared/flow", "shared/store", "shared/report", "shared/connector/errors.ts"],
    packages: ["hono", "zod", "csv-stringify", "@modelcontextprotocol/server"],
    node: ["crypto"],
  },
  {
    at: "shared/adapters/clock.ts",
    holds: "the real clock, for every adapter set",
    imports: ["shared/ports"],
    node: ["timers"],
  },
  {
    at: "shared/adapters/archived.ts",
    holds: "an archived payload's address and content, for every adapter set",
    imports: ["shared/ports"],
    node: ["crypto", "util", "zlib"],
  },
  {
    at: "shared/adapters/sqlite",
    holds: "the embedded set: one SQLite file and folders",
    imports: [
      "shared/ports",
      "shared/domain",
      "shared/connector/errors.ts",
      "shared/adapters/archived.ts",
      "shared/adapters/clock.ts",
    ],
    node: ["*"],
  },
  {
    at: "shared/adapters/aws",
    holds: "the AWS set, with `infra/deploy` only home of `@aws-sdk`",
    imports: [
      "shared/ports",
      "shared/domain",
      "shared/connector/errors.ts",
      "shared/adapters/archived.ts",
      "shared/adapters/clock.ts",
    ],
    packages: ["@aws-sdk"],
    node: ["crypto"],
  },
  {
    at: "shared/adapters/channels",
    holds: "ways out: messages in Slack and Teams, events in Mixpanel",
    imports: ["shared/ports", "shared/domain", "shared/connector"],
    packages: ["mixpanel", "zod"],
  },
  {
    at: "shared/platform",
    holds: "composition root, config, log, batch",
    imports: [
      "shared/domain",
      "shared/connector",
      "shared/ports",
      "shared/store",
      "shared/lifecycle",
      "shared/pipeline",
      "shared/web",
      "shared/adapters/clock.ts",
      "shared/adapters/channels",
      "connectors/index.ts",
    ],
    packages: ["hono", "zod", "aws-lambda", "@modelcontextprotocol/server"],
    node: ["crypto", "fs"],
  },
  {
    at: "connectors/index.ts",
    holds: "generated: every connector by id",
    imports: ["connectors/*/index.ts", "shared/connector/contract.ts"],
  },
  {
    at: "connectors/*",
    holds: "one vendor each; never another vendor",
    imports: ["shared/connector", "shared/domain"],
    packages: ["zod", "its own"],
    node: ["crypto"],
  },
  {
    at: "functions",
    holds: "one file per Lambda, at most 30 lines",
    imports: ["shared/pipeline", "shared/platform"],
    packages: ["hono", "aws-lambda"],
  },
  { at: "infra/topology.ts", holds: "the moving parts, said once", imports: [] },
  {
    at: "infra/sandbox",
    holds: "made-up vendors; nothing of ours, so that they cannot share our reading of a vendor",
    imports: [],
    packages: ["graphql"],
    node: ["*"],
  },
  {
    at: "infra/aws/examples",
    holds: "a config and a subscriber to start from",
    imports: ["shared/platform/define-hub.ts"],
    packages: ["aws-cdk-lib"],
    node: ["url"],
  },
  {
    at: "infra/aws",
    holds: "the stack and the bundles of its functions, from the topology and the config",
    imports: [
      "infra/topology.ts",
      "infra/tools/import-table.ts",
      "infra/tools/connector-index.ts",
      "infra/local/read-config.ts",
      "shared/platform",
      "shared/pipeline/token-store.ts",
      "shared/adapters/aws/parameter-name.ts",
      "shared/adapters/aws/table-shape.ts",
      "shared/connector/errors.ts",
    ],
    packages: ["aws-cdk-lib", "constructs", "cdk-nag", "esbuild"],
    node: ["*"],
  },
  {
    at: "infra/deploy",
    holds: "what the command that deploys asks AWS, and how it runs `cdk`",
    imports: [
      "infra/aws/deployed-parts.ts",
      "infra/aws/runs-at-once.ts",
      "infra/local/read-config.ts",
      "shared/platform",
      "shared/ports",
      "shared/store/keys.ts",
      "shared/adapters/aws",
      "shared/adapters/clock.ts",
      "shared/connector/errors.ts",
    ],
    packages: ["@aws-sdk"],
    node: ["*"],
  },
  {
    at: "infra/local",
    holds: "runs the functions in one process on Lambda-shaped events",
    imports: [
      "infra/topology.ts",
      "infra/sandbox/index.ts",
      "functions",
      "shared/platform",
      "shared/pipeline",
      "shared/ports",
      "shared/adapters/sqlite",
      "shared/connector/errors.ts",
    ],
    packages: ["hono", "zod", "aws-lambda", "esbuild"],
    node: ["*"],
  },
  {
    at: "infra/cli",
    holds: "one file per command, or per few that belong together",
    imports: [
      "infra/local",
      "infra/deploy",
      "connectors/index.ts",
      "connectors/github/public.ts",
      "shared/platform",
      "shared/web/api/feature-json.ts",
      "shared/pipeline",
      "shared/store",
      "shared/domain",
      "shared/connector",
      "shared/lake",
      "shared/report",
      "shared/ports/lake.ts",
      "shared/adapters/sqlite",
      "shared/adapters/clock.ts",
      "shared/adapters/aws/lake.ts",
    ],
    node: ["*"],
  },
  {
    at: "infra/tools",
    holds: "what developers run: the generator",
    imports: ["infra/topology.ts", "infra/cli", "infra/local/jsx.ts", "connectors/index.ts", "shared"],
    packages: ["zod"],
    node: ["*"],
  },
];
