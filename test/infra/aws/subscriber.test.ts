import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { subscriberStack } from "../../../infra/aws/examples/subscriber/subscriber-stack.ts";
import { EVENTS } from "../../../shared/domain/event.ts";
import { ofType, type Template, textOf } from "./synthesised.ts";

const BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/ThroughlinedevBus";
const folder = mkdtempSync(join(tmpdir(), "throughline-subscriber-"));
let template: Template;

beforeAll(() => {
  const app = new App({ analyticsReporting: false, outdir: join(folder, "out") });
  const { stackName } = subscriberStack(app, BUS);
  template = app.synth().getStackByName(stackName).template as Template;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the sample subscriber", () => {
  it("hears of features that reach production, by an event that there is", () => {
    const rule = ofType(template, "AWS::Events::Rule")[0]?.[1];
    expect(rule?.Properties.EventBusName).toBe("ThroughlinedevBus");
    expect(rule?.Properties.EventPattern).toEqual({
      source: ["throughline"],
      "detail-type": ["feature.stage.changed"],
      detail: { data: { to: ["production"], cause: [{ "anything-but": ["replay", "rule_change"] }] } },
    });
    const { data, public: isPublic } = EVENTS["feature.stage.changed"];
    expect(isPublic).toBe(true);
    expect(data.shape.to.unwrap().options).toContain("production");
  });

  it("tries a few times, and keeps what its function could not handle", () => {
    const rule = ofType(template, "AWS::Events::Rule")[0]?.[1];
    const [target, ...others] = rule?.Properties.Targets ?? [];
    expect(others).toEqual([]);
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 5 });
    expect(textOf(target.DeadLetterConfig.Arn)).toBe("Dead.Arn");
    expect(textOf(target.Arn)).toBe("OnProduction.Arn");
  });

  it("prints the feature and why, from an event as the bus brings it", async () => {
    const at = "../../../infra/aws/examples/subscriber/function/on-production.mjs";
    const { handler } = (await import(at)) as { handler: (event: unknown) => Promise<void> };
    const said = vi.spyOn(console, "log").mockReturnValue();
    const feature = { id: "ftr_1", key: "ACME-8", name: "Checkout", url: "https://hub.example.com/f" };
    await handler({ detail: { id: "evt_1", data: { feature, because: ["deployed"] } } });
    expect(said.mock.calls).toEqual([
      ['{"id":"evt_1","feature":"ACME-8","url":"https://hub.example.com/f","because":["deployed"]}'],
    ]);
    said.mockRestore();
  });
});
