import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { HubFunction } from "./hub-function.ts";

/** Requests a second, and how many may come at once. Webhooks come in bursts; what is refused the next poll reads. */
const THROTTLES = {
  hooks: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
  rest: { throttlingRateLimit: 20, throttlingBurstLimit: 50 },
};

/** Neither addresses of people nor anything that a vendor wrote, but what is needed to follow one request. */
const ACCESS_LOG = JSON.stringify({
  time: "$context.requestTimeEpoch",
  requestId: "$context.requestId",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  path: "$context.path",
  status: "$context.status",
  bytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  integrationError: "$context.integrationErrorMessage",
});

/** The HTTP API without its routes: functions need its address before there are any. */
export const httpApi = (scope: Construct): HttpApi =>
  new HttpApi(scope, "Api", { createDefaultStage: false, description: "Throughline" });

/**
 * Routes to the functions that the topology starts by HTTP. Their functions check who asks: a webhook by its signature,
 * all else by a key of the hub or a session.
 */
export const routes = (scope: Construct, api: HttpApi, functions: readonly HubFunction[]): void => {
  const settings: Record<string, { throttlingRateLimit: number; throttlingBurstLimit: number }> = {};
  const made: HttpRoute[] = [];
  for (const { deployed, fn } of functions) {
    for (const trigger of deployed.row.on) {
      if (!("http" in trigger)) continue;
      const integration = new HttpLambdaIntegration(`${deployed.name}-integration`, fn);
      for (const [method, path] of keysOf(trigger.http)) {
        const isHook = path.startsWith("/hooks/");
        made.push(
          new HttpRoute(scope, `${deployed.name} ${method} ${path}`, {
            httpApi: api,
            routeKey: HttpRouteKey.with(path, method),
            integration,
            authorizer: new HttpNoneAuthorizer(),
          }),
        );
        settings[`${method} ${path}`] = isHook ? THROTTLES.hooks : THROTTLES.rest;
      }
    }
  }
  const logs = new LogGroup(scope, "Api-logs", {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const stage = new HttpStage(scope, "Api-stage", {
    httpApi: api,
    stageName: "$default",
    autoDeploy: true,
    throttle: { rateLimit: 50, burstLimit: 100 },
    accessLogSettings: { destination: new LogGroupLogDestination(logs), format: AccessLogFormat.custom(ACCESS_LOG) },
  });
  (stage.node.defaultChild as CfnStage).routeSettings = capitalised(settings);
  // A stage may only set routes that are there.
  for (const route of made) stage.node.addDependency(route);
  new CfnOutput(scope, "ApiUrl", { value: api.apiEndpoint });
};

/** The keys of a trigger; a greedy path leaves the root out. */
const keysOf = (http: string): (readonly [HttpMethod, string])[] => {
  const [word = "", path = ""] = http.split(" ");
  const method = HttpMethod[word as keyof typeof HttpMethod];
  return /^\/\{\w+\+\}$/.test(path)
    ? [
        [method, path],
        [method, "/"],
      ]
    : [[method, path]];
};

/** CloudFormation takes this map as it is written. */
const capitalised = (settings: Readonly<Record<string, object>>): Record<string, object> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, values]) => [
      key,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
      ),
    ]),
  );
