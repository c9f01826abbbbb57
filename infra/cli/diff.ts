import { join, resolve } from "node:path";
import type { Cdk } from "../deploy/cdk.ts";
import { AWS_OPTIONS, CONTEXT_OPTIONS, configHere, contextFrom, targetFrom } from "./aws-call.ts";
import { type Command, EXIT, text } from "./command.ts";

const loaded = async (): Promise<Cdk> => (await import("../deploy/cdk.ts")).runCdk;

/** @param cdk runs `cdk`; loaded when the command is */
export const diffCommand = (cdk: () => Promise<Cdk>): Command => ({
  usage: "throughline diff [--env NAME] [--region REGION] [--context name=value…]",
  does: "tells what a deployment would change, and changes nothing",
  options: { ...AWS_OPTIONS, ...CONTEXT_OPTIONS },
  words: [0, 0],
  async run(call) {
    const [{ withPlan }, { changeLines }] = await Promise.all([
      import("../deploy/planned.ts"),
      import("../deploy/changes.ts"),
    ]);
    const { terminal, values, json } = call;
    await configHere(terminal);
    const target = await targetFrom(call);
    const parts = { target, root: terminal.root, context: contextFrom(values) };
    return withPlan(await cdk(), parts, async ({ changes }) => {
      if (json) terminal.out(`${JSON.stringify({ stack: target.stack, region: target.region, changes })}\n`);
      else for (const line of changeLines(changes)) terminal.out(`${line}\n`);
      if (changes.length === 0) terminal.note(`${target.stack} in ${target.region} is up to date\n`);
      return EXIT.ok;
    });
  },
});

export const diff = diffCommand(loaded);

/** @param cdk runs `cdk`; loaded when the command is */
export const synthCommand = (cdk: () => Promise<Cdk>): Command => ({
  usage: "throughline synth [--env NAME] [--context name=value…] [--out FOLDER]",
  does: "writes the template and the bundles, offline, to look at before they are deployed; elsewhere the template alone cannot be deployed, since it points at the bundles",
  options: { env: { type: "string" }, ...CONTEXT_OPTIONS, out: { type: "string" } },
  words: [0, 0],
  async run({ terminal, values, json }) {
    const { synthesise } = await import("../deploy/cdk.ts");
    await configHere(terminal);
    const folder = resolve(terminal.root, text(values, "out") ?? "cdk.out");
    await synthesise(await cdk(), { root: terminal.root, folder, context: contextFrom(values) });
    const template = join(folder, `Throughline-${text(values, "env") ?? "dev"}.template.json`);
    terminal.out(json ? `${JSON.stringify({ folder, template })}\n` : `${template}\n`);
    return EXIT.ok;
  },
});

export const synth = synthCommand(loaded);
