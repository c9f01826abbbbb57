import { connectors } from "../../connectors/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import type { Target } from "../deploy/target.ts";
import { AWS_OPTIONS, configHere, targetFrom } from "./aws-call.ts";
import { type Command, EXIT } from "./command.ts";

/** What people need of a hub that is deployed. */
export interface Outputs {
  readonly url: string;
  readonly region: string;
  /** Addresses to enter in the tools, by connection. */
  readonly webhooks: Readonly<Record<string, string>>;
  readonly busArn: string;
  readonly table: string;
  readonly archive: string;
  readonly secretsPrefix: string;
  readonly deadLetters: string;
  readonly failedRuns: string;
  readonly alarmTopic?: string;
}

export const outputs: Command = {
  usage: "throughline outputs [--env NAME] [--region REGION]",
  does: "tells the addresses of a hub that is deployed: its API, the webhooks to enter in the tools, the bus to subscribe to",
  options: AWS_OPTIONS,
  words: [0, 0],
  async run(call) {
    const { deployedStack } = await import("../deploy/stack.ts");
    const config = await configHere(call.terminal);
    const target = await targetFrom(call);
    const told = await outputsOf(config, target, (await deployedStack(target)).outputs);
    call.terminal.out(call.json ? `${JSON.stringify(told)}\n` : `${outputLines(told).join("\n")}\n`);
    return EXIT.ok;
  },
};

/** @param given outputs of the stack */
export const outputsOf = async (
  config: HubConfig,
  target: Target,
  given: Readonly<Record<string, string | undefined>>,
): Promise<Outputs> => {
  const api = given["ApiUrl"] ?? "";
  const called = (config.url ?? api).replace(/\/$/, "");
  const webhooks: Record<string, string> = {};
  for (const [name, { connector }] of Object.entries(config.connections)) {
    const { webhook } = (await connectors[connector]?.()) ?? {};
    if (webhook !== undefined) webhooks[name] = `${called}/hooks/${name}`;
  }
  return {
    url: api,
    region: target.region,
    webhooks,
    busArn: given["BusArn"] ?? "",
    table: given["TableName"] ?? "",
    archive: given["ArchiveBucket"] ?? "",
    secretsPrefix: given["SecretsPrefix"] ?? target.secretsPrefix,
    deadLetters: given["DeadLetters"] ?? "",
    failedRuns: given["FailedRuns"] ?? "",
    ...(given["AlarmTopic"] !== undefined && { alarmTopic: given["AlarmTopic"] }),
  };
};

export const outputLines = (told: Outputs): string[] => [
  `API and dashboard   ${told.url}   (asks for a key or a sign-in)`,
  "  make them:  npx throughline keys create --env NAME, and with --sign-in for a browser",
  ...Object.entries(told.webhooks).map(([name, url]) => `webhooks of ${name}   ${url}`),
  `events              ${told.busArn}`,
  "  subscribe with a rule on that bus: docs/events.md, infra/aws/examples/subscriber",
  `table               ${told.table}`,
  `archive             ${told.archive}`,
  `secrets             ${told.secretsPrefix}/set/…`,
  `dead letters        ${told.deadLetters}`,
  `failed runs         ${told.failedRuns}`,
  ...(told.alarmTopic === undefined ? [] : [`alarms              ${told.alarmTopic}`]),
];
