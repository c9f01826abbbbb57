import { randomBytes } from "node:crypto";
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { HubError } from "../../connector/errors.ts";
import { COUNTED, valueAt } from "../../ports/counted.ts";
import { checkQuery, isKey, rowOf, storedImage } from "../../ports/row-image.ts";
import type { Place, Query, Row, Table } from "../../ports/table.ts";
import { clientSettings } from "./client-settings.ts";
import { isCounted } from "./counted.ts";
import { type KeyCondition, keyCondition } from "./key-condition.ts";
import { parcels } from "./parcels.ts";
import { pause, TRIES } from "./pause.ts";
import { TABLE } from "./table-shape.ts";

type Item = Record<string, AttributeValue>;

/** Keys that one call may read. */
const READ_AT_ONCE = 100;

/** The table on AWS, of the shape {@link TABLE}. Reads by key and by partition see every write that is done. */
export const dynamoTable = (name: string, client = new DynamoDBClient(clientSettings())): Table => {
  const itemAt = async ({ pk, sk }: Place): Promise<Item | undefined> => {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const { Item } = await client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }));
    return Item;
  };
  const rowsAt = async (places: readonly Place[]): Promise<Map<string, Row>> => {
    const keys = new Map(
      places.filter(isKey).map(({ pk, sk }) => [keyText({ pk, sk }), { pk: { S: pk }, sk: { S: sk } }]),
    );
    const parts = parcels([...keys.values()], () => 1, { count: READ_AT_ONCE, bytes: READ_AT_ONCE });
    const rows = await Promise.all([...parts].map((part) => readAll(client, name, part)));
    return new Map(rows.flat().map((row) => [keyText(row), row]));
  };
  const page = (query: Omit<Query, "limit">, condition: KeyCondition, start: Item | undefined) => ({
    TableName: name,
    KeyConditionExpression: condition.KeyConditionExpression,
    ExpressionAttributeNames: condition.ExpressionAttributeNames,
    ExpressionAttributeValues: condition.ExpressionAttributeValues,
    ...(query.by === undefined ? { ConsistentRead: true } : { IndexName: query.by }),
    ...(start !== undefined && { ExclusiveStartKey: start }),
  });
  /** What a query finds, page by page, until there are as many as it asks for. @param least entries of a page where few of them fit */
  const found = async <T>(
    query: Query,
    more: { readonly ProjectionExpression?: string },
    told: (items: Item[]) => Promise<readonly T[]>,
    least = 0,
  ): Promise<T[]> => {
    checkQuery(query);
    const { by, limit = 100, descending = false } = query;
    const condition = keyCondition(query);
    if (condition === undefined || limit < 1) return [];
    const all: T[] = [];
    for (let start: Item | undefined; ; ) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          ...page(query, condition, start),
          ScanIndexForward: !descending,
          Limit: Math.max(limit - all.length, least) + condition.without.size,
          ...more,
        }),
      );
      all.push(...(await told(Items.filter((item) => !condition.without.has(sortKey(item, by))))));
      if (all.length >= limit || LastEvaluatedKey === undefined) return all.slice(0, limit);
      start = LastEvaluatedKey;
    }
  };

  return {
    async get<Data>(pk: string, sk: string) {
      const item = isKey({ pk, sk }) ? await itemAt({ pk, sk }) : undefined;
      return item === undefined ? undefined : (rowOf(item) as Row<Data>);
    },

    async getMany<Data>(keys: readonly Place[]) {
      const rows = await rowsAt(keys);
      return keys.flatMap((key) => rows.get(keyText(key)) ?? []) as Row<Data>[];
    },

    query: <Data>(query: Query) =>
      found(query, {}, async (items) => {
        const rows = query.by === undefined ? items.map(rowOf) : await stillThere(items, query.by, rowsAt);
        return rows as Row<Data>[];
      }),

    // An index holds keys alone; of the table itself they are asked for.
    sortKeys: (query) =>
      found(query, query.by === undefined ? { ProjectionExpression: "sk" } : {}, async (items) =>
        items.map((item) => sortKey(item, query.by)),
      ),

    counted: ({ standing, since, ...page }, by) => {
      const { own, beside } = COUNTED[by];
      const besideOf = (place: Place) => ({ pk: place.pk, sk: beside.sk });
      const read = async (entries: readonly Item[]) => {
        const all = entries.map((entry) => ({
          ...placeOf(entry),
          list: { sk: sortKey(entry, "list") },
          data: null as unknown,
        }));
        if (own.length === 0) return all;
        const rows = await stillThere(entries, "list", rowsAt);
        return rows.filter(({ data }) => isCounted(page.pk, data, { standing, since }));
      };
      return found(
        { ...page, by: "list" },
        {},
        async (entries) => {
          const rows = await read(entries);
          const others = await rowsAt(rows.map(besideOf));
          return rows.map((row) => {
            const other = others.get(keyText(besideOf(row)));
            return {
              sk: row.list?.sk ?? "",
              own: own.map((at) => valueAt(row.data, at)),
              beside: other === undefined ? null : beside.values.map((at) => valueAt(other.data, at)),
            };
          });
        },
        READ_AT_ONCE,
      );
    },

    async count(query) {
      checkQuery(query);
      const condition = keyCondition(query);
      if (condition === undefined) return 0;
      let count = 0;
      for (let start: Item | undefined; ; ) {
        const { Count = 0, LastEvaluatedKey } = await client.send(
          new QueryCommand({ ...page(query, condition, start), Select: "COUNT" }),
        );
        count += Count;
        if (LastEvaluatedKey === undefined) return count;
        start = LastEvaluatedKey;
      }
    },

    async put(row) {
      const write = randomBytes(6).toString("base64url");
      try {
        await client.send(
          new PutItemCommand({
            TableName: name,
            Item: { ...storedImage(row), write: { S: write } },
            ...(row.version === 1
              ? { ConditionExpression: "attribute_not_exists(pk)" }
              : {
                  ConditionExpression: "#version = :before",
                  ExpressionAttributeNames: { "#version": "version" },
                  ExpressionAttributeValues: { ":before": { N: String(row.version - 1) } },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // A first try whose answer was lost may have been the write that this one found there.
        if (error.$metadata.attempts === 1) return false;
        return (await itemAt(row))?.["write"]?.S === write;
      }
    },
  };
};

/** Reads up to 100 keys until nothing is left over. @throws HubError storage_unavailable */
const readAll = async (client: DynamoDBClient, name: string, keys: Item[]): Promise<Row[]> => {
  const rows: Row[] = [];
  let left: Item[] = keys;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await pause(tries);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [name]: { Keys: left, ConsistentRead: true } } }),
    );
    const items = Responses?.[name] ?? [];
    rows.push(...items.map(rowOf));
    left = UnprocessedKeys?.[name]?.Keys ?? [];
    if (left.length === 0) return rows;
    // An answer holds 16 MB: what is behind that comes with the next one.
    if (items.length > 0) tries = 0;
  }
  throw new HubError("storage_unavailable", `the table gave nothing of ${left.length} rows`, { retry: "later" });
};

/** The rows of index entries in their order. The index is behind: a row that has left the place is not given. */
const stillThere = async (
  entries: readonly Item[],
  by: "list" | "due",
  rowsAt: (places: readonly Place[]) => Promise<Map<string, Row>>,
): Promise<Row[]> => {
  const rows = await rowsAt(entries.map(placeOf));
  const { pk, sk } = TABLE.indexes[by];
  return entries.flatMap((entry) => {
    const row = rows.get(keyText(placeOf(entry)));
    return row !== undefined && row[by]?.pk === entry[pk]?.S && row[by]?.sk === entry[sk]?.S ? [row] : [];
  });
};

const placeOf = (item: Item): Place => ({ pk: item["pk"]?.S ?? "", sk: item["sk"]?.S ?? "" });

const sortKey = (item: Item, by: "list" | "due" | undefined): string =>
  item[(by === undefined ? TABLE.key : TABLE.indexes[by]).sk]?.S ?? "";

const keyText = ({ pk, sk }: Place): string => JSON.stringify([pk, sk]);
