import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Archive } from "../../ports/archive.ts";
import {
  addressOf,
  checkRef,
  compact,
  contentOf,
  ENDINGS,
  folderOf,
  packed,
  receivedAt,
  unpacked,
} from "../archived.ts";
import { clientSettings } from "./client-settings.ts";

/** Payloads may have many megabytes. */
const SECONDS = 20;

/** The same addresses and contents as the archive of files, as objects of a bucket. */
export const s3Archive = (bucket: string, client = new S3Client(clientSettings(SECONDS))): Archive => ({
  async put(note, bytes) {
    const { ref, content } = contentOf(note, bytes);
    const { stored, ending, type } = packed(note, content);
    const object = { Bucket: bucket, Key: `${ref}${ending}`, Body: stored, ContentType: type };
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
    const fetched = async (ending: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${ref}${ending}` }));
      if (Body === undefined) throw new Error(`archived payload ${ref} has no content`);
      return Body.transformToByteArray();
    };
    const [ending, older] = ENDINGS;
    return unpacked(
      ref,
      await fetched(ending).catch((error) => (isAbsent(error) ? fetched(older) : Promise.reject(error))),
    );
  },

  async *list(connectionId, from = "", to = "9999") {
    const Prefix = `${folderOf(connectionId)}/`;
    const StartAfter = `${Prefix}${from === "" ? "" : `${from.slice(0, 10)}/${compact(from)}`}`;
    let last = "";
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
        const address = addressOf(Key);
        // A payload may lie there under both endings, one behind the other.
        if (address === undefined || address === last) continue;
        last = address;
        const at = receivedAt(address.split("/").at(-1) ?? "");
        if (at > to) return;
        if (at >= from) yield address;
      }
      if (page.NextContinuationToken === undefined) return;
      ContinuationToken = page.NextContinuationToken;
    }
  },
});

/** Whoever may not list a bucket is told that access to what is absent is denied. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && (error.name === "NoSuchKey" || error.name === "AccessDenied");
