import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from "cdk-nag";
import { configInvalid } from "../../shared/platform/config.ts";
import { connectionProblems } from "../../shared/platform/connections.ts";
import { findConfig } from "../local/read-config.ts";
import { bundles } from "./bundle.ts";
import { deployedParts } from "./deployed-parts.ts";
import { hubStack, prepare } from "./hub-stack.ts";
import { optionsOf } from "./options.ts";

/** What `cdk synth` and `cdk deploy` run: the stack of the config in this folder, checked by the template rules and cdk-nag. */
const EXAMPLES = fileURLToPath(new URL("examples", import.meta.url));

const app = new App({ analyticsReporting: false });
const options = optionsOf((key) => app.node.tryGetContext(key));
const own = await findConfig(process.cwd());
if (own === undefined)
  process.stderr.write("! there is no throughline.config.ts here: the stack is that of infra/aws/examples\n");
const found = own ?? (await findConfig(EXAMPLES));
if (found === undefined) throw new Error("infra/aws/examples has no config");
const { config, file, text } = found;
// Values of secrets are no matter of the stack: their names are enough.
const problems = await connectionProblems(config, { get: async (name) => name });
if (problems.length > 0) throw configInvalid(problems, file, text);

const folder = join(app.outdir, "bundles");
rmSync(folder, { recursive: true, force: true });
const built = await bundles(deployedParts(config), folder);
const folders = new Map(built.map((one) => [one.name, one.folder]));
hubStack(app, config, await prepare(config, (name) => folders.get(name) ?? ""), options);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
app.synth();
