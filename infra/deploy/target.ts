import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { clientSettings } from "../../shared/adapters/aws/client-settings.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { asking } from "./aws-failure.ts";

/** Which hub in which account is meant. */
export interface Target {
  /** `--env`: several hubs in one account are told apart by it. */
  readonly environment: string;
  readonly region: string;
  readonly stack: string;
  /** Below this name the values of secrets stand. */
  readonly secretsPrefix: string;
}

/** Who is signed in. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

const NAME = /^[a-z][a-z0-9-]{0,19}$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

/** @throws HubError usage | aws_region_missing | aws_region_unsupported */
export const targetOf = async (given: {
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
}): Promise<Target> => {
  const { environment = "dev" } = given;
  if (!NAME.test(environment))
    throw new HubError("usage", `--env ${environment}: at most 20 lower-case letters, digits and hyphens`, {
      retry: "never",
    });
  const region = given.region ?? (await regionOfProfile());
  if (!REGION.test(region))
    throw new HubError("aws_region_unsupported", `"${region}" is no region of AWS`, { retry: "never" });
  return { environment, region, stack: `Throughline-${environment}`, secretsPrefix: `/throughline/${environment}` };
};

/** Of the environment, or of the profile that is signed in with. */
const regionOfProfile = async (): Promise<string> => {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const client = new STSClient({});
  const region = AWS_REGION ?? AWS_DEFAULT_REGION ?? (await client.config.region().catch(() => undefined));
  if (region === undefined) throw new HubError("aws_region_missing", "no region was given", { retry: "never" });
  return region;
};

/** Settings of a client for one region; people wait for it, so that few tries are enough. */
export const clientFor = ({ region }: Pick<Target, "region">) => ({ ...clientSettings(10, 3), region });

/** @throws HubError aws_credentials_missing | aws_unreachable */
export const identityOf = async (target: Target): Promise<Identity> => {
  const client = new STSClient(clientFor(target));
  const { Account = "", Arn = "" } = await asking("sts:GetCallerIdentity", client.send(new GetCallerIdentityCommand()));
  return { account: Account, arn: Arn };
};
