import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Lake } from "../../shared/adapters/aws/lake.ts";
import { folderLake } from "../../shared/adapters/sqlite/lake.ts";
import type { Lake } from "../../shared/ports/lake.ts";
import { intercept, quick } from "../doubles/aws-client.ts";
import { startQueuesAndBuckets } from "../doubles/fauxqs.ts";

let aws: Awaited<ReturnType<typeof startQueuesAndBuckets>>;
let folder: string;
beforeAll(async () => {
  aws = await startQueuesAndBuckets();
  folder = await mkdtemp(join(tmpdir(), "throughline-test-"));
});
afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true });
});

const part = (day: number) => `feature/dt=2026-03-0${day}/part-00000.parquet`;
const listed = async (lake: Lake, below: string) => (await Array.fromAsync(lake.list(below))).sort();

describe.each([
  ["of files", () => folderLake(join(folder, "lake"))],
  ["of S3 objects", async () => s3Lake(aws.bucket("lake-contract"), "hub", await quick(aws.s3()))],
] as const)("a lake %s", (_, open) => {
  it("holds what was put last under a path, lists below a folder and forgets what is removed", async () => {
    const lake = await open();
    expect(await listed(lake, "feature")).toEqual([]);
    for (const day of [2, 1]) await lake.put(part(day), Uint8Array.of(day));
    await lake.put(part(1), Uint8Array.of(7, 7));
    await lake.put("feature_status/dt=2026-03-01/part-00000.parquet", Uint8Array.of(9));
    expect(await listed(lake, "feature")).toEqual([part(1), part(2)]);
    await lake.remove(part(2));
    await lake.remove(part(2));
    expect(await listed(lake, "feature")).toEqual([part(1)]);
  });
});

describe("the lake in S3", () => {
  it("lies below its prefix, and lists page by page", async () => {
    const client = await quick(aws.s3());
    const bucket = aws.bucket("lake-pages");
    const lake = s3Lake(bucket, "deep/hub", client);
    for (const day of [1, 2, 3, 4, 5]) await lake.put(part(day), Uint8Array.of(day));
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `deep/hub/${part(3)}` }));
    expect(await Body?.transformToByteArray()).toEqual(Uint8Array.of(3));
    let pages = 0;
    intercept(client, "command", async ({ input }, run) => {
      pages += 1;
      return run({ ...(input as object), MaxKeys: 2 });
    });
    expect(await listed(lake, "feature")).toEqual([1, 2, 3, 4, 5].map(part));
    expect(pages).toBe(3);
  });
});
