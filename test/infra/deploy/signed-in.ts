import { vi } from "vitest";
import { type HeldStack, startAwsAccount } from "../../doubles/aws-account.ts";
import { startDynamo } from "../../doubles/dynamo.ts";
import { startSecretStores } from "../../doubles/secret-stores.ts";

/** An account that is ready for a hub, found by every client of AWS through the environment, until `stop`. */
export const signedIn = async () => {
  const [account, stores, dynamo] = await Promise.all([startAwsAccount(), startSecretStores(), startDynamo()]);
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_STS: account.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: account.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: account.endpoint,
    AWS_ENDPOINT_URL_SSM: stores.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
  }))
    vi.stubEnv(name, value);
  const keep = (name: string, value: string) => stores.parameters.set(name, { value, version: 1, tier: "Standard" });
  stores.parameters.set("/cdk-bootstrap/hnb659fds/version", {
    value: "21",
    version: 1,
    tier: "Standard",
    type: "String",
  });
  return {
    account,
    dynamo,
    parameters: stores.parameters,
    keep,
    /** What Lambda has left. */
    control: (concurrency: typeof account.control.concurrency) => {
      account.control.concurrency = concurrency;
    },
    /** Lets the stack of `prod` stand. */
    stand: (status: string, more: Partial<HeldStack> = {}) => {
      const stack: HeldStack = { status, outputs: {}, template: {}, names: {}, isProtected: true, ...more };
      account.stacks.set("Throughline-prod", stack);
      return stack;
    },
    stop: async () => {
      vi.unstubAllEnvs();
      await Promise.all([account.stop(), stores.stop(), dynamo.stop()]);
    },
  };
};
