import { expect, it } from "vitest";
import { renewHooks } from "../../shared/pipeline/hooks.ts";
import { hooksKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

it("webhooks that are gone at the vendor are not renewed, and said to be gone once", async () => {
  const renewals: (readonly string[])[] = [];
  const setup = {
    right: "webhooks",
    list: async () => [],
    create: async () => ({ id: "1" }),
    renew: async (_: unknown, ids: readonly string[]) => {
      renewals.push(ids);
    },
  };
  const connector = { ...bareTool, webhook: { setup } } as unknown as typeof bareTool;
  using pipeline = openPipeline({ connector });
  const hub = pipeline.hub("one");
  const data = { url: "https://hub/hooks/acme", expiresAt: "2026-03-04T00:00:00.000Z", triedAt: new Date(0) };
  await hub.ports.table.put({ ...hooksKey("acme"), version: 1, data });
  for (let hour = 0; hour < 3; hour += 1) {
    await renewHooks(hub, await hub.connection("acme"), new AbortController().signal);
    pipeline.pass(3700);
  }
  expect(renewals).toEqual([]);
  expect(pipeline.logged.map(({ verb }) => verb)).toEqual(["webhooks gone"]);
});
