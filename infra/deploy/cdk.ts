import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { HubError } from "../../shared/connector/errors.ts";

/** Runs `cdk` in a folder; every line that it says goes to `tell`. @returns its exit code */
export type Cdk = (
  args: readonly string[],
  options: { readonly root: string; readonly region?: string; readonly tell: (line: string) => void },
) => Promise<number>;

/** The `cdk` of this checkout, on the Node that runs this, without colours. */
export const runCdk: Cdk = async (args, { root, region, tell }) => {
  const require = createRequire(import.meta.url);
  const bin = join(dirname(require.resolve("aws-cdk/package.json")), "bin", "cdk");
  const child = spawn(process.execPath, [bin, ...args, "--no-color", "--no-notices"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // The app is started as `node`.
      PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
      ...(region !== undefined && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
      FORCE_COLOR: "0",
    },
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", tell);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
};

const LAST_LINES = 30;

/**
 * Makes the template and the bundles in a folder.
 *
 * @throws HubError aws_deploy_failed with the last that `cdk` said
 */
export const synthesise = async (
  cdk: Cdk,
  parts: { readonly root: string; readonly folder: string; readonly context: readonly string[] },
): Promise<void> => {
  const said: string[] = [];
  const code = await cdk(
    ["synth", "--quiet", "--output", parts.folder, ...parts.context.flatMap((one) => ["--context", one])],
    { root: parts.root, tell: (line) => void said.push(line) },
  );
  if (code !== 0)
    throw new HubError("aws_deploy_failed", `no template could be made:\n${said.slice(-LAST_LINES).join("\n")}`, {
      retry: "never",
    });
};
