import fc from "fast-check";
import { expect, it } from "vitest";
import { feedRecords, streamRecord } from "../../shared/platform/feed.ts";
import type { Row } from "../../shared/ports/table.ts";

const place = fc.record({ pk: fc.string({ minLength: 1 }), sk: fc.string({ minLength: 1 }) });
const row: fc.Arbitrary<Row> = fc.record(
  {
    pk: fc.string({ minLength: 1 }),
    sk: fc.string({ minLength: 1 }),
    version: fc.integer({ min: 1 }),
    data: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    list: place,
    due: place,
    expiresAt: fc.nat(),
  },
  { requiredKeys: ["pk", "sk", "version", "data"] },
);

it("a record of the change feed is the same after it went through the stream of the cloud's table", () => {
  let changed = 0;
  fc.assert(
    fc.property(row, fc.option(row, { nil: undefined }), fc.nat(), (after, before, sequence) => {
      if (before !== undefined) changed += 1;
      const record = { pk: after.pk, sk: after.sk, before, after };
      const sent = JSON.parse(JSON.stringify({ Records: [streamRecord(sequence, record)] }));
      expect(feedRecords(sent)).toEqual([record]);
      expect(sent.Records[0]).toMatchObject({
        eventName: before === undefined ? "INSERT" : "MODIFY",
        dynamodb: { SequenceNumber: String(sequence), Keys: { pk: { S: after.pk } } },
      });
    }),
  );
  expect(changed).toBeGreaterThan(10);
});

it("a removed row is no record of the change feed", () => {
  const record = streamRecord(1, {
    pk: "a",
    sk: "b",
    before: undefined,
    after: { pk: "a", sk: "b", version: 1, data: 1 },
  });
  const removed = { ...record, eventName: "REMOVE" as const, dynamodb: { OldImage: record.dynamodb?.NewImage ?? {} } };
  expect(feedRecords({ Records: [removed] })).toEqual([]);
});
