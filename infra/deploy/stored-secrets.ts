import { randomBytes } from "node:crypto";
import { GetParametersCommand, ParameterAlreadyExists, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { parameterName } from "../../shared/adapters/aws/parameter-name.ts";
import { putSecure } from "../../shared/adapters/aws/secrets.ts";
import { accessSecrets } from "../../shared/platform/access-config.ts";
import { secretNames } from "../../shared/platform/connections.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { CURSOR_KEY } from "../../shared/platform/on-aws.ts";
import { outputSecrets } from "../../shared/platform/output-problems.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import { asking } from "./aws-failure.ts";
import { clientFor, type Target } from "./target.ts";

const ASKED_AT_ONCE = 10;
const KEY_BYTES = 32;

/** Where people put a secret. */
export const pathOf = ({ secretsPrefix }: Pick<Target, "secretsPrefix">, name: string): string =>
  `${secretsPrefix}/set/${parameterName(name)}`;

/** Every secret that a config names, once. */
export const secretsNamedBy = async (config: HubConfig): Promise<string[]> => {
  const names = await Promise.all(Object.values(config.connections).map((one) => secretNames(one, "all")));
  return [...new Set([...names.flat(), ...outputSecrets(config), ...accessSecrets(config)])].sort();
};

/** Which of them nobody has set on AWS. No value is read. @throws HubError aws_… */
export const missingSecrets = async (target: Target, names: readonly string[]): Promise<string[]> => {
  const client = new SSMClient(clientFor(target));
  const missing: string[] = [];
  for (let at = 0; at < names.length; at += ASKED_AT_ONCE) {
    const some = names.slice(at, at + ASKED_AT_ONCE);
    const { Parameters = [] } = await asking(
      "ssm:GetParameters",
      client.send(new GetParametersCommand({ Names: some.map((name) => pathOf(target, name)) })),
    );
    const there = new Set(Parameters.map(({ Name }) => Name));
    missing.push(...some.filter((name) => !there.has(pathOf(target, name))));
  }
  return missing;
};

/** The command that sets one, from a variable of the same name, so that no value stands in a history of commands. */
export const commandFor = (target: Target, name: string): string => {
  const value = /^[A-Za-z_]\w*$/.test(name) ? `"$${name}"` : "<value>";
  return `aws ssm put-parameter --region ${target.region} --type SecureString --name ${pathOf(target, name)} --value ${value}`;
};

/** Copies secrets, in the place of what stood there. @returns the names of those that were there to copy */
export const putSecrets = async (
  target: Target,
  names: readonly string[],
  from: Pick<Secrets, "get">,
): Promise<string[]> => {
  const client = new SSMClient(clientFor(target));
  const put: string[] = [];
  for (const name of names) {
    const value = await from.get(name);
    if (value === undefined) continue;
    await asking("ssm:PutParameter", client.send(putSecure(pathOf(target, name), value)));
    put.push(name);
  }
  return put;
};

/** Makes the key that signs cursors, unless there is one. @returns whether it was made */
export const makeCursorKey = async (target: Target): Promise<boolean> => {
  if ((await missingSecrets(target, [CURSOR_KEY])).length === 0) return false;
  const put = new PutParameterCommand({
    Name: pathOf(target, CURSOR_KEY),
    Value: randomBytes(KEY_BYTES).toString("hex"),
    Type: "SecureString",
  });
  return asking(
    "ssm:PutParameter",
    new SSMClient(clientFor(target)).send(put).then(
      () => true,
      (error: unknown) => {
        // Another deployment was first.
        if (error instanceof ParameterAlreadyExists) return false;
        throw error;
      },
    ),
  );
};
