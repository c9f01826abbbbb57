import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { HubError } from "../../shared/connector/errors.ts";
import type { Cdk } from "../deploy/cdk.ts";
import type { Change } from "../deploy/changes.ts";
import type { Estimate } from "../deploy/estimate.ts";
import type { Target } from "../deploy/target.ts";
import {
  AWS_OPTIONS,
  CONTEXT_OPTIONS,
  configHere,
  confirmed,
  contextFrom,
  localSecrets,
  targetFrom,
} from "./aws-call.ts";
import { type Call, type Command, EXIT, type Terminal } from "./command.ts";
import { exitOf } from "./exit-of.ts";
import { outputLines, outputsOf } from "./outputs.ts";

/** @param cdk runs `cdk`; loaded when the command is */
export const deployCommand = (cdk: () => Promise<Cdk>): Command => ({
  usage:
    "throughline deploy [--env NAME] [--region REGION] [--context name=value…] [--put-secrets] [--yes] [--no-smoke]",
  does: "deploys the hub of this folder to AWS: checks the account first, says what it costs and what changes, asks, deploys, and sends itself a test webhook; --put-secrets copies the secrets that the config names from .env or the environment",
  options: {
    ...AWS_OPTIONS,
    ...CONTEXT_OPTIONS,
    "put-secrets": { type: "boolean" },
    yes: { type: "boolean" },
    "no-smoke": { type: "boolean" },
  },
  words: [0, 0],
  run: async (call) => deployHub(call, await cdk()),
});

export const deploy = deployCommand(async () => (await import("../deploy/cdk.ts")).runCdk);

const COSTS = fileURLToPath(new URL("../../docs/cost.md", import.meta.url));

const deployHub = async (call: Call, cdk: Cdk): Promise<number> => {
  const { values, terminal, json } = call;
  const { note, root } = terminal;
  const [{ preflight }, { withPlan }, { estimateOf }, { changeLines }] = await Promise.all([
    import("../deploy/preflight.ts"),
    import("../deploy/planned.ts"),
    import("../deploy/estimate.ts"),
    import("../deploy/changes.ts"),
  ]);
  const context = contextFrom(values);
  const config = await configHere(terminal);
  const target = await targetFrom(call);
  const copies = values["put-secrets"] === true;
  note(`checking ${target.region} …\n`);
  const found = await preflight({
    target,
    config,
    reserves: !context.includes("reservedConcurrency=false"),
    copiedFrom: copies ? localSecrets(terminal) : undefined,
  });
  if (found.problems.length > 0) return refuse(call, found.problems);
  note(`✓ account ${found.identity?.account}, ${target.region}, as ${found.identity?.arn}\n`);
  const estimate = estimateOf(config, readFileSync(COSTS, "utf8"));
  for (const line of estimateLines(estimate)) note(`${line}\n`);
  note("making the template …\n");
  return withPlan(cdk, { target, root, context }, async ({ folder, changes }) => {
    for (const line of changeLines(changes)) note(`${line}\n`);
    const what = changes.length === 0 ? "nothing of the stack changes: go on with" : `${changes.length} changes to`;
    const question = `${what} ${target.stack} in account ${found.identity?.account}, ${target.region}?`;
    if (!(await confirmed(call, question))) return EXIT.failed;
    const copied = await keepSecrets(call, target, copies ? undefined : []);
    if (changes.length > 0) await runDeployment({ cdk, terminal, target, folder, changes });
    const { outputs, smoke } = await afterwards(call, target);
    if (json)
      terminal.out(
        `${JSON.stringify({ stack: target.stack, account: found.identity?.account, region: target.region, changes, estimate, secretsCopied: copied, outputs, smoke })}\n`,
      );
    else terminal.out(`${outputLines(outputs).join("\n")}\n`);
    return EXIT.ok;
  });
};

/** All problems at once. */
const refuse = ({ json, terminal }: Call, problems: readonly HubError[]): number => {
  if (json)
    terminal.out(
      `${JSON.stringify({ problems: problems.map(({ code, message, fix }) => ({ type: `/docs/errors/${code}`, code, detail: message, fix })) })}\n`,
    );
  for (const { code, message, fix } of problems) terminal.note(`✗ ${message}   ${code}\n  Fix: ${fix}\n`);
  terminal.note("nothing was changed\n");
  const exits = problems.map(({ code }) => exitOf(code));
  return [EXIT.unauthorised, EXIT.config, EXIT.unreachable].find((exit) => exits.includes(exit)) ?? EXIT.failed;
};

const estimateLines = ({ idle, idleTotal, perMillion }: Estimate): string[] => {
  const each = Object.entries(idle).map(([name, dollars]) => `${name} ${dollars.toFixed(3)}`);
  return [
    `$ ${idleTotal.toFixed(2)} a month without news (${each.join(", ")}), beside what is stored; list prices of us-east-1 (docs/cost.md)`,
    `$ ${perMillion.byPoll.toFixed(2)} for a million changes found by polls, $ ${perMillion.byWebhook.toFixed(2)} told by webhooks`,
  ];
};

/** @returns names of what was copied */
const keepSecrets = async (
  { terminal }: Call,
  target: Target,
  names: readonly string[] | undefined,
): Promise<string[]> => {
  const { makeCursorKey, putSecrets, secretsNamedBy } = await import("../deploy/stored-secrets.ts");
  const wanted = names ?? (await secretsNamedBy(await configHere(terminal)));
  const copied = await putSecrets(target, wanted, localSecrets(terminal));
  if (copied.length > 0) terminal.note(`✓ copied ${copied.join(", ")}\n`);
  if (await makeCursorKey(target)) terminal.note("✓ made the key that signs cursors\n");
  return copied;
};

const runDeployment = async (parts: {
  readonly cdk: Cdk;
  readonly terminal: Terminal;
  readonly target: Target;
  readonly folder: string;
  readonly changes: readonly Change[];
}): Promise<void> => {
  const { cdk, terminal, target, folder, changes } = parts;
  const { progressOf } = await import("../deploy/progress.ts");
  terminal.note("deploying …\n");
  const progress = progressOf(changes, (line) => terminal.note(`${line}\n`));
  const code = await cdk(
    ["deploy", target.stack, "--app", folder, "--require-approval", "never", "--progress", "events", "--ci"],
    { root: terminal.root, region: target.region, tell: progress.line },
  );
  if (code === 0) return;
  const why = progress.failures.length > 0 ? progress.failures : progress.rest;
  throw new HubError("aws_deploy_failed", `${target.stack} was not deployed:\n${why.join("\n")}`, { retry: "later" });
};

const afterwards = async (call: Call, target: Target) => {
  const { values, terminal } = call;
  const [{ deployedStack }, { smoke }] = await Promise.all([
    import("../deploy/stack.ts"),
    import("../deploy/smoke.ts"),
  ]);
  const config = await configHere(terminal);
  const stack = await deployedStack(target);
  const outputs = await outputsOf(config, target, stack.outputs);
  if (values["no-smoke"] === true) return { outputs };
  terminal.note("sending a test webhook …\n");
  const seen = await smoke({ target, config, stack });
  const seconds = (seen.milliseconds / 1000).toFixed(1);
  terminal.note(
    seen.connection === undefined
      ? `✓ the receiver answers (${seconds} s); no connection has a webhook secret, so that no webhook could be tried\n`
      : `✓ a signed test webhook of ${seen.connection} was accepted and came through archive, inbox and table in ${seconds} s\n`,
  );
  return { outputs, smoke: seen };
};
