import { describe, expect, it } from "vitest";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { lostByFeed, noteRecorded } from "../../shared/pipeline/lost.ts";
import { publish, publishLost } from "../../shared/pipeline/publish.ts";
import type { FeedRecord, Row } from "../../shared/ports/table.ts";
import type { StoredEntity } from "../../shared/store/entities.ts";
import { entityKey } from "../../shared/store/keys.ts";
import { bareTool, openPipeline } from "./open-pipeline.ts";

const HOUR = 3600;

const opened = () => {
  const open = openPipeline({ connector: bareTool });
  const hub = open.hub("one");
  return {
    ...open,
    hub,
    /** Stores a record as ingest does. @returns its record in the feed */
    async write(id: string): Promise<FeedRecord> {
      const now = hub.ports.clock.now().toISOString();
      const made = entityOf(
        {
          kind: "account",
          external: { noun: "user", id, url: `https://tool.example/${id}` },
          scopes: [],
          createdAt: now,
          updatedAt: now,
          fields: { handle: id, name: id, kind: "user", isActive: true },
        } as never,
        {
          connectionId: "con_acme",
          tool: "tool",
          productsOf: () => [],
          mappingVersion: 1,
          rawRef: "r",
          now,
          receivedAt: now,
          how: "read",
        },
      );
      const key = entityKey(made.id);
      const before: Row<StoredEntity> | undefined = await open.real.table.get<StoredEntity>(key.pk, key.sk);
      const version = (before?.data.version ?? 0) + 1;
      const after = { ...key, version, data: { ...made, version } };
      await open.real.table.put(after);
      await noteRecorded(hub.ports, [after.data]);
      return { ...key, before, after };
    },
    async lost(): Promise<string[]> {
      const { lost, done } = await lostByFeed(hub.ports);
      await done();
      return lost.map(({ data }) => data.source.externalId);
    },
  };
};

describe("a change that the feed lost", () => {
  it("F24 is missed an hour later, again at each look until it is announced, and then no more", async () => {
    using open = opened();
    await publish(open.hub, [await open.write("ana")]);
    const ben = await open.write("ben");
    await publish(open.hub, [await open.write("cat")]);
    expect(await open.lost()).toEqual([]);
    open.pass(HOUR + 1);
    expect(await open.lost()).toEqual(["ben"]);
    expect(await open.lost()).toEqual(["ben"]);
    await publishLost(open.hub, [(ben.after.data as StoredEntity).id]);
    expect(await open.lost()).toEqual([]);
  });

  it("is missed although an earlier version of the record was announced", async () => {
    using open = opened();
    await publish(open.hub, [await open.write("ana")]);
    open.pass(60);
    await open.write("ana");
    open.pass(HOUR + 1);
    expect(await open.lost()).toEqual(["ana"]);
  });

  it("is waited for no longer than a day, and does not hide the one after it", async () => {
    using open = opened();
    await open.write("ana");
    open.pass(25 * HOUR);
    expect(await open.lost()).toEqual(["ana"]);
    await open.write("ben");
    open.pass(2 * HOUR);
    expect(await open.lost()).toEqual(["ben"]);
  });

  it("is found among hundreds that were announced in one batch, which are noted in one row", async () => {
    using open = opened();
    const records: FeedRecord[] = [];
    for (let index = 0; index < 450; index++) records.push(await open.write(`user-${index}`));
    await publish(open.hub, records.slice(0, 449));
    open.pass(2 * HOUR);
    expect(await open.lost()).toEqual(["user-449"]);
    expect(await open.real.table.count({ pk: "T#announced" })).toBe(1);
  });
});
