import { CfnResource, Validations } from "aws-cdk-lib";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { ACKNOWLEDGED } from "../../../infra/aws/acknowledged.ts";
import { withApp } from "./synthesised.ts";

describe("the checks of cdk-nag and of CloudFormation's own schemas", () => {
  it("find nothing that nobody acknowledged", async () => {
    const stack = await withApp((app, { stackName }) => {
      Validations.of(app).addPlugins(
        new AwsSolutionsChecks(app),
        new ServerlessChecks(app),
        new NIST80053R5Checks(app),
      );
      return app.synth().getStackByName(stackName).stackName;
    });
    expect(stack).toBe("Throughline-dev");
  });

  it("stop a bucket that anybody may read", async () => {
    const synthesised = withApp((app, stack) => {
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      new CfnBucket(stack, "Open");
      return app.synth();
    });
    await expect(synthesised).rejects.toThrow("AwsSolutions-S10");
  });

  it("stop a property that CloudFormation does not know", async () => {
    const synthesised = withApp((app, stack) => {
      new CfnResource(stack, "Planted", { type: "AWS::SQS::Queue", properties: { VisibilityTimeuot: 3 } });
      return app.synth();
    });
    await expect(synthesised).rejects.toThrow("'VisibilityTimeuot' was unexpected");
  });
});

describe("what is acknowledged", () => {
  it("is at most fifteen rules, each once and with a reason", () => {
    expect(ACKNOWLEDGED.length).toBeLessThanOrEqual(15);
    expect(new Set(ACKNOWLEDGED.map(({ rule }) => rule)).size).toBe(ACKNOWLEDGED.length);
    for (const { rule, reason } of ACKNOWLEDGED) expect(reason.length, rule).toBeGreaterThan(25);
  });
});
