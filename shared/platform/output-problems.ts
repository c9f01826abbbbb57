import type { Secrets } from "../ports/secrets.ts";
import type { ConfigProblem } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import type { OutputConfig } from "./output-shape.ts";
import { safeAddress } from "./safe-address.ts";
import { suggestion } from "./suggestion.ts";

/** Settings of an output that name a secret, with its name. */
const secretsIn = (output: OutputConfig): (readonly [setting: string, name: string])[] =>
  Object.entries(output).flatMap(([key, value]) =>
    typeof value === "object" && "secret" in value ? [[key, value.secret] as const] : [],
  );

/** Names of all secrets that outputs send with. */
export const outputSecrets = ({ outputs = {} }: HubConfig): string[] => [
  ...new Set(Object.values(outputs).flatMap((output) => secretsIn(output).map(([, name]) => name))),
];

/** What cannot be meant of outputs: products that are not there, secrets that nobody set, addresses that are not safe. */
export const outputProblems = async (
  { outputs = {}, products = {} }: HubConfig,
  secrets: Pick<Secrets, "get">,
): Promise<ConfigProblem[]> => {
  const problems: ConfigProblem[] = [];
  for (const [name, output] of Object.entries(outputs)) {
    const at = ["outputs", name];
    for (const slug of output.products ?? []) {
      if (Object.hasOwn(products, slug)) continue;
      const message = `no product "${slug}"${suggestion(slug, Object.keys(products))}`;
      problems.push({ path: [...at, "products"], message });
    }
    for (const [setting, secret] of secretsIn(output)) {
      const value = await secrets.get(secret);
      const path = [...at, setting];
      if (value === undefined)
        problems.push({ path, message: `${secret} is not set: put it into .env or the environment` });
      // Where values are not known, their names stand for them: the stack is made without any.
      else if (setting === "webhookUrl" && value !== secret && !safeAddress(value))
        problems.push({ path, message: `${secret} must hold an address that starts with https://` });
    }
    if ("baseUrl" in output && output.baseUrl !== undefined && !safeAddress(output.baseUrl)) {
      const message = "must start with https://, or http:// for an address of this machine";
      problems.push({ path: [...at, "baseUrl"], message });
    }
  }
  return problems;
};
