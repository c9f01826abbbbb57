import { expect, it } from "vitest";
import * as z from "zod";
import type { Patient } from "../../infra/cli/doctor-checks.ts";
import { waiting } from "../../infra/cli/doctor-waiting.ts";
import { type Connector, stream } from "../../shared/connector/contract.ts";
import { payloadUnreadable } from "../../shared/connector/errors.ts";
import { connectionViews } from "../../shared/pipeline/connection-views.ts";
import { gaugesOf, lagSeconds } from "../../shared/pipeline/gauges.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { setAside } from "../../shared/pipeline/quarantine.ts";
import { noteReceipt } from "../../shared/pipeline/receive.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const connector = {
  ...bareTool,
  streams: {
    things: stream({
      record: z.unknown(),
      kinds: ["team"],
      normalise: () => [],
      poll: {
        cursor: z.strictObject({}),
        start: {},
        read: async function* () {
          yield { records: [{ id: 1 }], cursor: {} };
        },
      },
    }),
  },
} as Connector;

it("the doctor, the connections page and /metrics tell the same numbers", async () => {
  using open = openPipeline({ connector });
  const hub = open.hub("one");
  const found = async () => {
    const gauges = await gaugesOf(hub, open);
    return Object.fromEntries(
      gauges.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
    );
  };
  expect(await found()).not.toHaveProperty("connection_lag_seconds acme");
  await poll(hub, { connection: "acme" }, new AbortController().signal);
  await setAside(hub, { connectionId: "acme", stream: "things", rawRef: "acme/2026-03-02/x" }, payloadUnreadable("x"));
  await noteReceipt(hub, "acme", { rejected: 1 });
  open.pass(90);
  const [view] = await connectionViews(hub);
  const told = await found();
  expect(told).toMatchObject({
    "connection_lag_seconds acme": 90,
    "connection_healthy acme": 1,
    "connection_set_aside acme": 1,
    "connection_webhooks_refused acme": 1,
    "queue_messages inbox waiting": 1,
    "queue_messages inbox dead": 0,
    "queue_oldest_seconds inbox": 90,
    "queue_oldest_seconds jobs": 0,
  });
  expect(view).toMatchObject({ state: "healthy", quarantined: 1, webhooks: { rejected: 1 } });
  expect(view && lagSeconds(view, open.real.clock.now())).toBe(90);
  const patient = { store: { embedded: open }, running: true } as unknown as Patient;
  const findings = async () => (await Array.fromAsync(waiting(patient))).map(({ state, what }) => `${state} ${what}`);
  expect(await findings()).toEqual([
    "ok inbox: 1 waiting, 0 given up",
    "ok jobs: 0 waiting, 0 given up",
    "ok unpublished: 0 waiting, 0 given up",
    `ok change feed: ${told["feed_lag_records"]} not read yet`,
  ]);
  open.pass(7200);
  expect((await findings())[0]).toBe("warn inbox: 1 waiting, the oldest for 122 minutes, 0 given up");
});
