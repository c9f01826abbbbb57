import { expect, it } from "vitest";
import type { Patient } from "../../infra/cli/doctor-checks.ts";
import { outputs as check } from "../../infra/cli/doctor-outputs.ts";
import { startSlack } from "../doubles/slack.ts";
import { moved, openOutputs } from "../pipeline/outputs-hub.ts";

it("tells how each output fares: not yet run, failing with its fix and its next try, delivering again", async () => {
  await using slack = await startSlack("xoxb-1");
  const outputs = {
    launches: { connector: "slack" as const, channel: "C1", token: { secret: "SLACK" }, baseUrl: slack.baseUrl },
  };
  using hub = openOutputs(outputs, { SLACK: "xoxb-1" });
  const patient = {
    workspace: { config: { config: { outputs } } },
    store: { embedded: { ports: hub.one.ports } },
  } as unknown as Patient;
  const told = async () =>
    (await Array.fromAsync(check(patient))).map(({ state, what, code }) =>
      [state, what, code].filter(Boolean).join(" "),
    );
  expect(await told()).toEqual(["warn launches has not run yet"]);
  await hub.run();
  expect(await told()).toEqual(["ok launches: 0 delivered, 0 refused since 2026-03-02T10:00:00.000Z"]);
  await hub.log("feature.stage.changed", "ftr_1", moved("One"));
  slack.faults.push("token_revoked");
  await hub.run();
  expect(await told()).toEqual([
    "fail launches: Slack answered token_revoked (1 times in a row, next try 2026-03-02T10:15:01.000Z) vendor_auth_expired",
  ]);
  hub.pass(900);
  await hub.run();
  expect(await told()).toEqual(["ok launches: 1 delivered, 0 refused since 2026-03-02T10:00:00.000Z"]);
});
