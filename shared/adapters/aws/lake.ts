import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Lake } from "../../ports/lake.ts";
import { clientSettings } from "./client-settings.ts";

/** A file of the lake may have some megabytes. */
const SECONDS = 30;

/**
 * A lake of objects in a bucket. Each file is one put, so that a reader never sees half of it.
 *
 * @param prefix folder in the bucket, without slashes at its ends; empty for all of the bucket
 */
export const s3Lake = (bucket: string, prefix: string, client = new S3Client(clientSettings(SECONDS))): Lake => {
  const root = prefix === "" ? "" : `${prefix}/`;
  return {
    async put(path, bytes) {
      const ContentType = "application/vnd.apache.parquet";
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${root}${path}`, Body: bytes, ContentType }));
    },

    async *list(folder) {
      for (let ContinuationToken: string | undefined; ; ) {
        const Prefix = `${root}${folder}/`;
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) }),
        );
        for (const { Key = "" } of page.Contents ?? []) yield Key.slice(root.length);
        if (page.NextContinuationToken === undefined) return;
        ContinuationToken = page.NextContinuationToken;
      }
    },

    async remove(path) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${root}${path}` }));
    },
  };
};
