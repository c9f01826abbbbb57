import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Connector, defineConnector, type Page, stream } from "../../shared/connector/contract.ts";
import { ingest } from "../../shared/pipeline/ingest.ts";
import { poll } from "../../shared/pipeline/poll.ts";
import { everyOf } from "../../shared/store/entities.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

type Cursor = { readonly run: number };
type Pages = readonly Omit<Page<Cursor>, "cursor">[];

/** A tool that lists tickets, and what was deleted beside them; each run gives the next page. */
const tool = (pages: Pages): Connector =>
  defineConnector({
    ...bareTool,
    category: "support",
    streams: {
      tickets: stream<unknown, { readonly id: string }, Cursor>({
        record: z.looseObject({ id: z.string() }),
        kinds: ["team"],
        normalise: ({ id }) => [
          {
            kind: "team",
            external: { noun: "ticket", id, url: `https://tool.example/${id}` },
            scopes: [],
            updatedAt: "2026-03-01T09:00:00.000Z",
            fields: { name: id },
          },
        ],
        poll: {
          cursor: z.object({ run: z.int() }),
          start: { run: 0 },
          async *read(_, { run }) {
            const page = pages[run];
            if (page !== undefined) yield { ...page, cursor: { run: run + 1 } };
          },
        },
      }),
    },
  });

const ref = (id: string) => ({ kind: "team", noun: "ticket", id }) as const;

describe("what a page lists as deleted", () => {
  it("is gone in the hub, and what was never known of stays unknown", async () => {
    const connector = tool([{ records: [{ id: "a" }, { id: "b" }] }, { records: [], gone: [ref("a"), ref("never")] }]);
    using pipeline = openPipeline({ connector });
    const hub = pipeline.hub("one");
    const presence = async () => {
      await poll(hub, { connection: "acme", stream: "tickets" }, new AbortController().signal);
      for (const { message } of await pipeline.queued()) await ingest(hub, message);
      const held = await Array.fromAsync(everyOf(hub.ports.table, "team"));
      return Object.fromEntries(held.map(({ source, presence: { state } }) => [source.externalId, state]));
    };
    expect(await presence()).toEqual({ a: "present", b: "present" });
    pipeline.pass(60);
    expect(await presence()).toEqual({ a: "deleted", b: "present" });
    pipeline.pass(60);
    expect(await presence()).toEqual({ a: "deleted", b: "present" });
  });
});
