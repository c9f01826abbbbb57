import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eraseDeployed } from "../../infra/cli/erase-deployed.ts";
import { storesOf } from "../../infra/deploy/deployed-stores.ts";
import { replaceInTable } from "../../shared/adapters/aws/erase.ts";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import { storedRows } from "../../shared/adapters/sqlite/table.ts";
import { rowOf, storedImage } from "../../shared/ports/row-image.ts";
import { everyAct } from "../../shared/store/audit.ts";
import { intercept } from "../doubles/aws-client.ts";
import { createTable, startDynamo } from "../doubles/dynamo.ts";
import { startQueuesAndBuckets } from "../doubles/fauxqs.ts";
import { sqsConsumer } from "../doubles/sqs-consumer.ts";
import { LOG, storedWork } from "../faults/stored-work.ts";

const ADA = /ada[ .]brook|ada%20brook/i;
const WHO = "ada.brook@acme.example";
const LATER_MS = 16 * 60_000;

/** Fauxqs keeps no versions: each object of this bucket had one before, and one that was deleted. */
const withVersions = (
  client: Parameters<typeof intercept>[0] & { send(command: ListObjectsV2Command): Promise<object> },
) => {
  const removed: { readonly Key: string; readonly VersionId: string }[] = [];
  intercept(client, "command", async ({ command, input }, run) => {
    const { Bucket, Prefix, Delete } = input as {
      Bucket: string;
      Prefix?: string;
      Delete?: { Objects: { Key: string; VersionId: string }[] };
    };
    if (command === "DeleteObjectsCommand") removed.push(...(Delete?.Objects ?? []));
    if (command !== "ListObjectVersionsCommand") return run();
    const { Contents = [] } = (await client.send(new ListObjectsV2Command({ Bucket, Prefix }))) as {
      Contents?: { Key: string }[];
    };
    const all = (VersionId: string) => Contents.map(({ Key }) => ({ Key, VersionId }));
    return { output: { Versions: [...all("now"), ...all("before")], DeleteMarkers: all("mark") } };
  });
  return removed;
};

const erased = async (stores: Parameters<typeof eraseDeployed>[0]) =>
  (await eraseDeployed(stores, WHO, LOG, async () => true)) ?? expect.unreachable();

describe("a person who is erased from a hub on AWS", () => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-erasure-"));
  const running = Promise.all([startDynamo(), startQueuesAndBuckets()]);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    for (const one of await running) await one.stop();
  });

  /** The stores of a hub that read the work of the company, with a person in all of them. */
  const filled = async () => {
    const [dynamoServer, aws] = await running;
    const [dynamo, s3, sqs] = [dynamoServer.client(), aws.s3(), aws.sqs()];
    const [inbox, failed] = [aws.queue("inbox"), aws.queue("failed")];
    const bucket = aws.bucket("archive");
    await createTable(dynamo, "hub");
    const names = { table: "hub", archive: bucket, inbox: inbox.url, dead: inbox.deadUrl, failed: failed.url };
    const removed = withVersions(s3 as never);
    // Fauxqs asks all of itself: nothing to wait for.
    intercept(sqs, "command", async ({ command, input }, run) =>
      command === "ReceiveMessageCommand" ? run({ ...(input as object), WaitTimeSeconds: 0 }) : run(),
    );
    const stores = storesOf(names, { dynamo, s3, sqs });
    // On AWS the key of hashed addresses is the table's own.
    const embedded = await storedWork(folder, 2, { JIRA_TOKEN: "t" });
    const rows = [...storedRows(embedded.db)].map(({ stored }) =>
      rowOf({
        pk: { S: stored.pk },
        sk: { S: stored.sk },
        version: { N: String(stored.version) },
        data: { S: stored.data },
        ...(stored.list_pk !== null && { listPk: { S: stored.list_pk }, listSk: { S: stored.list_sk ?? "" } }),
      }),
    );
    embedded.close();
    for (const row of rows) await dynamo.send(new PutItemCommand({ TableName: "hub", Item: storedImage(row) }));
    const files = fileArchive(join(folder, "archive"));
    let ref = "";
    for await (const one of files.list("jira")) {
      const { note, bytes } = await files.get(one);
      const there = await stores.archive.put(note, bytes);
      if (ADA.test(new TextDecoder().decode(bytes))) ref = there;
    }
    const send = (QueueUrl: string, body: unknown) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    await send(names.dead, { connection: "jira", rawRef: ref });
    await send(names.dead, { connection: "jira", rawRef: "jira/2026-01-01/other" });
    await send(names.failed, { requestPayload: { said: "by Ada Brook" } });
    const bodiesIn = async (url: string) => {
      const bodies: string[] = [];
      const { receive } = sqsConsumer(sqs, url, url);
      for (let got = await receive(10, 1); got.length > 0; got = await receive(10, 1))
        bodies.push(...got.map(({ body }) => body));
      return bodies;
    };
    /** Everything that any store holds, unpacked. */
    const texts = async (): Promise<string[]> => {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: "hub" }));
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const objects = await Promise.all(
        Contents.map(async ({ Key }) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
          const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
          return `s3 ${Key} ${(bytes[0] === 0x28 ? zstdDecompressSync(bytes) : gunzipSync(bytes)).toString()}`;
        }),
      );
      return [...Items.map((item) => `row ${JSON.stringify(rowOf(item))}`), ...objects];
    };
    return { stores, names, removed, ref, texts, bodiesIn, sqs };
  };
  let hub: Awaited<ReturnType<typeof filled>>;
  let found: readonly string[];
  let emailHash: string;
  beforeAll(async () => {
    hub = await filled();
    found = (await hub.texts()).filter((text) => ADA.test(text));
  });

  it("T33 stays to be found while a payload is so new that it may be on its way", async () => {
    expect(found.filter((text) => text.startsWith("s3"))).toHaveLength(2);
    expect(found.length).toBeGreaterThan(10);
    emailHash =
      /"emailHash":"([0-9a-f]{64})"/.exec(found.find((text) => text.includes('"pk":"E#acc_')) ?? "")?.[1] ?? "";
    const { token, left, payloads } = await erased(hub.stores);
    expect({ left, payloads }).toEqual({ left: { payloads: 2, messages: 0 }, payloads: 0 });
    expect(hub.removed).toEqual([]);
    // The row that tells whose name it was is there for the next run.
    const now = (await hub.texts()).filter((text) => text.startsWith("row") && ADA.test(text));
    expect(now.map((text) => /"pk":"([EP]#(?:acc|per)_)/.exec(text)?.[1]).sort()).toEqual(["E#acc_", "P#per_"]);
    expect((await hub.texts()).some((text) => text.includes(token))).toBe(true);
  });

  it("T33 stands in no row, no version of a payload and no message once that is through, and a dead letter goes on", async () => {
    const clock = { ...hub.stores.clock, now: () => new Date(Date.now() + LATER_MS) };
    const first = await erased({ ...hub.stores, clock });
    // The dead letter waits in the inbox under the new address: until it is read nothing is removed.
    expect(first).toMatchObject({ payloads: 2, left: { payloads: 0, messages: 1 } });
    expect(hub.removed).toEqual([]);
    const inbox = sqsConsumer(hub.sqs, hub.names.inbox, hub.names.dead);
    const [letter] = await inbox.receive(10, 60);
    await inbox.delete([letter?.id ?? ""]);
    const { rawRef } = JSON.parse(letter?.body ?? "{}");
    expect(rawRef).not.toBe(hub.ref);
    expect(new TextDecoder().decode((await hub.stores.archive.get(rawRef)).bytes)).toContain(first.token);

    const { left, token, accounts } = await erased({ ...hub.stores, clock });
    expect({ left, token, accounts }).toEqual({ left: { payloads: 0, messages: 0 }, token: first.token, accounts: 1 });
    expect(hub.removed.filter(({ Key }) => Key.startsWith(hub.ref)).map(({ VersionId }) => VersionId)).toEqual([
      "now",
      "before",
      "mark",
    ]);
    const all = [
      ...(await hub.texts()),
      ...(await hub.bodiesIn(hub.names.failed)),
      ...(await hub.bodiesIn(hub.names.dead)),
    ];
    expect(all.filter((text) => ADA.test(text))).toEqual([]);
    expect(all.filter((text) => text.includes(hub.ref))).toEqual([]);
    // It stands in keys too: rows are moved, not copied.
    expect(emailHash).toHaveLength(64);
    expect(all.filter((text) => text.includes(emailHash))).toEqual([]);
    expect(all).toContain(JSON.stringify({ connection: "jira", rawRef: "jira/2026-01-01/other" }));
    expect((await Array.fromAsync(everyAct(hub.stores.table))).map(({ act, by }) => `${act} by ${by.id}`)).toContain(
      "person.erase by cli",
    );
    await expect(erased({ ...hub.stores, clock })).rejects.toMatchObject({ code: "not_found" });
  });

  it("T33 is replaced over what somebody wrote to the row meanwhile, and nothing of that is lost", async () => {
    const [server] = await running;
    const [mine, theirs] = [server.client(), server.client()];
    await createTable(mine, "shared");
    const table = dynamoTable("shared", theirs);
    const place = { pk: "E#1", sk: "A" };
    await table.put({ ...place, version: 1, data: { name: "Ada Brook" } });
    let isFirst = true;
    intercept(mine, "command", async ({ command }, run) => {
      if (command === "PutItemCommand" && isFirst) {
        isFirst = false;
        await table.put({ ...place, version: 2, data: { name: "Ada Brook", more: "by Ada Brook" } });
      }
      return run();
    });
    const replace = (text: string) => text.replaceAll("Ada Brook", "erased-1");
    expect(await replaceInTable("shared", mine, replace, () => true)).toBe(1);
    expect((await table.get("E#1", "A"))?.data).toEqual({ name: "erased-1", more: "by erased-1" });
    // Whoever read the row before has to read it again.
    expect(await table.put({ ...place, version: 3, data: { name: "Ada Brook" } })).toBe(false);
  });
});
