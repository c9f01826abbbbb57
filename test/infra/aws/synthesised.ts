import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack } from "aws-cdk-lib";
import example from "../../../infra/aws/examples/throughline.config.ts";
import { hubStack, prepare } from "../../../infra/aws/hub-stack.ts";
import { optionsOf } from "../../../infra/aws/options.ts";
import type { HubConfig } from "../../../shared/platform/define-hub.ts";
import { ROOT } from "../../source-files.ts";

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of some sixty resource types, looked at by path
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

const { context } = JSON.parse(readFileSync(`${ROOT}/cdk.json`, "utf8")) as { context: Record<string, unknown> };

/**
 * The app as `cdk synth` makes it, with one small file in the place of every bundle; gone after `look`. What checks find
 * is thrown, where the command prints it and ends with an exit code.
 */
export const withApp = async <Result>(
  look: (app: App, stack: Stack) => Result,
  options: Readonly<Record<string, unknown>> = {},
  config: HubConfig = example,
  builtinCloudFormationValidation = true,
): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-stack-"));
  try {
    const code = join(folder, "code");
    mkdirSync(code);
    writeFileSync(join(code, "index.js"), "exports.handler = async () => {};\n");
    const app = new App({
      analyticsReporting: false,
      outdir: join(folder, "out"),
      context,
      builtinCloudFormationValidation,
    });
    const prepared = await prepare(config, () => code);
    const stack = hubStack(
      app,
      config,
      prepared,
      optionsOf((key) => options[key]),
    );
    return look(app, stack);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Without the checks, which take longer than the template; checks.test.ts runs them. */
export const templateOf = (options?: Readonly<Record<string, unknown>>, config?: HubConfig): Promise<Template> =>
  withApp((app, { stackName }) => app.synth().getStackByName(stackName).template as Template, options, config, false);

export const ofType = ({ Resources }: Template, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

/** Functions by their name in the topology, as the first words of their logical id say it. */
export const functionsOf = (template: Template, names: readonly string[]): ReadonlyMap<string, [string, Resource]> =>
  new Map(
    ofType(template, "AWS::Lambda::Function").map(([id, resource]) => {
      const name = names.find((one) => new RegExp(`^${one.replaceAll("-", "")}[0-9A-F]{8}$`).test(id));
      return [name ?? id, [id, resource]];
    }),
  );

/** Values of the template as short texts: `Table.Arn`, `Archive.Arn/jira/*`, `arn:…:parameter/throughline/dev/set/X`. */
export const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join_ } = value as Record<string, unknown>;
  if (typeof Ref === "string") return shortId(Ref);
  if (Array.isArray(attribute)) return `${shortId(attribute[0])}.${attribute[1]}`;
  if (Array.isArray(join_)) return (join_[1] as unknown[]).map(textOf).join(join_[0] as string);
  return JSON.stringify(value);
};

/** Without the hash that CloudFormation's ids end with. */
export const shortId = (id: string): string => id.replace(/[0-9A-F]{8}$/, "");
