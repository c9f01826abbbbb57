import * as z from "zod";

/** Inbox: one archived payload to be read. The bytes are in the archive, so any size fits. */
export const InboxMessage = z.object({ connection: z.string(), rawRef: z.string() });
export type InboxMessage = z.output<typeof InboxMessage>;

/** Jobs: read a connection (all streams, or one), or single records of a stream anew. */
export const Job = z.object({
  connection: z.string(),
  stream: z.string().optional(),
  /** Vendor ids of the records to read anew. */
  ids: z.array(z.string()).optional(),
  /** Forget the cursors first. */
  full: z.boolean().optional(),
});
export type Job = z.output<typeof Job>;

/** A page or a re-read as it lies in the archive: raw records by stream. */
export const PageBody = z.object({ records: z.record(z.string(), z.array(z.unknown())) });
export type PageBody = z.output<typeof PageBody>;
