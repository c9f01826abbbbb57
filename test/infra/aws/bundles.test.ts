import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundle, bundles } from "../../../infra/aws/bundle.ts";
import { deployedParts } from "../../../infra/aws/deployed-parts.ts";
import example from "../../../infra/aws/examples/throughline.config.ts";
import { VENDOR_PACKAGES } from "../../../infra/tools/import-table.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "throughline-bundles-"));
const LARGEST = 1_500_000;
/** Each poller with a vendor package of its own, and the functions that meet all connectors. */
const NAMES = [
  "receive-webhook",
  "poll-source-jira",
  "poll-source-linear",
  "poll-source-github",
  "ingest-record",
  "project-lifecycle",
  "publish-events",
  "serve-api",
  "serve-mcp",
  "sweep",
  "deliver-webhooks",
];
const made = new Map<string, Bundle>();

beforeAll(async () => {
  const parts = deployedParts(example);
  expect(parts.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  for (const one of await bundles(parts, FOLDER)) made.set(one.name, one);
});

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const inputsOf = (name: string): string[] => {
  const outputs = Object.entries(made.get(name)?.metafile.outputs ?? {});
  return outputs
    .filter(([path]) => path.endsWith(".js"))
    .flatMap(([, { inputs }]) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
};

/** Packages of npm that a bundle holds code of. */
const packagesIn = (name: string): Set<string> =>
  new Set(inputsOf(name).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));

const clientsIn = (name: string): string[] =>
  [...packagesIn(name)].filter((one) => one.startsWith("@aws-sdk/client-")).sort();

describe("a bundle", () => {
  it.each(NAMES)("%s holds the packages of no vendor but its own", (name) => {
    const own = VENDOR_PACKAGES[`connectors/${name.replace("poll-source-", "")}`] ?? [];
    const held = Object.values(VENDOR_PACKAGES)
      .flat()
      .filter((one) => packagesIn(name).has(one));
    // Of jira.js only types are used.
    expect(held).toEqual(own.filter((one) => one !== "jira.js"));
  });

  it("holds the connectors that it can meet", () => {
    const connectorsIn = (name: string) =>
      [...new Set(inputsOf(name).flatMap((path) => /^connectors\/(\w+)\//.exec(path)?.[1] ?? []))].sort();
    expect(connectorsIn("poll-source-jira")).toEqual(["jira"]);
    expect(connectorsIn("poll-source-linear")).toEqual(["linear"]);
    expect(connectorsIn("ingest-record")).toEqual(["github", "jira", "linear"]);
  });

  it("holds the clients of its own stores and no others", () => {
    expect(clientsIn("receive-webhook")).toEqual(["@aws-sdk/client-s3", "@aws-sdk/client-sqs", "@aws-sdk/client-ssm"]);
    expect(clientsIn("project-lifecycle")).toEqual(["@aws-sdk/client-dynamodb"]);
    expect(clientsIn("serve-api")).toEqual([
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-lambda",
      "@aws-sdk/client-ssm",
    ]);
    expect(clientsIn("serve-mcp")).toEqual(["@aws-sdk/client-dynamodb", "@aws-sdk/client-ssm"]);
    expect(clientsIn("publish-events")).toEqual([
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-eventbridge",
      "@aws-sdk/client-s3",
    ]);
    expect(clientsIn("deliver-webhooks")).toEqual(["@aws-sdk/client-dynamodb", "@aws-sdk/client-ssm"]);
    expect(clientsIn("sweep")).toEqual(["@aws-sdk/client-dynamodb", "@aws-sdk/client-lambda"]);
    expect(clientsIn("poll-source-jira")).toEqual([
      "@aws-sdk/client-dynamodb",
      "@aws-sdk/client-lambda",
      "@aws-sdk/client-s3",
      "@aws-sdk/client-sqs",
      "@aws-sdk/client-ssm",
    ]);
  });

  it("holds pages only where they are served", () => {
    const withPages = NAMES.filter((name) => inputsOf(name).some((path) => path.endsWith(".tsx")));
    expect(withPages).toEqual(["serve-api"]);
    const withTools = NAMES.filter((name) => packagesIn(name).has("@modelcontextprotocol/server"));
    expect(withTools).toEqual(["serve-mcp"]);
  });

  it("is at most 1.5 MB, that of Linear's poller apart, whose SDK alone is larger", () => {
    const large = NAMES.filter((name) => (made.get(name)?.bytes ?? 0) > LARGEST);
    expect(large).toEqual(["poll-source-linear"]);
    expect(made.get("poll-source-linear")?.bytes).toBeLessThan(3_000_000);
  });

  it.each(NAMES)("%s starts in a process of its own, with nothing beside it", (name) => {
    const environment = {
      PATH: process.env["PATH"],
      AWS_REGION: "eu-west-1",
      THROUGHLINE_TABLE: "table",
      THROUGHLINE_INBOX: "https://sqs.example.com/1/inbox",
      THROUGHLINE_JOBS: '{"jira":"hub-poll-source-jira"}',
      THROUGHLINE_UNPUBLISHED: "hub-publish-events",
      AWS_LAMBDA_FUNCTION_NAME: "hub-poll-source-jira",
      THROUGHLINE_BUS: "bus",
      THROUGHLINE_ARCHIVE: "archive",
      THROUGHLINE_SECRETS: "/throughline/test",
      THROUGHLINE_URL: "https://hub.example.com",
    };
    const program = 'process.stdout.write(typeof require("./index.js").handler)';
    const cwd = made.get(name)?.folder ?? "";
    const parts = readdirSync(cwd).filter((file) => !/^part-\w+\.js(?:\.map)?$/.test(file));
    expect(parts.sort()).toEqual(["index.js", "index.js.map", ...(name === "serve-api" ? ["package.json"] : [])]);
    const said = execFileSync(process.execPath, ["--no-warnings", "-e", program], { cwd, env: environment });
    expect(said.toString()).toBe("function");
  });

  it("of the API is in parts, of which a third is loaded at the start and no page among it", () => {
    const { bytes = 0, startBytes = bytes } = made.get("serve-api") ?? {};
    expect(startBytes).toBeLessThan(0.45 * bytes);
    expect(startBytes).toBeLessThan(620_000);
    const sweep = made.get("sweep");
    expect(sweep?.startBytes).toBe(sweep?.bytes);
  });

  it("names secrets and holds none of another connection's", () => {
    const text = (name: string) => readFileSync(join(made.get(name)?.folder ?? "", "index.js"), "utf8");
    expect(text("poll-source-jira")).toContain("JIRA_TOKEN");
    expect(text("poll-source-jira")).not.toContain("LINEAR_KEY");
  });

  it("is the same bytes when it is made again, kept before or not", async () => {
    const [sweep] = deployedParts(example).filter(({ name }) => name === "sweep");
    if (sweep === undefined) throw new Error("there is no sweep");
    const again = await bundle(sweep, join(FOLDER, "elsewhere", "sweep"));
    expect(readFileSync(join(again.folder, "index.js")).equals(readFileSync(join(FOLDER, "sweep", "index.js")))).toBe(
      true,
    );
  });
});
