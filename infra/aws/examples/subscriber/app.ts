import { App } from "aws-cdk-lib";
import { subscriberStack } from "./subscriber-stack.ts";

/** `npx cdk deploy --app "node infra/aws/examples/subscriber/app.ts" --context busArn=<BusArn of the hub's outputs>` */
const app = new App();
const busArn: unknown = app.node.tryGetContext("busArn");
if (typeof busArn !== "string") throw new Error("give --context busArn=<the output BusArn of the hub's stack>");
subscriberStack(app, busArn);
app.synth();
