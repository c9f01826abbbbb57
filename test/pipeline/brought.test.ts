import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, stream } from "../../shared/connector/contract.ts";
import { entityId } from "../../shared/domain/kind.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { lostByFeed } from "../../shared/pipeline/lost.ts";
import type { Ports } from "../../shared/ports/ports.ts";
import { historyOf } from "../../shared/store/entities.ts";
import { partition } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const Issue = z.object({ id: z.string(), at: z.string(), past: z.array(z.string()) });

const tool = defineConnector<unknown>({
  ...bareTool,
  streams: {
    issues: stream({
      record: Issue,
      kinds: ["team"],
      normalise: ({ id, at, past }) => [
        {
          kind: "team",
          external: { noun: "issue", id, url: `https://tool.example/${id}` },
          scopes: [],
          updatedAt: at,
          fields: { name: `Issue ${id}` },
          history: past.map((moment) => ({ id: moment, at: moment, changes: [] })),
        },
      ],
    }),
  },
}) as Connector;

const day = (at: number): string => `2026-03-0${at}T10:00:00.000Z`;
const ID = entityId("con_acme", { kind: "team", noun: "issue", id: "1" });

const opened = (around?: (ports: Ports) => Ports) => {
  const open = openPipeline({ connector: tool, ...(around && { around }) });
  const hub = open.hub("one");
  /** Archives a page of issues. @returns what ingests it, any number of times */
  const page = async (...issues: { readonly id: string; readonly at: string; readonly past: readonly string[] }[]) => {
    const receivedAt = hub.ports.clock.now().toISOString();
    const bytes = new TextEncoder().encode(JSON.stringify({ records: { issues } }));
    const note = { connectionId: "acme", receivedAt, what: "page" as const, stream: "issues" };
    const rawRef = await hub.ports.archive.put(note, bytes);
    open.pass(1);
    return () => ingest(hub, { connection: "acme", rawRef });
  };
  return { ...open, hub, page };
};

describe("what a payload brought", () => {
  it("is noted in one row for all of it, by whoever reads it again if a crash came before the note", async () => {
    let crashes = true;
    using open = opened((ports) => ({
      ...ports,
      table: {
        ...ports.table,
        put: async (row) => {
          if (row.pk === partition.ofRecorded && crashes) throw new Error("crash");
          return ports.table.put(row);
        },
      },
    }));
    const read = await open.page({ id: "1", at: day(1), past: [] }, { id: "2", at: day(1), past: [] });
    await expect(read()).rejects.toThrow("crash");
    crashes = false;
    expect((await read()).written).toBe(0);
    expect(await open.real.table.count({ pk: partition.ofRecorded })).toBe(1);
    open.pass(2 * 3600);
    const { lost } = await lostByFeed(open.hub.ports);
    expect(lost.map(({ data }) => data.source.externalId).sort()).toEqual(["1", "2"]);
  });

  it("is not written where it is held already", async () => {
    let puts = 0;
    using open = opened((ports) => ({
      ...ports,
      table: { ...ports.table, put: (row) => ports.table.put(row).finally(() => puts++) },
    }));
    await (await open.page({ id: "1", at: day(2), past: [day(1)] }))();
    expect(puts).toBe(3);
    await (await open.page({ id: "1", at: day(2), past: [day(1)] }))();
    expect(puts).toBe(3);
  });
});

describe("the past of a record that changed", () => {
  it("is added to without a look at what is held, and whole where the record came without it in between", async () => {
    let looks = 0;
    using open = opened((ports) => ({
      ...ports,
      table: {
        ...ports.table,
        query: (query) => {
          looks += Number(query.prefix === "H#");
          return ports.table.query(query);
        },
      },
    }));
    const past = [day(1), day(2), day(3), day(4)];
    await (await open.page({ id: "1", at: day(2), past: past.slice(0, 2) }))();
    await (await open.page({ id: "1", at: day(3), past: past.slice(0, 3) }))();
    expect(looks).toBe(0);
    await (await open.page({ id: "1", at: day(4), past: [] }))();
    await (await open.page({ id: "1", at: day(5), past }))();
    expect(looks).toBe(1);
    expect((await historyOf(open.real.table, ID)).map(({ at }) => at)).toEqual(past);
  });

  it("is looked up where an entry of long ago turns up", async () => {
    using open = opened();
    await (await open.page({ id: "1", at: day(3), past: [day(2), day(3)] }))();
    await (await open.page({ id: "1", at: day(4), past: [day(1), day(2), day(3)] }))();
    expect((await historyOf(open.real.table, ID)).map(({ at }) => at)).toEqual([day(1), day(2), day(3)]);
  });
});
