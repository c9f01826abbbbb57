import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { intercept } from "./aws-client.ts";

type Item = Record<string, AttributeValue>;

/** As Lambda gets it: bytes are base64. */
export type WireItem = NonNullable<NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"]>;

/** What a table's stream would tell, for a table that has none: one record per change, in order of each item. */
export interface TableStream {
  /** Records after the given number (0: from the start), oldest first. */
  read(after: number, most: number): readonly { readonly number: number; readonly record: DynamoDBRecord }[];
}

/** What a stream is made of: puts that took effect. */
export interface StreamOfPuts extends TableStream {
  /** The last version of an item that was told, 0 for none. */
  told(key: string): number;
  /** Whether it was ever told of, or is about to be. */
  knows(key: string): boolean;
  /** What was there before anybody watched. */
  held(key: string, item: WireItem): void;
  written(key: string, item: WireItem): void;
}

/**
 * Makes the records out of puts that took effect. Answers may overtake each other: records of one item come by their
 * versions all the same.
 *
 * @param tell called after each record
 */
export const streamOfPuts = (tell: () => void = () => {}): StreamOfPuts => {
  const records: DynamoDBRecord[] = [];
  /** The last told state of each item, and puts whose forerunner has not answered yet. */
  const last = new Map<string, WireItem>();
  const early = new Map<string, Map<number, WireItem>>();

  const append = (before: WireItem | undefined, after: WireItem): void => {
    const number = records.length + 1;
    records.push({
      eventID: String(number),
      eventName: before === undefined ? "INSERT" : "MODIFY",
      eventSource: "aws:dynamodb",
      eventVersion: "1.1",
      dynamodb: {
        SequenceNumber: String(number).padStart(21, "0"),
        StreamViewType: "NEW_AND_OLD_IMAGES",
        Keys: { pk: after["pk"], sk: after["sk"] } as WireItem,
        NewImage: after,
        ...(before !== undefined && { OldImage: before }),
      },
    });
    tell();
  };

  return {
    read: (after, most) => records.slice(after, after + most).map((record, at) => ({ number: after + at + 1, record })),
    told: (key) => versionOf(last.get(key)),
    knows: (key) => last.has(key) || early.has(key),
    held: (key, item) => void last.set(key, item),
    written(key, item) {
      const waiting = early.get(key) ?? new Map<number, WireItem>();
      early.set(key, waiting.set(versionOf(item), item));
      for (let before = last.get(key); ; before = last.get(key)) {
        const after = waiting.get(versionOf(before) + 1);
        if (after === undefined) break;
        waiting.delete(versionOf(after));
        last.set(key, after);
        append(before, after);
      }
      if (waiting.size === 0) early.delete(key);
    },
  };
};

/**
 * Watches the puts of a client: all writers of the table must use it, or one that tells the same stream.
 *
 * @param tell called after each record
 */
export const streamOf = (client: DynamoDBClient, reader: DynamoDBClient, tell?: () => void): TableStream => {
  const stream = streamOfPuts(tell);
  intercept(client, "command", async ({ command, input }, run) => {
    if (/^(?:Update|Delete|BatchWrite|Transact)\w*Item/.test(command))
      throw new Error(`the stream knows puts, not ${command}`);
    if (command !== "PutItemCommand") return run();
    const { TableName, Item: item } = input as { readonly TableName: string; readonly Item: Item };
    const { pk, sk } = item as Required<Pick<Item, "pk" | "sk">>;
    const key = JSON.stringify([TableName, pk.S, sk.S]);
    if (versionOf(item) > 1 && !stream.knows(key)) {
      const held = await reader.send(new GetItemCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
      if (held.Item !== undefined && !stream.knows(key) && versionOf(held.Item) === versionOf(item) - 1)
        stream.held(key, wire(held.Item));
    }
    try {
      const answer = await run();
      stream.written(key, wire(item));
      return answer;
    } catch (error) {
      if (!isCondition(error)) throw error;
      // The answer of an earlier try may be what was lost, not the write.
      const held = await reader.send(new GetItemCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
      if (held.Item?.["write"]?.S === item["write"]?.S && stream.told(key) < versionOf(item))
        stream.written(key, wire(item));
      throw error;
    }
  });
  return stream;
};

const isCondition = (error: unknown): boolean =>
  error instanceof Error && error.name === "ConditionalCheckFailedException";

const versionOf = (item: Item | WireItem | undefined): number => Number(item?.["version"]?.N ?? 0);

const wire = (item: Item): WireItem =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (value.B !== undefined) return [name, { B: Buffer.from(value.B).toString("base64") }];
      return [name, value.N === undefined ? { S: value.S ?? "" } : { N: value.N }];
    }),
  );
