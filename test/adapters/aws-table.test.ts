import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { clientSettings } from "../../shared/adapters/aws/client-settings.ts";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import { feedRecords } from "../../shared/platform/feed.ts";
import type { Row, Table } from "../../shared/ports/table.ts";
import { testTable } from "../contract/table.ts";
import { atDouble, failing, fault, intercept, quick } from "../doubles/aws-client.ts";
import { createTable, startDynamo } from "../doubles/dynamo.ts";
import { streamOf } from "../doubles/stream.ts";

let dynamo: Awaited<ReturnType<typeof startDynamo>>;
let tables = 0;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

/** A table of its own with a client of its own. */
const open = async (): Promise<{ table: Table; client: DynamoDBClient; name: string }> => {
  const client = await quick(dynamo.client());
  const name = `table-${++tables}`;
  await createTable(client, name);
  return { table: dynamoTable(name, client), client, name };
};
const row = (sk: string, version = 1, data: unknown = sk): Row => ({ pk: "P", sk, version, data });

testTable("DynamoDB table", async () => {
  const { table, client } = await open();
  const reader = dynamo.client();
  const stream = streamOf(client, reader);
  const feed = async () => {
    const Records = stream.read(0, 1000).map(({ record }) => record);
    return feedRecords(JSON.parse(JSON.stringify({ Records })));
  };
  return {
    table,
    feed,
    close: async () => {
      client.destroy();
      reader.destroy();
    },
  };
});

describe("the DynamoDB table", () => {
  it("costs one write unit for a row of some KB, whose text the stream gives back", async () => {
    const { table, client } = await open();
    const stream = streamOf(client, dynamo.client());
    const sizes: number[] = [];
    intercept(client, "command", async ({ input }, run) => {
      const { Item } = input as { Item?: Record<string, { S?: string; B?: Uint8Array } | undefined> };
      if (Item !== undefined) sizes.push(Item["zip"]?.B?.byteLength ?? Item["data"]?.S?.length ?? 0);
      return run();
    });
    const data = { text: "Ünïcode words that come again and again. ".repeat(100) };
    await table.put(row("a", 1, data));
    await table.put(row("a", 2, "x".repeat(1022)));
    expect(sizes[0]).toBeLessThan(400);
    expect(sizes[1]).toBe(1024);
    const Records = stream.read(0, 10).map(({ record }) => record);
    expect(Records[0]?.dynamodb?.NewImage?.["zip"]?.B).toEqual(expect.any(String));
    expect(
      feedRecords(JSON.parse(JSON.stringify({ Records }))).map(({ before, after }) => [before?.data, after.data]),
    ).toEqual([
      [undefined, data],
      [data, "x".repeat(1022)],
    ]);
  });

  it("fills a page of a list although rows have left their place since the index was written", async () => {
    const { table, client } = await open();
    for (let at = 0; at < 7; at++) await table.put({ ...row(`k${at}`), list: { pk: "L", sk: String(at) } });
    const moved = new Set(["k1", "k2", "k5"]);
    // What the index said before: the rows move after it answered and before they are read.
    intercept(client, "command", async ({ command, input }, run) => {
      const { IndexName } = input as { IndexName?: string };
      const answer = await run();
      if (command === "QueryCommand" && IndexName === "list")
        for (const sk of moved) await table.put({ ...row(sk, 2), list: { pk: "L", sk: `9${sk}` } });
      return answer;
    });
    const found = await table.query({ pk: "L", by: "list", limit: 4 });
    expect(found.map(({ sk }) => sk)).toEqual(["k0", "k3", "k4", "k6"]);
  });

  it("reads pages of a megabyte to the end", async () => {
    const { table } = await open();
    const data = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at * 31 + (at >> 3)) % 251)).toString(
      "latin1",
    );
    for (let at = 0; at < 9; at++) await table.put(row(`k${at}`, 1, `${at}${data}`));
    expect((await table.query({ pk: "P" })).map(({ sk }) => sk)).toHaveLength(9);
    expect(await table.count({ pk: "P" })).toBe(9);
  });
});

describe("the DynamoDB table, when AWS fails", () => {
  beforeEach(() => {
    // No waits between the rounds.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => vi.restoreAllMocks());

  const RETRYABLE: [string, number][] = [
    ["ProvisionedThroughputExceededException", 400],
    ["ThrottlingException", 400],
    ["RequestLimitExceeded", 400],
    ["InternalServerError", 500],
    ["ServiceUnavailable", 503],
    ["TimeoutError", 0],
  ];
  it.each(RETRYABLE)("F15 tries again after %s, a few times and not for ever", async (name, status) => {
    const { table, client } = await open();
    let left = 2;
    const seen = failing(client, () => (left-- > 0 ? fault(name, status) : undefined));
    expect(await table.put(row("a"))).toBe(true);
    expect(seen.tries).toBe(3);
    left = Number.POSITIVE_INFINITY;
    await expect(table.put(row("b"))).rejects.toThrow(name);
    await expect(table.get("P", "a")).rejects.toThrow(name);
    expect(seen.tries).toBe(3 + 4 + 4);
    left = 0;
    expect(await table.get("P", "b")).toBeUndefined();
  });

  it("does not try again what AWS will never do", async () => {
    const { table, client } = await open();
    const seen = failing(client, () => fault("AccessDeniedException"));
    await expect(table.put(row("a"))).rejects.toThrow("AccessDeniedException");
    expect(seen.tries).toBe(1);
  });

  it("F16 says that a write won although its answer was lost, and lost when another one won", async () => {
    const { table, client } = await open();
    const lost = { answers: 1 };
    intercept(client, "try", async ({ command }, run) => {
      const answer = await run();
      if (command !== "PutItemCommand" || lost.answers-- < 1) return answer;
      throw fault("TimeoutError", 0);
    });
    expect(await table.put(row("a", 1, "ours"))).toBe(true);
    const other = dynamoTable(`table-${tables}`, dynamo.client());
    lost.answers = 1;
    const [second, third] = [await table.put(row("a", 2, "ours")), await other.put(row("a", 2, "ours"))];
    expect([second, third]).toEqual([true, false]);
    let isTaken = false;
    intercept(client, "try", async ({ command }, run) => {
      if (command !== "PutItemCommand" || isTaken) return run();
      isTaken = true;
      await other.put(row("a", 3, "same"));
      throw fault("TimeoutError", 0);
    });
    expect(await table.put(row("a", 3, "same"))).toBe(false);
  });

  it("reads what a batch left over until nothing is left (UnprocessedKeys)", async () => {
    const { table, client, name } = await open();
    const keys = Array.from({ length: 40 }, (_, at) => ({ pk: "P", sk: `k${at}` }));
    await Promise.all(keys.map(({ sk }) => table.put(row(sk))));
    let calls = 0;
    intercept(client, "command", async ({ command, input }, run) => {
      if (command !== "BatchGetItemCommand") return run();
      calls += 1;
      const { RequestItems } = input as { RequestItems: Record<string, { Keys: object[] }> };
      const wanted = RequestItems[name]?.Keys ?? [];
      const some = wanted.slice(0, Math.ceil(wanted.length / 2));
      const answer = await run({ RequestItems: { [name]: { ...RequestItems[name], Keys: some } } });
      const rest = wanted.slice(some.length);
      return { output: { ...answer.output, UnprocessedKeys: rest.length === 0 ? {} : { [name]: { Keys: rest } } } };
    });
    expect((await table.getMany([...keys, ...keys.slice(0, 2)])).map(({ sk }) => sk)).toEqual(
      [...keys, ...keys.slice(0, 2)].map(({ sk }) => sk),
    );
    expect(calls).toBe(6);
  });

  it("gives a batch up that gives nothing, a few times and not for ever", async () => {
    const { table, client, name } = await open();
    let calls = 0;
    intercept(client, "command", async ({ input }) => {
      calls += 1;
      const { RequestItems } = input as { RequestItems: object };
      return { output: { Responses: { [name]: [] }, UnprocessedKeys: RequestItems } };
    });
    await expect(table.getMany([{ pk: "P", sk: "a" }])).rejects.toMatchObject({
      code: "storage_unavailable",
      retry: "later",
    });
    expect(calls).toBe(5);
  });
});

describe("a client of this set", () => {
  it("gives a server up that does not answer, after its few tries, and keeps its connections open", async () => {
    const sockets = new Set<unknown>();
    let calls = 0;
    const server = createServer(({ socket }, response) => {
      sockets.add(socket);
      // The first two are never answered.
      if (++calls > 2) response.setHeader("content-type", "application/x-amz-json-1.0").end("{}");
    });
    await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const table = dynamoTable("any", new DynamoDBClient({ ...atDouble(endpoint), ...clientSettings(0.05, 2) }));
    await expect(table.get("P", "a")).rejects.toMatchObject({ name: "TimeoutError" });
    expect(calls).toBe(2);
    sockets.clear();
    for (let at = 0; at < 3; at++) expect(await table.get("P", "a")).toBeUndefined();
    expect(sockets.size).toBe(1);
    server.closeAllConnections();
    server.close();
  });
});

describe("the stream of a table that has none", () => {
  it("tells each item's changes in the order of its versions, and what was there before anybody watched", async () => {
    const { table, client, name } = await open();
    await table.put(row("old", 1, "first"));
    let told = 0;
    const stream = streamOf(client, dynamo.client(), () => {
      told += 1;
    });
    // The answer to the first of two puts comes after that to the second.
    const late = Promise.withResolvers<void>();
    intercept(client, "command", async ({ command, input }, run) => {
      const answer = await run();
      const { Item } = input as { Item?: Record<string, { N?: string }> };
      if (command === "PutItemCommand" && Item?.["version"]?.N === "2") await late.promise;
      return answer;
    });
    const second = table.put(row("old", 2, "second"));
    await expect.poll(async () => (await dynamoTable(name, dynamo.client()).get("P", "old"))?.version).toBe(2);
    await table.put(row("old", 3, "third"));
    late.resolve();
    await second;
    const Records = stream.read(0, 10).map(({ record }) => record);
    expect(feedRecords({ Records }).map(({ before, after }) => [before?.data, after.data])).toEqual([
      ["first", "second"],
      ["second", "third"],
    ]);
    expect(stream.read(1, 10).map(({ number }) => number)).toEqual([2]);
    expect(told).toBe(2);
  });

  it("refuses to watch a write that it would not tell", async () => {
    const { client, name } = await open();
    streamOf(client, dynamo.client());
    const Key = { pk: { S: "P" }, sk: { S: "a" } };
    await expect(client.send(new DeleteItemCommand({ TableName: name, Key }))).rejects.toThrow("the stream knows puts");
  });
});
