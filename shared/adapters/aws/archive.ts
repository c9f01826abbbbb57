import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Archive } from "../../ports/archive.ts";
import { checkRef, compact, contentOf, folderOf, receivedAt, unzipped, zipped } from "../archived.ts";
import { clientSettings } from "./client-settings.ts";

/** Payloads may have many megabytes. */
const SECONDS = 20;

/** The same addresses and contents as the archive of files, as objects of a bucket. */
export const s3Archive = (bucket: string, client = new S3Client(clientSettings(SECONDS))): Archive => ({
  async put(note, bytes) {
    const { ref, content } = contentOf(note, bytes);
    const Body = await zipped(content);
    const object = { Bucket: bucket, Key: `${ref}.gz`, Body, ContentType: "application/gzip" };
    try {
      await client.send(new PutObjectCommand({ ...object, IfNoneMatch: "*" }));
    } catch (error) {
      // What lies there already is the same.
      if (!(error instanceof Error && error.name === "PreconditionFailed")) throw error;
    }
    return ref;
  },

  async get(ref) {
    checkRef(ref);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}.gz` }));
    if (Body === undefined) throw new Error(`archived payload ${ref} has no content`);
    return unzipped(ref, await Body.transformToByteArray());
  },

  async *list(connectionId, from = "", to = "9999") {
    const Prefix = `${folderOf(connectionId)}/`;
    const StartAfter = `${Prefix}${from === "" ? "" : `${from.slice(0, 10)}/${compact(from)}`}`;
    for (let ContinuationToken: string | undefined; ; ) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix,
          StartAfter,
          ...(ContinuationToken && { ContinuationToken }),
        }),
      );
      for (const { Key = "" } of page.Contents ?? []) {
        if (!Key.endsWith(".gz")) continue;
        const at = receivedAt(Key.split("/").at(-1) ?? "");
        if (at > to) return;
        if (at >= from) yield Key.slice(0, -".gz".length);
      }
      if (page.NextContinuationToken === undefined) return;
      ContinuationToken = page.NextContinuationToken;
    }
  },
});
