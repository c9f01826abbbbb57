import { lookup as dnsLookup } from "node:dns/promises";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { HubError } from "../../shared/connector/errors.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import { deployedParts } from "../aws/deployed-parts.ts";
import { reservedBy } from "../aws/runs-at-once.ts";
import { asking, awsFailure } from "./aws-failure.ts";
import { type Stack, stackOf } from "./stack.ts";
import { commandFor, missingSecrets, secretsNamedBy } from "./stored-secrets.ts";
import { clientFor, type Identity, identityOf, type Target } from "./target.ts";

/** What is found before anything is changed. */
export interface Preflight {
  readonly identity?: Identity | undefined;
  readonly stack?: Stack | undefined;
  /** Secrets that the config names and nobody has set on AWS. */
  readonly missing: readonly string[];
  readonly problems: readonly HubError[];
}

interface Plan {
  readonly target: Target;
  readonly config: HubConfig;
  /** `--context reservedConcurrency=false` was not given. */
  readonly reserves: boolean;
  /** `--put-secrets`: what stands there will be on AWS. */
  readonly copiedFrom?: Pick<Secrets, "get"> | undefined;
  /** Whether a host has an address; default that of DNS. */
  readonly isThere?: (host: string) => Promise<boolean>;
}

/** Looks at everything that a deployment would stumble over, and tells all of it at once. Nothing is changed. */
export const preflight = async (plan: Plan): Promise<Preflight> => {
  const { target } = plan;
  const problems: HubError[] = [];
  const trying = async <Found>(look: () => Promise<Found>): Promise<Found | undefined> => {
    try {
      return await look();
    } catch (error) {
      problems.push(awsFailure("preflight", error));
      return undefined;
    }
  };
  const identity = await trying(() => identityOf(target));
  // Without an identity everything else would fail alike.
  if (identity === undefined) return { missing: await secretsNamedBy(plan.config), problems };
  const stack = await trying(() => stackOf(target));
  const [missing = []] = await Promise.all([
    trying(async () => missingSecrets(target, await secretsNamedBy(plan.config))),
    trying(() => services(plan)),
    trying(() => bootstrapped(target, identity)),
    trying(() => concurrency(plan, stack !== undefined)),
  ]);
  if (stack?.status.endsWith("_IN_PROGRESS"))
    problems.push(new HubError("aws_stack_busy", `${target.stack} is ${stack.status}`, { retry: "later" }));
  for (const name of missing) {
    if ((await plan.copiedFrom?.get(name)) !== undefined) continue;
    const where = plan.copiedFrom === undefined ? "" : ", and neither .env nor the environment has it";
    problems.push(
      new HubError("aws_secret_missing", `${name} is not set on AWS${where}: ${commandFor(target, name)}`, {
        retry: "never",
      }),
    );
  }
  return { identity, stack, missing, problems };
};

/** Endpoints of what the stack is made of. */
const SERVICES = ["lambda", "dynamodb", "sqs", "events", "scheduler", "apigateway", "logs", "monitoring", "sns"];

/** A region that lacks a service has no address for it. */
const services = async ({ target: { region }, isThere = hasAddress }: Plan): Promise<void> => {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const found = await Promise.all(SERVICES.map((one) => isThere(`${one}.${region}.${suffix}`)));
  const absent = SERVICES.filter((_, at) => found[at] !== true);
  // Where no name is known, there is no region, or no DNS: the identity was asked another way then.
  if (absent.length === 0 || absent.length === SERVICES.length) return;
  throw new HubError("aws_region_unsupported", `${region} has no ${absent.join(", ")}`, { retry: "never" });
};

/** Who sends AWS's clients elsewhere does not ask those hosts. */
const isElsewhere = (): boolean => Object.keys(process.env).some((name) => name.startsWith("AWS_ENDPOINT_URL"));

const hasAddress = async (host: string): Promise<boolean> =>
  isElsewhere() ||
  dnsLookup(host).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOTFOUND",
  );

const VERSION_PATH = "/cdk-bootstrap/hnb659fds/version";
const OLDEST_VERSION = 6;

/** `cdk` uploads to a bucket that has to be made once. */
const bootstrapped = async (target: Target, { account }: Identity): Promise<void> => {
  const client = new SSMClient(clientFor(target));
  const { Parameters = [] } = await asking(
    "ssm:GetParameters",
    client.send(new GetParametersCommand({ Names: [VERSION_PATH] })),
  );
  const version = Number(Parameters[0]?.Value ?? 0);
  if (version >= OLDEST_VERSION) return;
  const what = version === 0 ? "is not prepared for the CDK" : `is prepared for an older CDK (version ${version})`;
  throw new HubError(
    "aws_not_bootstrapped",
    `account ${account} ${what} in ${target.region}: npx cdk bootstrap aws://${account}/${target.region}`,
    { retry: "never" },
  );
};

/** So many runs Lambda keeps for functions that reserve none. */
const ALWAYS_FREE = 100;

/** What the stack reserves must be there. Once it stands, what it reserves is no longer free, and counts as its own. */
const concurrency = async ({ target, config, reserves }: Plan, stands: boolean): Promise<void> => {
  if (!reserves) return;
  const wanted = reservedBy(deployedParts(config));
  const { AccountLimit = {} } = await asking(
    "lambda:GetAccountSettings",
    new LambdaClient(clientFor(target)).send(new GetAccountSettingsCommand()),
  );
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = all } = AccountLimit;
  const room = (stands ? all : free) - ALWAYS_FREE;
  if (room >= wanted) return;
  throw new HubError(
    "aws_concurrency_short",
    `the hub reserves ${wanted} concurrent executions of Lambda, and ${Math.max(0, room)} of ${all} can be reserved`,
    { retry: "never" },
  );
};
