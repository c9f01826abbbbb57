import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { project } from "../../shared/pipeline/project.ts";
import { sweep } from "../../shared/pipeline/sweep.ts";
import { entityKey, lists, streamKey, viewKey } from "../../shared/store/keys.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const tool = defineConnector({
  ...bareTool,
  streams: {
    items: stream<unknown, { id: string }, number>({
      record: z.object({ id: z.string() }),
      kinds: ["feature", "workItem"],
      normalise: () => [],
      poll: { cursor: z.number(), start: 0, read: async function* () {} },
    }),
  },
});

const NOW = "2026-03-02T10:00:00.000Z";

describe("the sweep", () => {
  it("derives a feature anew when its source goes stale, and again when it comes back", async () => {
    using open = openPipeline({ connector: tool });
    const hub = open.hub("one");
    const key = streamKey("acme", "items", "");
    const read = async (version: number, at: string) =>
      open.real.table.put({
        ...key,
        version,
        data: {
          run: { state: "completed", startedAt: at, finishedAt: at, pages: 1, records: 1, queued: 1 },
          firstCompletedAt: NOW,
          lastCompletedAt: at,
        },
      });
    await read(1, NOW);
    const planned = { category: "planned", detail: "Planned", mappedBy: "tool" } as const;
    const entity = entityOf(
      {
        kind: "feature",
        external: { noun: "epic", id: "1", key: "ACME-1", url: "https://tool.example/1" },
        scopes: [],
        createdAt: NOW,
        updatedAt: NOW,
        fields: { title: "Fast checkout", declaredStatus: planned },
      },
      {
        connectionId: "con_acme",
        tool: "tool",
        productsOf: () => ["prd_web"],
        mappingVersion: 1,
        rawRef: "r",
        now: NOW,
        receivedAt: NOW,
        how: "read",
      },
    );
    const after = { ...entityKey(entity.id), version: 1, data: entity, list: lists.ofKind("feature", entity.id) };
    await open.real.table.put(after);
    await project(hub, [{ pk: after.pk, sk: after.sk, before: undefined, after }]);
    const unseen = async () => {
      const { pk, sk } = viewKey(entity.id);
      return (await open.real.table.get<FeatureView>(pk, sk))?.data.explanation.unknown.join("; ") ?? "";
    };
    expect(await unseen()).not.toContain("too long ago");
    await sweep(hub);
    open.pass(5 * 3600);
    const late = () => open.logged.filter(({ verb }) => verb === "connection late").map(({ connection }) => connection);
    expect(late()).toEqual([]);
    await sweep(hub);
    expect(await unseen()).toContain("Tool was last read too long ago");
    // An hour is the limit of this connection; whoever watches the log is told at every sweep.
    expect(late()).toEqual(["acme"]);
    await read(2, hub.ports.clock.now().toISOString());
    await sweep(hub);
    expect(await unseen()).not.toContain("too long ago");
    expect(late()).toEqual(["acme"]);
  });
});
