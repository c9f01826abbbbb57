import type { EventData, EventName, HubEvent } from "../../shared/domain/event.ts";
import type { OutputState } from "../../shared/pipeline/deliver.ts";
import { deliver } from "../../shared/pipeline/deliver.ts";
import type { OutputConfig } from "../../shared/platform/output-shape.ts";
import { outputsOf } from "../../shared/platform/outputs.ts";
import { eventKey, lists, outputKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

/** A hub with outputs, and a change log that tests write themselves. */
export const openOutputs = (
  outputs: Readonly<Record<string, OutputConfig>>,
  secrets: Readonly<Record<string, string>>,
) => {
  const open = openPipeline({
    connector: bareTool,
    around: (ports) => ({ ...ports, secrets: { ...ports.secrets, get: async (name) => secrets[name] } }),
  });
  const hub = open.hub("one");
  const { table, clock } = hub.ports;
  let order = 0;
  return {
    ...open,
    one: hub,
    /** One run of the function, at this moment of the still clock. */
    run: (of = hub, signal = new AbortController().signal) => deliver(of, outputsOf(of, outputs), signal),
    /** Puts an event into the change log, now. */
    async log<N extends EventName>(name: N, subject: string, data: EventData<N>, time = clock.now().toISOString()) {
      open.pass(1);
      order += 1;
      const at = clock.now().toISOString();
      const event: HubEvent<N> = {
        id: `evt_${String(order).padStart(26, "0")}`,
        name,
        subject,
        sequence: order,
        time,
        recordedAt: at,
        data,
      };
      await table.put({ ...eventKey(event.id), version: 1, data: event, list: lists.ofChange(at, order, event.id) });
      return event;
    },
    state: async (name: string) => {
      const { pk, sk } = outputKey(name);
      return (await table.get<OutputState>(pk, sk))?.data;
    },
  };
};

/** A move of a feature's headline stage. */
export const moved = (
  title: string,
  to: EventData<"feature.stage.changed">["to"] = "production",
  more: Partial<EventData<"feature.stage.changed">> = {},
): EventData<"feature.stage.changed"> => ({
  feature: { id: "ftr_1", name: title, url: "http://localhost:4100/features/ftr_1" },
  productIds: ["prd_web"],
  cause: "sync",
  from: "testing",
  to,
  stages: {},
  rule: "R1",
  because: ["4 of 4 work items are done"],
  evidence: [],
  disposition: "open",
  ruleSet: "1",
  ...more,
});

/** A deployment to production. */
export const shipped = (name: string): EventData<"release.deployed"> => ({
  deployment: { id: "dep_1", name, url: "https://github.example/acme/web/deployments/1" },
  environment: "production",
  cause: "sync",
});
