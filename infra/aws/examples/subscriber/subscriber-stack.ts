import { fileURLToPath } from "node:url";
import { type App, Duration, Stack } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Architecture, Code, Function as Lambda, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Queue } from "aws-cdk-lib/aws-sqs";

/**
 * A stack of somebody else's that hears of every feature that reaches production. It needs nothing of the hub but the
 * ARN of its bus, in the same account and region.
 */
export const subscriberStack = (app: App, busArn: string): Stack => {
  const stack = new Stack(app, "FeatureReachedProduction");
  const fn = new Lambda(stack, "OnProduction", {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "on-production.handler",
    code: Code.fromAsset(fileURLToPath(new URL("function", import.meta.url))),
    timeout: Duration.seconds(10),
    logGroup: new LogGroup(stack, "Logs", { retention: RetentionDays.ONE_MONTH }),
  });
  const deadLetterQueue = new Queue(stack, "Dead", { enforceSSL: true, retentionPeriod: Duration.days(14) });
  new Rule(stack, "Production", {
    eventBus: EventBus.fromEventBusArn(stack, "Hub", busArn),
    eventPattern: {
      source: ["throughline"],
      detailType: ["feature.stage.changed"],
      // What is told again, because rules changed or raw payloads were replayed, did not happen now.
      detail: { data: { to: ["production"], cause: [{ "anything-but": ["replay", "rule_change"] }] } },
    },
    targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 5, maxEventAge: Duration.hours(2) })],
  });
  return stack;
};
