import { type App, Stack } from "aws-cdk-lib";
import { CfnEventBusPolicy } from "aws-cdk-lib/aws-events";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { acknowledge } from "./acknowledged.ts";
import { alarms } from "./alarms.ts";
import { dashboard } from "./dashboard.ts";
import { type DeployedPart, deployedParts } from "./deployed-parts.ts";
import { type SecretsOf, secretsOf } from "./grants.ts";
import { httpApi, routes } from "./http-api.ts";
import { type HubFunction, hubFunction } from "./hub-function.ts";
import { invocations } from "./invocations.ts";
import { schedules } from "./schedules.ts";
import { makeStores, type StoreLimits, type Stores } from "./stores.ts";

/** What the operator decides, by `--context`. */
export interface HubOptions extends StoreLimits {
  /** Several hubs in one account are told apart by it. */
  readonly environment: string;
  /** Alarms and the dashboard. */
  readonly alarms: boolean;
  readonly alarmEmail?: string | undefined;
  /** Off in new accounts, which have ten runs at once in all and may reserve none of them. */
  readonly reservedConcurrency: boolean;
  /** X-Ray: each trace is paid for. */
  readonly tracing: boolean;
}

/** A function and what must be asked before the stack is made. */
export interface Prepared {
  readonly deployed: DeployedPart;
  readonly secrets: SecretsOf;
  /** Of its bundle. */
  readonly folder: string;
}

/** @param folderOf where the bundle of a function lies */
export const prepare = (config: HubConfig, folderOf: (name: string) => string): Promise<Prepared[]> =>
  Promise.all(
    deployedParts(config).map(async (deployed) => ({
      deployed,
      secrets: await secretsOf(deployed),
      folder: folderOf(deployed.name),
    })),
  );

/** The whole hub: every part of the topology with its trigger, over stores that outlive it. */
export const hubStack = (app: App, config: HubConfig, prepared: readonly Prepared[], options: HubOptions): Stack => {
  const stack = new Stack(app, `Throughline-${options.environment}`, {
    description: `Throughline, the hub of ${Object.keys(config.connections).join(", ")}`,
    terminationProtection: true,
  });
  const stores = makeStores(stack, options);
  const api = httpApi(stack);
  const namespace = `Throughline/${options.environment}`;
  const functions = prepared.map(
    ({ deployed, secrets, folder }): HubFunction =>
      hubFunction(stack, deployed, {
        stores,
        secrets,
        folder,
        url: config.url ?? api.apiEndpoint,
        reserves: options.reservedConcurrency,
        traces: options.tracing,
        namespace,
      }),
  );
  invocations(stack, functions);
  onlyPublisher(stack, stores, functions);
  routes(stack, api, functions);
  schedules(stack, functions);
  if (options.alarms) {
    const watched = alarms(stack, { stores, api, functions, namespace, email: options.alarmEmail });
    dashboard(stack, { stores, api, functions, watched, namespace });
  }
  acknowledge(stack, stores, Object.keys(config.connections), options.tracing);
  return stack;
};

/** Whoever may write to the bus by a policy of their own still cannot speak as the hub: only its publisher can. */
const onlyPublisher = (scope: Stack, { bus }: Stores, functions: readonly HubFunction[]): void => {
  const publishers = functions.filter(({ deployed: { row } }) => row.writes?.includes("bus"));
  new CfnEventBusPolicy(scope, "OnlyPublisher", {
    eventBusName: bus.eventBusName,
    statementId: "OnlyThePublisherSpeaksAsTheHub",
    statement: {
      Effect: "Deny",
      Principal: { AWS: `arn:${scope.partition}:iam::${scope.account}:root` },
      Action: "events:PutEvents",
      Resource: bus.eventBusArn,
      Condition: {
        StringEquals: { "events:source": "throughline" },
        ArnNotEquals: { "aws:PrincipalArn": publishers.flatMap(({ fn }) => fn.role?.roleArn ?? []) },
      },
    },
  });
};
