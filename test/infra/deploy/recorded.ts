import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cdk } from "../../../infra/deploy/cdk.ts";

/** What `cdk deploy --progress events --ci` says, in the lines that the printer of aws-cdk 2.1148.1 writes. */
export const EVENTS = `
✨  Synthesis time: 0.02s

Throughline-prod: start: Building Throughline-prod Template
Throughline-prod: success: Published Throughline-prod Template (current_account-current_region-2f1b)
Throughline-prod: creating CloudFormation changeset...
Throughline-prod | 0/5 | 10:51:28 AM | REVIEW_IN_PROGRESS   | AWS::CloudFormation::Stack        | Throughline-prod User Initiated
Throughline-prod | 0/5 | 10:51:35 AM | CREATE_IN_PROGRESS   | AWS::SQS::Queue                   | Throughline-prod/Dead (DeadB2807C34) 
Throughline-prod | 0/5 | 10:51:36 AM | CREATE_IN_PROGRESS   | AWS::SQS::Queue                   | Throughline-prod/Dead (DeadB2807C34) Resource creation Initiated
Throughline-prod | 1/5 | 10:52:09 AM | CREATE_COMPLETE      | AWS::SQS::Queue                   | Throughline-prod/Dead (DeadB2807C34) 
Throughline-prod | 2/5 | 10:52:11 AM | CREATE_COMPLETE      | AWS::SQS::Queue                   | Throughline-prod/Inbox (Inbox1C8BE97E) 
2/5 Currently in progress: Sweep
Throughline-prod | 3/5 | 10:53:01 AM | CREATE_COMPLETE      | AWS::Lambda::Function             | Throughline-prod/sweep (sweepC9E4D5B2) 
Throughline-prod | 4/5 | 10:53:04 AM | CREATE_COMPLETE      | AWS::CloudFormation::Stack        | Throughline-prod 

 ✅  Throughline-prod
`.split("\n");

/** The same when a function cannot be made. */
export const FAILED = [
  ...EVENTS.slice(0, 11),
  'Throughline-prod | 2/5 | 10:53:01 AM | CREATE_FAILED        | AWS::Lambda::Function             | Throughline-prod/sweep (sweepC9E4D5B2) Resource handler returned message: "Specified ReservedConcurrentExecutions for function decreases account\'s UnreservedConcurrentExecution below its minimum value of [100]."',
  "Throughline-prod | 2/5 | 10:53:02 AM | ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack        | Throughline-prod The following resource(s) failed to create: [sweepC9E4D5B2].",
  " ❌  Throughline-prod failed: ToolkitError: The stack named Throughline-prod failed creation",
];

const resource = (Type: string, path: string, Properties: object = {}, DeletionPolicy?: string) => ({
  Type,
  Properties,
  ...(DeletionPolicy !== undefined && { DeletionPolicy }),
  Metadata: { "aws:cdk:path": `Throughline-prod/${path}/Resource` },
});

/** A few resources of a real template. */
export const TEMPLATE = {
  Resources: {
    DeadB2807C34: resource("AWS::SQS::Queue", "Dead"),
    Inbox1C8BE97E: resource("AWS::SQS::Queue", "Inbox", { VisibilityTimeout: 360 }),
    sweepC9E4D5B2: resource("AWS::Lambda::Function", "sweep", { Timeout: 300, Code: { S3Key: "new.zip" } }),
    TableCD117FA1: resource("AWS::DynamoDB::GlobalTable", "Table", {}, "Retain"),
  },
};

/** Plays what was recorded in the place of `cdk`: `synth` writes a template, `deploy` tells the events. */
export const playing = (parts: {
  readonly template?: object;
  readonly events?: readonly string[];
  readonly deploy?: () => number;
}) => {
  const ran: string[][] = [];
  const cdk: Cdk = async (args, { tell }) => {
    ran.push([...args]);
    if (args[0] === "synth") {
      const folder = args[args.indexOf("--output") + 1] ?? "";
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "Throughline-prod.template.json"), JSON.stringify(parts.template ?? TEMPLATE));
      return 0;
    }
    for (const line of parts.events ?? EVENTS) tell(line);
    return parts.deploy?.() ?? 0;
  };
  return { cdk, ran };
};
