import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { TABLE } from "../../shared/adapters/aws/table-shape.ts";
import { atDouble } from "./aws-client.ts";

/** DynamoDB's protocol in this process. It has no streams (see `stream.ts`) and lets nothing expire. */
export const startDynamo = async () => {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    /** Answers a request that somebody else has taken in, without a connection between them. */
    answer: ({ method, url, headers }: IncomingMessage, body: Buffer) =>
      new Promise<{
        readonly status: number;
        readonly headers: Record<string, string | number>;
        readonly body: Buffer;
      }>((resolve) => {
        const request = Object.assign(new EventEmitter(), { method, url, headers });
        const given: Record<string, string | number> = {};
        const response = {
          statusCode: 200,
          setHeader: (name: string, value: string | number) => void Object.assign(given, { [name]: value }),
          end: (text: string) => resolve({ status: response.statusCode, headers: given, body: Buffer.from(text) }),
        };
        server.emit("request", request, response);
        request.emit("data", body);
        request.emit("end");
      }),
    client: () => new DynamoDBClient({ ...atDouble(endpoint), maxAttempts: 4 }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Creates a table of the shape that the hub needs. */
export const createTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  const places = [TABLE.key, ...Object.values(TABLE.indexes)];
  const keys = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => [
    { AttributeName: pk, KeyType: "HASH" as const },
    { AttributeName: sk, KeyType: "RANGE" as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: places.flatMap(({ pk, sk }) =>
        [pk, sk].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      ),
      KeySchema: keys(TABLE.key),
      GlobalSecondaryIndexes: Object.entries(TABLE.indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: keys(index),
        Projection: { ProjectionType: TABLE.projection },
      })),
    }),
  );
};
