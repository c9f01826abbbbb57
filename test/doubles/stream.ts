import { type AttributeValue, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { intercept } from "./aws-client.ts";

type Item = Record<string, AttributeValue>;

/** What a table's stream would tell, for a table that has none: one record per change, in order of each item. */
export interface TableStream {
  /** Records after the given number (0: from the start), oldest first. */
  read(after: number, most: number): readonly { readonly number: number; readonly record: DynamoDBRecord }[];
}

interface Told {
  readonly before: Item | undefined;
  readonly after: Item;
}

/**
 * Watches the puts of a client: all writers of the table must use it, or one that tells the same stream. Answers may
 * overtake each other; records of one item come by their versions all the same.
 *
 * @param tell called after each record
 */
export const streamOf = (client: DynamoDBClient, reader: DynamoDBClient, tell: () => void = () => {}): TableStream => {
  const records: DynamoDBRecord[] = [];
  /** The last told state of each item, and puts whose forerunner has not answered yet. */
  const last = new Map<string, Item>();
  const early = new Map<string, Map<number, Item>>();

  const append = ({ before, after }: Told): void => {
    const number = records.length + 1;
    records.push({
      eventID: String(number),
      eventName: before === undefined ? "INSERT" : "MODIFY",
      eventSource: "aws:dynamodb",
      eventVersion: "1.1",
      dynamodb: {
        SequenceNumber: String(number).padStart(21, "0"),
        StreamViewType: "NEW_AND_OLD_IMAGES",
        Keys: wire({ pk: after["pk"], sk: after["sk"] } as Item),
        NewImage: wire(after),
        ...(before !== undefined && { OldImage: wire(before) }),
      },
    });
    tell();
  };
  const written = (key: string, item: Item): void => {
    const waiting = early.get(key) ?? new Map<number, Item>();
    early.set(key, waiting.set(versionOf(item), item));
    for (let before = last.get(key); ; before = last.get(key)) {
      const after = waiting.get(versionOf(before) + 1);
      if (after === undefined) break;
      waiting.delete(versionOf(after));
      last.set(key, after);
      append({ before, after });
    }
    if (waiting.size === 0) early.delete(key);
  };

  intercept(client, "command", async ({ command, input }, run) => {
    if (/^(?:Update|Delete|BatchWrite|Transact)\w*Item/.test(command))
      throw new Error(`the stream knows puts, not ${command}`);
    if (command !== "PutItemCommand") return run();
    const { TableName, Item: item } = input as { readonly TableName: string; readonly Item: Item };
    const { pk, sk } = item as Required<Pick<Item, "pk" | "sk">>;
    const key = JSON.stringify([TableName, pk.S, sk.S]);
    // What was there before anybody watched.
    if (versionOf(item) > 1 && !last.has(key) && !early.has(key)) {
      const held = await reader.send(new GetItemCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
      if (held.Item !== undefined && !last.has(key) && versionOf(held.Item) === versionOf(item) - 1)
        last.set(key, held.Item);
    }
    try {
      const answer = await run();
      written(key, structuredClone(item));
      return answer;
    } catch (error) {
      if (!isCondition(error)) throw error;
      // The answer of an earlier try may be what was lost, not the write.
      const held = await reader.send(new GetItemCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
      if (held.Item?.["write"]?.S === item["write"]?.S && versionOf(last.get(key)) < versionOf(item))
        written(key, item);
      throw error;
    }
  });

  return {
    read: (after, most) => records.slice(after, after + most).map((record, at) => ({ number: after + at + 1, record })),
  };
};

const isCondition = (error: unknown): boolean =>
  error instanceof Error && error.name === "ConditionalCheckFailedException";

const versionOf = (item: Item | undefined): number => Number(item?.["version"]?.N ?? 0);

/** As Lambda gets it: bytes are base64. */
const wire = (item: Item): NonNullable<NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"]> =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (value.B !== undefined) return [name, { B: Buffer.from(value.B).toString("base64") }];
      return [name, value.N === undefined ? { S: value.S ?? "" } : { N: value.N }];
    }),
  );
