import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { BUILD, type Bundle, bundles } from "../../infra/aws/bundle.ts";
import { deployedParts } from "../../infra/aws/deployed-parts.ts";
import example from "../../infra/aws/examples/throughline.config.ts";
import { served } from "../e2e/served.ts";
import { table, times } from "./report.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = 9;
/** What a function may take beside a handler that has its SDK clients and nothing else. */
export const TARGETS: Readonly<Record<string, number>> = { "receive-webhook": 1.3, "serve-api": 1.6 };

/** What each client is imported for: the commands that the adapters send. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  "@aws-sdk/client-dynamodb": [
    "DynamoDBClient",
    "GetItemCommand",
    "BatchGetItemCommand",
    "QueryCommand",
    "PutItemCommand",
  ],
  "@aws-sdk/client-eventbridge": ["EventBridgeClient", "PutEventsCommand"],
  "@aws-sdk/client-lambda": ["LambdaClient", "InvokeCommand"],
  "@aws-sdk/client-s3": ["S3Client", "PutObjectCommand", "GetObjectCommand", "ListObjectsV2Command"],
  "@aws-sdk/client-sqs": ["SQSClient", "SendMessageBatchCommand"],
  "@aws-sdk/client-ssm": ["SSMClient", "GetParametersCommand", "PutParameterCommand"],
};

const clientsOf = ({ metafile }: Bundle): string[] => {
  const held = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return Object.keys(CLIENTS).filter((client) => held.some((path) => path.includes(`node_modules/${client}/`)));
};

/** A handler with these clients, made as ours are; without any it is empty. */
const floorOf = async (clients: readonly string[], folder: string): Promise<string> => {
  const outfile = join(folder, `${clients.map((one) => one.split("-").at(-1)).join("-") || "empty"}.js`);
  const lines = clients.map((client) => `import { ${CLIENTS[client]?.join(", ")} } from "${client}";`);
  const made = clients.map((client) => `new ${CLIENTS[client]?.[0]}({})`);
  const commands = clients.flatMap((client) => CLIENTS[client]?.slice(1) ?? []);
  const contents = `${lines.join("\n")}\nexport const handler = async () => [${[...made, ...commands].join(", ")}];`;
  // What a handler holds is made at the start, as the adapters are.
  const ssm = clients.indexOf("@aws-sdk/client-ssm");
  const first = ssm === -1 ? "" : `clients[${ssm}].send(new GetParametersCommand({ Names: ["a"] }))`;
  const eager = `${contents}\nglobalThis.clients = [${made.join(", ")}];\nexport const first = async () => ${first || "undefined"};`;
  await build({ ...BUILD, outfile, absWorkingDir: ROOT, stdin: { contents: eager, resolveDir: ROOT } });
  return outfile;
};

const ENVIRONMENT = {
  PATH: process.env["PATH"],
  AWS_REGION: "eu-west-1",
  THROUGHLINE_TABLE: "table",
  THROUGHLINE_INBOX: "https://sqs.example.com/1/inbox",
  THROUGHLINE_JOBS: '{"jira":"hub-poll-source-jira"}',
  THROUGHLINE_UNPUBLISHED: "hub-publish-events",
  AWS_LAMBDA_FUNCTION_NAME: "hub-poll-source-jira",
  THROUGHLINE_BUS: "bus",
  THROUGHLINE_ARCHIVE: "archive",
  THROUGHLINE_SECRETS: "/throughline/bench",
  THROUGHLINE_URL: "https://hub.example.com",
};

/** Milliseconds of CPU time that a fresh process takes to load a file: others may have the core meanwhile. */
const loadOnce = (path: string): number => {
  const program = `const before = process.cpuUsage(); require(${JSON.stringify(path)}); const { user, system } = process.cpuUsage(before); process.stdout.write(String((user + system) / 1000))`;
  return Number(execFileSync(process.execPath, ["-e", program], { env: ENVIRONMENT }).toString());
};

/** Answers SSM: every secret that is asked for is there. */
const secretServer = () =>
  served(async (request, response) => {
    const { Names } = (await json(request)) as { readonly Names: readonly string[] };
    const Parameters = Names.map((Name) => ({ Name, Value: "a".repeat(44) }));
    response.setHeader("Content-Type", "application/x-amz-json-1.1").end(JSON.stringify({ Parameters }));
  });

/** What a program that holds no key is told: 401. All of the API is loaded for it. */
const FIRST = {
  version: "2.0",
  rawPath: "/v1/status",
  rawQueryString: "",
  headers: { host: "hub.example.com" },
  requestContext: { domainName: "hub.example.com", http: { method: "GET", path: "/v1/status", sourceIp: "192.0.2.1" } },
  isBase64Encoded: false,
};

/** The first answer of the API; of the clients alone the first answer of SSM, which the API asks for its keys. */
const ANSWER = `handler(${JSON.stringify(FIRST)}, {}).then(({ statusCode, body }) => { if (statusCode !== 401) throw new Error(statusCode + body); })`;
const CLIENTS_ANSWER = "first()";

/** Milliseconds of CPU time until a fresh process has loaded a bundle and has its first answer. */
const firstAnswer = async (path: string, answer: string, ssm: string): Promise<number> => {
  const program = `const before = process.cpuUsage(); require(${JSON.stringify(path)}).${answer}.then(() => { const { user, system } = process.cpuUsage(before); console.log("first", (user + system) / 1000); process.exit(); })`;
  const keys = { AWS_ACCESS_KEY_ID: "example", AWS_SECRET_ACCESS_KEY: "example", AWS_ENDPOINT_URL_SSM: ssm };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { env: { ...ENVIRONMENT, ...keys } });
  return Number(/^first (\S+)$/m.exec(stdout)?.[1]);
};

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** One function's bundle beside a handler with its SDK clients alone. */
export interface BundleTime {
  readonly name: string;
  readonly bytes: number;
  readonly ms: number;
  /** To load it and to answer the first request, beside its clients and their first call; of the API alone. */
  readonly first?: { readonly ms: number; readonly clientsMs: number };
  readonly clientsBytes: number;
  readonly clientsMs: number;
  /** A handler that holds nothing. */
  readonly emptyMs: number;
}

/** Size and load time of the named functions' bundles, or of all. */
export const measureBundles = async (only: readonly string[] = []): Promise<BundleTime[]> => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-bundles-"));
  try {
    const parts = deployedParts(example).filter(({ name }) => only.length === 0 || only.includes(name));
    const made = await bundles(parts, folder);
    const floors = new Map<string, string>();
    for (const one of made) floors.set(one.name, await floorOf(clientsOf(one), folder));
    const empty = await floorOf([], folder);
    const paths = [...new Set([empty, ...floors.values(), ...made.map((one) => join(one.folder, "index.js"))])];
    const taken = new Map<string, number[]>(paths.map((path) => [path, []]));
    // Each round loads each once, so that a busy moment of the machine falls on all alike.
    for (let round = 0; round < ROUNDS; round++) for (const path of paths) taken.get(path)?.push(loadOnce(path));
    const ms = (path: string) => medianOf(taken.get(path) ?? []);
    const first: number[] = [];
    const clientsFirst: number[] = [];
    const api = made.find(({ name }) => name === "serve-api");
    if (api !== undefined) {
      const ssm = await secretServer();
      for (let round = 0; round < ROUNDS; round++) {
        first.push(await firstAnswer(join(api.folder, "index.js"), ANSWER, ssm.url));
        clientsFirst.push(await firstAnswer(floors.get(api.name) ?? empty, CLIENTS_ANSWER, ssm.url));
      }
      await ssm.close();
    }
    return made.map((one) => {
      const floor = floors.get(one.name) ?? empty;
      return {
        name: one.name,
        bytes: one.bytes,
        ms: ms(join(one.folder, "index.js")),
        ...(one === api && { first: { ms: medianOf(first), clientsMs: medianOf(clientsFirst) } }),
        clientsBytes: statSync(floor).size,
        clientsMs: ms(floor),
        emptyMs: ms(empty),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** `npm run bench -- bundles`: beside an empty handler and beside one with its SDK clients alone. */
export const bundlesBench = async (args: readonly string[]): Promise<void> => {
  const all = await measureBundles(args);
  const rows = all.map(({ name, bytes, ms, first, clientsBytes, clientsMs }) => [
    name,
    Math.round(bytes / 1000),
    Math.round(clientsBytes / 1000),
    ms.toFixed(1),
    clientsMs.toFixed(1),
    times(ms, clientsMs),
    first === undefined ? "" : `${first.ms.toFixed(1)}: ${times(first.ms, first.clientsMs)}`,
    TARGETS[name] === undefined ? "" : `at most ${TARGETS[name]}x`,
  ]);
  const head = [
    "function",
    "KB",
    "KB, clients alone",
    "CPU ms",
    "CPU ms, clients alone",
    "ratio",
    "with the first answer, beside clients and their first call",
    "target",
  ];
  process.stdout.write(
    `${table(head, rows)}\n\nan empty handler: ${all[0]?.emptyMs.toFixed(1)} ms; medians of ${ROUNDS} fresh processes\n`,
  );
};
