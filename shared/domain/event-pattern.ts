import type { EventName } from "./event.ts";

/** What a rule of EventBridge matches for a type; of moves of the stage, those into production. */
export const rulePattern = (name: EventName) => ({
  source: ["throughline"],
  "detail-type": [name],
  ...(name === "feature.stage.changed" && { detail: { data: { to: ["production"] } } }),
});

const detailOf = (name: EventName): string => (name === "feature.stage.changed" ? "{ data: { to: [PLACE] } }" : "");

/** The rule as a stack of somebody else's writes it with the CDK. */
export const cdkRule = (name: EventName): string => {
  const detail = detailOf(name).replace("PLACE", '"production"');
  return `new Rule(this, "OnEvent", {
  eventBus: EventBus.fromEventBusArn(this, "Hub", busArn),
  eventPattern: {
    source: ["throughline"],
    detailType: ["${name}"],${detail === "" ? "" : `\n    detail: ${detail},`}
  },
  targets: [new LambdaFunction(fn, { deadLetterQueue, retryAttempts: 5 })],
});`;
};

/** The same in a template of SAM. */
export const samRule = (name: EventName): string => {
  const detail = detailOf(name).replace("PLACE", "production");
  return `Events:
  OnEvent:
    Type: EventBridgeRule
    Properties:
      EventBusName: !Ref HubBusArn
      Pattern:
        source: [throughline]
        detail-type: [${name}]${detail === "" ? "" : `\n        detail: ${detail}`}
      DeadLetterConfig: { Type: SQS }
      RetryPolicy: { MaximumRetryAttempts: 5 }`;
};
