import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, version as esbuild, type Metafile, type Plugin } from "esbuild";
import type { SecretsKnown } from "../../shared/platform/connections.ts";
import { connectorIndex } from "../tools/connector-index.ts";
import { VENDOR_PACKAGES } from "../tools/import-table.ts";
import type { Store } from "../topology.ts";
import { type Digests, keptOr } from "./bundle-cache.ts";
import { connectorsOf, type DeployedPart, storesOf } from "./deployed-parts.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A function's code as it is uploaded. */
export interface Bundle {
  readonly name: string;
  /** Holds `index.js` and its source map, where it is in parts those of each, and files that the code reads. */
  readonly folder: string;
  /** Of all its code. */
  readonly bytes: number;
  /** Of what is loaded before its first run: `index.js` and the parts that it needs at once. */
  readonly startBytes: number;
  readonly metafile: Metafile;
}

/** How a function opens each store that its row names. */
interface Adapter {
  /** What of which file of the adapters. */
  readonly takes: Readonly<Record<string, string>>;
  readonly make: (deployed: DeployedPart) => string;
}

const TABLE = "dynamoTable(THROUGHLINE_TABLE)";
const ARCHIVE = "s3Archive(THROUGHLINE_ARCHIVE)";

const ADAPTERS: Readonly<Record<Store, Adapter>> = {
  table: { takes: { dynamoTable: "table" }, make: () => TABLE },
  inbox: { takes: { sqsQueue: "queue" }, make: () => "sqsQueue(THROUGHLINE_INBOX)" },
  jobs: {
    takes: { invokedQueue: "invocation", dynamoTable: "table" },
    // A poller is called by itself: its own name it knows from Lambda, since the stack cannot tell it in its own making.
    make: ({ connection }) =>
      `jobsByConnection(${connection === undefined ? "JSON.parse(THROUGHLINE_JOBS)" : `{ ${JSON.stringify(connection)}: AWS_LAMBDA_FUNCTION_NAME }`}, (name) => invokedQueue(name, { defer: deferredIn(${TABLE}) }))`,
  },
  unpublished: { takes: { invokedQueue: "invocation" }, make: () => "invokedQueue(THROUGHLINE_UNPUBLISHED)" },
  bus: {
    takes: { eventBridgeBus: "bus", s3Archive: "archive" },
    // What is too large for the bus lies in the archive.
    make: () =>
      `eventBridgeBus({ bus: THROUGHLINE_BUS, url: (config.url ?? THROUGHLINE_URL).replace(/[/]$/, ""), typePrefix: config.eventTypePrefix ?? "dev.throughline", archive: ${ARCHIVE} })`,
  },
  archive: { takes: { s3Archive: "archive" }, make: () => ARCHIVE },
  secrets: { takes: { ssmSecrets: "secrets" }, make: () => "ssmSecrets(THROUGHLINE_SECRETS)" },
  // Who sends notes each delivery in the table before: nobody else sends the same.
  mailer: {
    takes: { sesMailer: "mailer" },
    make: () => 'sesMailer({ from: config.mail?.from ?? "" }, async () => true)',
  },
};

const KNOWS: Readonly<
  Record<"webhooks" | "connection" | "cursors" | "surfaces" | "outputs" | "reports" | "nothing", SecretsKnown>
> = {
  webhooks: "webhooks",
  connection: "all",
  cursors: "none",
  surfaces: "none",
  outputs: "none",
  reports: "none",
  nothing: "none",
};

/** What draws pictures lies beside the code of the function that sends them. */
export const DRAWING = [
  'import { join } from "node:path";',
  'import library from "@resvg/resvg-wasm/index_bg.wasm";',
  'import { resvg } from "./shared/adapters/picture/resvg.ts";',
  'import font from "./shared/adapters/picture/DejaVuSans.ttf";',
  "export const picture = () => resvg({ library: join(__dirname, library), font: join(__dirname, font) });",
];

/** The module that opens the hub of one function, with the adapters of its own stores and no others. */
const opening = (deployed: DeployedPart): string => {
  const { row, config } = deployed;
  const opened = [...storesOf(row)].map((store) => ({
    store,
    takes: ADAPTERS[store].takes,
    make: ADAPTERS[store].make(deployed),
  }));
  const adapters = new Map(opened.flatMap(({ takes }) => Object.entries(takes)));
  const variables = new Set(opened.flatMap(({ make }) => make.match(/THROUGHLINE_\w+|AWS_LAMBDA_\w+/g) ?? []));
  for (const name of ["THROUGHLINE_METRICS", "THROUGHLINE_URL"]) variables.add(name);
  const draws = deployed.part === "send-report";
  return [
    'import { openOnAws } from "./shared/platform/on-aws.ts";',
    // Only where jobs are handed over.
    ...(storesOf(row).has("jobs")
      ? ['import { deferredIn, jobsByConnection } from "./shared/platform/jobs-on-aws.ts";']
      : []),
    // The MCP package makes schemas when it is loaded, before anything of ours does: zod must be ready by then.
    ...(deployed.part === "serve-mcp" ? ['import { config as ready } from "zod";', "ready();"] : []),
    ...[...adapters].map(([name, file]) => `import { ${name} } from "./shared/adapters/aws/${file}.ts";`),
    ...(draws ? DRAWING : []),
    `const { ${[...variables].sort().join(", ")} } = process.env;`,
    `const config = ${JSON.stringify(config)};`,
    "export const told = openOnAws({",
    `  config, url: THROUGHLINE_URL, namespace: THROUGHLINE_METRICS ?? "Throughline", knows: ${JSON.stringify(KNOWS[row.secrets ?? "nothing"])},`,
    `  ports: { ${opened.map(({ store, make }) => `${store}: ${make}`).join(", ")} },`,
    ...(draws ? ["  picture,"] : []),
    "});",
  ].join("\n");
};

/** Lambda hands a function its role's credentials in the environment: the other ways of finding some are never gone. */
const CREDENTIALS =
  'import { fromEnv } from "@aws-sdk/credential-provider-env";\nexport const defaultProvider = (init) => fromEnv(init);\n';

/** Puts generated modules in the place of files: the function's own connectors, its opening, and the version as a text. */
const generated = (deployed: DeployedPart): Plugin => ({
  name: "generated",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^throughline:open$/ }, () => ({ path: "open.ts", namespace: "throughline" }));
    // No module of ours does anything by being loaded: where these use nothing of one, its schemas are not made.
    // Not in the others: where only what is loaded later uses zod, esbuild leaves out what readies it for the MCP package.
    if (deployed.part === "receive-webhook" || deployed.part === "serve-api")
      onResolve({ filter: /^\.\.?[/].*\.tsx?$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path),
        sideEffects: false,
      }));
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: "credentials.js",
      namespace: "throughline",
    }));
    onLoad({ filter: /.*/, namespace: "throughline" }, ({ path }) => ({
      contents: path === "credentials.js" ? CREDENTIALS : opening(deployed),
      loader: "js",
      resolveDir: ROOT,
    }));
    onLoad({ filter: /[/\\]assets[/\\]htmx\.ts$/ }, () => ({
      contents: `import { gunzipSync } from "node:zlib";\nexport const HTMX = ${unpacked(HTMX)};`,
      loader: "js",
    }));
    onLoad({ filter: /[/\\]web[/\\]api[/\\]example\.ts$/ }, () => ({ contents: packedExamples(), loader: "js" }));
    onLoad({ filter: /[/\\](?:connectors[/\\]index|shared[/\\]platform[/\\]version)\.ts$/ }, ({ path }) =>
      relative(ROOT, path).startsWith(`connectors${sep}`)
        ? { contents: connectorIndex(connectorsOf(deployed)), loader: "ts" }
        : { contents: `export const VERSION = ${JSON.stringify(versionOf())};`, loader: "ts" },
    );
  },
});

/** What gives the text of a file, which takes a third of its space. */
const unpacked = (path: string): string =>
  `gunzipSync(Buffer.from("${gzipSync(readFileSync(join(ROOT, path)), { level: 9 }).toString("base64")}", "base64")).toString()`;

const HTMX = "node_modules/htmx.org/dist/htmx.min.js";

/** The module of the same name: few ask for examples of the API. */
const packedExamples = (): string =>
  [
    'import { gunzipSync } from "node:zlib";',
    "let kept;",
    "export const exampleOf = (operation) => {",
    `  kept ??= JSON.parse(${unpacked("shared/web/api/examples.json")});`,
    "  return Object.hasOwn(kept, operation) ? kept[operation] : undefined;",
    "};",
  ].join("\n");

const versionOf = (): string =>
  (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string }).version;

/** Packages that it never loads: those of a vendor only the function that polls it does, that of sign-in only a hub with it. */
const foreignPackages = (deployed: DeployedPart): string[] => {
  const own = deployed.connection === undefined ? [] : connectorsOf(deployed).map((id) => `connectors/${id}`);
  const signIn = deployed.config.access?.oidc === undefined ? ["openid-client"] : [];
  return Object.entries(VENDOR_PACKAGES)
    .flatMap(([home, packages]) => (own.includes(home) ? [] : packages))
    .concat(signIn);
};

/** The AWS SDK loads it to tell which browser it runs in. */
const OF_BROWSERS = ["bowser"];

/** What every bundle is built with; the bench builds its floors alike. */
export const BUILD: BuildOptions & { metafile: true } = {
  bundle: true,
  write: true,
  metafile: true,
  minify: true,
  platform: "node",
  target: "node24",
  // As ES modules, imports of packages that were left out would be loaded at the start (docs/adr/0011).
  format: "cjs",
  mainFields: ["module", "main"],
  external: OF_BROWSERS,
  loader: { ".wasm": "file", ".ttf": "file" },
  assetNames: "[name]",
  sourcemap: "linked",
  sourcesContent: false,
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  logLevel: "silent",
};

/**
 * What people wait for is in parts, each read when it is first needed: one file is read and compiled whole, whatever of
 * it is used. Packages written as CommonJS ask for modules of Node by `require`.
 */
const IN_PARTS = {
  format: "esm",
  splitting: true,
  entryNames: "index",
  chunkNames: "part-[hash]",
  banner: {
    js: 'import{createRequire as throughlineRequire}from"node:module";const require=throughlineRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

const isInParts = ({ part }: DeployedPart): boolean => part === "serve-api";

/**
 * Bundles one function into `folder`: its handler, the adapters that its row names, its connectors and its config, in
 * which secrets are names.
 *
 * @throws Error of esbuild with every unresolved import
 */
export const bundle = async (deployed: DeployedPart, folder: string): Promise<Bundle> =>
  bundleOf(deployed, folder, await made(deployed, folder));

const bundleOf = ({ name }: DeployedPart, folder: string, metafile: Metafile): Bundle => ({
  name,
  folder,
  bytes: codeOf(metafile).reduce((sum, [, { bytes }]) => sum + bytes, 0),
  startBytes: startOf(metafile),
  metafile,
});

const codeOf = ({ outputs }: Metafile) => Object.entries(outputs).filter(([path]) => path.endsWith(".js"));

const startOf = (metafile: Metafile): number => {
  const code = new Map(codeOf(metafile));
  const needed = new Set([...code.keys()].filter((path) => path.endsWith("/index.js")));
  // What is added meanwhile is visited too.
  for (const path of needed)
    for (const { path: other, kind } of code.get(path)?.imports ?? [])
      if (kind === "import-statement" && code.has(other)) needed.add(other);
  return [...needed].reduce((sum, path) => sum + (code.get(path)?.bytes ?? 0), 0);
};

const made = async (deployed: DeployedPart, folder: string): Promise<Metafile> => {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    ...BUILD,
    entryNames: "index",
    ...(isInParts(deployed) && IN_PARTS),
    metafile: true,
    outdir: folder,
    absWorkingDir: ROOT,
    stdin: { contents: entryOf(deployed), resolveDir: ROOT, sourcefile: `${deployed.name}.ts`, loader: "ts" },
    external: [...OF_BROWSERS, ...foreignPackages(deployed)],
    plugins: [generated(deployed)],
  });
  if (isInParts(deployed)) writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  return metafile;
};

const entryOf = ({ part }: DeployedPart): string =>
  `import { told } from "throughline:open";\nimport { handler as work } from "./functions/${part}.ts";\nexport const handler = told(work);\n`;

/** Bundles of all functions, each in a folder of its name; what was made before of the same files is taken again. */
export const bundles = (deployed: readonly DeployedPart[], folder: string): Promise<Bundle[]> => {
  const digests: Digests = new Map();
  const self = readFileSync(fileURLToPath(import.meta.url), "utf8");
  return Promise.all(
    deployed.map(async (one) => {
      const home = join(folder, one.name);
      const index = connectorIndex(connectorsOf(one));
      const asked = JSON.stringify([
        one.name,
        entryOf(one),
        opening(one),
        index,
        versionOf(),
        esbuild,
        self,
        packedExamples(),
      ]);
      const metafile = await keptOr({ root: ROOT, folder: home, name: one.name, asked }, digests, () =>
        made(one, home),
      );
      return bundleOf(one, home, metafile);
    }),
  );
};
