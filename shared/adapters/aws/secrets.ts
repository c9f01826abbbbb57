import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParametersCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { HubError } from "../../connector/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { systemClock } from "../clock.ts";
import { clientSettings } from "./client-settings.ts";
import { parameterName } from "./parameter-name.ts";

/** A burst of webhooks asks once. */
const REMEMBERED_MS = 30_000;
/** Beyond that a parameter is of the kind that costs. */
const CHEAP_BYTES = 4096;
const VALUE_BYTES = 8192;

interface Parameter {
  readonly value: string;
  readonly version: number;
}

/**
 * Values as SecureString parameters: `{prefix}/set/{name}` is what people set, `{prefix}/kept/{name}` what the hub itself
 * came by. What people set is remembered for 30 s; what the hub keeps is always asked for, since another process may have
 * renewed it, but never found older than this process left it.
 *
 * @param prefix of the names, starting with `/`
 */
export const ssmSecrets = (
  prefix: string,
  client = new SSMClient(clientSettings()),
  clock: Clock = systemClock,
): Secrets => {
  const put = new Map<string, Parameter & { readonly until: number }>();
  const found = async (name: string): Promise<{ set?: Parameter; kept?: Parameter }> => {
    const [set, kept] = [`${prefix}/set/${parameterName(name)}`, `${prefix}/kept/${parameterName(name)}`];
    const { Parameters = [] } = await client.send(
      new GetParametersCommand({ Names: [set, kept], WithDecryption: true }),
    );
    const at = (path: string): Parameter | undefined => {
      const { Value, Version = 0 } = Parameters.find(({ Name }) => Name === path) ?? {};
      return Value === undefined ? undefined : { value: Value, version: Version };
    };
    const [theirs, ours] = [at(set), at(kept)];
    return { ...(theirs && { set: theirs }), ...(ours && { kept: ours }) };
  };
  return {
    ...remembering(clock, async (name) => {
      const { set, kept } = await found(name).catch(unavailable("parameter"));
      if (set !== undefined) return { value: set.value, isRemembered: true };
      const own = put.get(name);
      const isBehind = own !== undefined && own.until > clock.now().getTime() && own.version > (kept?.version ?? 0);
      return { value: isBehind ? own.value : kept?.value, isRemembered: false };
    }),

    async put(name, value) {
      const { Version = 0 } = await client
        .send(putSecure(`${prefix}/kept/${parameterName(name)}`, value))
        .catch(unavailable("parameter"));
      put.set(name, { value, version: Version, until: clock.now().getTime() + REMEMBERED_MS });
    },
  };
};

/** What puts a value in the place of the one before. @throws HubError secret_too_large */
export const putSecure = (path: string, value: string): PutParameterCommand => {
  const bytes = Buffer.byteLength(value);
  if (bytes > VALUE_BYTES)
    throw new HubError("secret_too_large", `a secret has ${bytes} bytes, ${VALUE_BYTES} are allowed`, {
      retry: "never",
    });
  return new PutParameterCommand({
    Name: path,
    Value: value,
    Type: "SecureString",
    Overwrite: true,
    ...(bytes > CHEAP_BYTES && { Tier: "Intelligent-Tiering" }),
  });
};

/**
 * Values that live in Secrets Manager, because something rotates them there.
 *
 * @param names the secret's name or ARN of each value; others are not there
 */
export const secretsManagerSecrets = (
  names: Readonly<Record<string, string>>,
  client = new SecretsManagerClient(clientSettings()),
  clock: Clock = systemClock,
): Pick<Secrets, "get"> =>
  remembering(clock, async (name) => {
    const SecretId = Object.hasOwn(names, name) ? names[name] : undefined;
    if (SecretId === undefined) return { value: undefined, isRemembered: false };
    const value = await client.send(new GetSecretValueCommand({ SecretId })).then(
      ({ SecretString }) => SecretString,
      (error: unknown) => (error instanceof ResourceNotFoundException ? undefined : unavailable("secret")(error)),
    );
    return { value: value || undefined, isRemembered: value !== undefined };
  });

/** What stands in Secrets Manager first, then the parameters; what the hub keeps is a parameter. */
export const awsSecrets = (managed: Pick<Secrets, "get">, parameters: Secrets): Secrets => ({
  get: async (name) => (await managed.get(name)) ?? (await parameters.get(name)),
  put: parameters.put,
});

/** Asks once for all who ask at the same time, and remembers what may be remembered. A failure is not. */
const remembering = (
  clock: Clock,
  ask: (name: string) => Promise<{ readonly value: string | undefined; readonly isRemembered: boolean }>,
): Pick<Secrets, "get"> => {
  const held = new Map<string, { readonly until: number; readonly value: string | undefined }>();
  const asked = new Map<string, Promise<string | undefined>>();
  const look = async (name: string): Promise<string | undefined> => {
    const { value, isRemembered } = await ask(name);
    if (isRemembered) held.set(name, { value, until: clock.now().getTime() + REMEMBERED_MS });
    return value;
  };
  return {
    async get(name) {
      const known = held.get(name);
      if (known !== undefined && known.until > clock.now().getTime()) return known.value;
      const asking = asked.get(name) ?? look(name).finally(() => asked.delete(name));
      asked.set(name, asking);
      return asking;
    },
  };
};

/** A store that does not answer is no absent value: nobody may be refused for it. */
const unavailable =
  (what: string) =>
  (cause: unknown): never => {
    const why = cause instanceof Error ? cause.name : "unknown failure";
    throw new HubError("storage_unavailable", `no ${what} could be read or written: ${why}`, { retry: "later", cause });
  };
