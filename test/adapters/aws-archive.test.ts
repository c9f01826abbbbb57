import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Archive } from "../../shared/adapters/aws/archive.ts";
import { fileArchive } from "../../shared/adapters/sqlite/archive.ts";
import type { ArchiveNote } from "../../shared/ports/archive.ts";
import { testArchive } from "../contract/archive.ts";
import { failing, fault, intercept, quick } from "../doubles/aws-client.ts";
import { startQueuesAndBuckets } from "../doubles/fauxqs.ts";

let aws: Awaited<ReturnType<typeof startQueuesAndBuckets>>;
let buckets = 0;
beforeAll(async () => {
  aws = await startQueuesAndBuckets();
});
afterAll(() => aws.stop());

const open = async () => {
  const client = await quick(aws.s3());
  const bucket = aws.bucket(`archive-${++buckets}`);
  return { client, bucket, archive: s3Archive(bucket, client) };
};
const note = (receivedAt: string): ArchiveNote => ({
  connectionId: "jira",
  receivedAt,
  what: "page",
  stream: "issues",
});
const bytes = (text: string) => new TextEncoder().encode(text);

testArchive("S3 archive", async () => {
  const { client, bucket, archive } = await open();
  return {
    archive,
    damage: async (ref) => {
      const object = { Bucket: bucket, Key: `${ref}.zst` };
      const { Body } = await client.send(new GetObjectCommand(object));
      const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
      await client.send(new PutObjectCommand({ ...object, Body: content.subarray(0, content.length - 12) }));
    },
    close: async () => client.destroy(),
  };
});

describe("the S3 archive", () => {
  it("has the addresses and the contents of the archive of files, so that one can be copied into the other", async () => {
    const { client, bucket, archive } = await open();
    const files = fileArchive(await mkdtemp(join(tmpdir(), "throughline-test-")));
    const about = note("2026-03-01T10:00:00.123Z");
    const ref = await archive.put(about, bytes("content"));
    expect(await files.put(about, bytes("content"))).toBe(ref);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}.zst` }));
    expect((await Body?.transformToByteArray())?.subarray(0, 4)).toEqual(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd));
  });

  it("reads and lists what was kept as gzip once, and keeps events as gzip for whoever fetches them", async () => {
    const { client, bucket, archive } = await open();
    const folder = await mkdtemp(join(tmpdir(), "throughline-test-"));
    const files = fileArchive(folder);
    const event = await archive.put({ ...note("2026-03-01T10:00:00.000Z"), what: "event" }, bytes("event"));
    const { Body: kept } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${event}.gz` }));
    expect(gunzipSync((await kept?.transformToByteArray()) ?? "").toString()).toMatch(/"what":"event"}\nevent$/);
    const about = note("2026-03-01T10:00:01.000Z");
    const ref = await archive.put(about, bytes("page"));
    await files.put(about, bytes("page"));
    const path = join(folder, ref);
    const old = gzipSync(zstdDecompressSync(await readFile(`${path}.zst`)));
    await writeFile(`${path}.gz`, old);
    await rm(`${path}.zst`);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${ref}.gz`, Body: old }));
    expect(await Array.fromAsync(archive.list("jira"))).toEqual([event, ref]);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${ref}.zst` }));
    for (const one of [archive, files]) {
      expect((await Array.fromAsync(one.list("jira"))).at(-1)).toBe(ref);
      expect(Buffer.from((await one.get(ref)).bytes).toString()).toBe("page");
    }
    expect(await files.put(about, bytes("page"))).toBe(ref);
    expect(await Array.fromAsync(files.list("jira"))).toEqual([ref]);
    expect(await readdir(join(path, ".."))).toEqual([basename(`${path}.gz`)]);
  });

  it("says so when another payload lies at an address", async () => {
    const { client, bucket, archive } = await open();
    const [one, two] = [
      await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("one")),
      await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("two")),
    ];
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${one}.zst`, Body: await stored(two) }));
    await expect(archive.get(one)).rejects.toThrow("is damaged");

    async function stored(ref: string): Promise<Uint8Array> {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}.zst` }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    }
  });

  it("lists page by page, from a moment on, without reading what lies before it", async () => {
    const { client, archive } = await open();
    const refs: string[] = [];
    for (let at = 0; at < 12; at++)
      refs.push(await archive.put(note(`2026-03-0${1 + Math.floor(at / 4)}T10:00:00.00${at % 4}Z`), bytes(String(at))));
    const listed: number[] = [];
    intercept(client, "command", async ({ input }, run) => {
      const answer = await run({ ...(input as object), MaxKeys: 3 });
      listed.push((answer.output as { KeyCount: number }).KeyCount);
      return answer;
    });
    expect(await Array.fromAsync(archive.list("jira"))).toEqual(refs);
    expect(listed).toEqual([3, 3, 3, 3]);
    listed.length = 0;
    expect(await Array.fromAsync(archive.list("jira", "2026-03-02T10:00:00.001Z", "2026-03-03T10:00:00.000Z"))).toEqual(
      refs.slice(5, 9),
    );
    expect(listed).toEqual([3, 3]);
  });

  it("takes an object that is there already for the one it was to put", async () => {
    const { client, archive } = await open();
    const ref = await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("x"));
    intercept(client, "try", async ({ command, input }, run) => {
      if (command !== "PutObjectCommand") return run();
      expect((input as { IfNoneMatch?: string }).IfNoneMatch).toBe("*");
      throw fault("PreconditionFailed", 412);
    });
    expect(await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("x"))).toBe(ref);
  });

  it("tries again when S3 asks to slow down, and acknowledges nothing that it does not hold", async () => {
    const { client, archive } = await open();
    let left = 2;
    const seen = failing(client, () => (left-- > 0 ? fault("SlowDown", 503) : undefined));
    const ref = await archive.put(note("2026-03-01T10:00:00.000Z"), bytes("x"));
    expect(seen.tries).toBe(3);
    left = Number.POSITIVE_INFINITY;
    await expect(archive.put(note("2026-03-01T10:00:01.000Z"), bytes("y"))).rejects.toThrow("SlowDown");
    await expect(archive.get(ref)).rejects.toThrow("SlowDown");
    expect(seen.tries).toBe(11);
    left = 0;
    expect(await Array.fromAsync(archive.list("jira"))).toEqual([ref]);
    expect(Buffer.from((await archive.get(ref)).bytes).toString()).toBe("x");
  });
});
