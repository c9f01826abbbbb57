import * as z from "zod";
import { PRESENCE_STATES } from "../domain/entity.ts";

/** Inbox: one archived payload to be read. The bytes are in the archive, so any size fits. */
export const InboxMessage = z.object({
  connection: z.string(),
  rawRef: z.string(),
  /** It was read before, and is read again under another mapping. */
  replay: z.boolean().optional(),
  /** Read again because of a record of it that was set aside, by its name. */
  letter: z.string().optional(),
  /** The last of its part: behind it the next part is asked for. */
  last: z.boolean().optional(),
});
export type InboxMessage = z.output<typeof InboxMessage>;

/** An entity of ours that the tool told to be gone, or does not list any more: true once a read finds it gone too. */
export const Gone = z.object({
  entityId: z.string(),
  state: z.enum(PRESENCE_STATES),
  /** The key under which it lives on. */
  movedTo: z.string().optional(),
});
export type Gone = z.output<typeof Gone>;

/** Jobs: read a connection (all streams, or one), single records of a stream anew, or count what there is. */
export const Job = z.object({
  connection: z.string(),
  stream: z.string().optional(),
  /** Vendor ids of the records to read anew. */
  ids: z.array(z.string()).optional(),
  /** What it means if the one record of `ids` is not found. */
  gone: Gone.optional(),
  /** How often it was given up and asked again. */
  tries: z.int().optional(),
  /** Forget the cursors first. */
  full: z.boolean().optional(),
  /** Compare what the tool lists with what we hold, instead of reading on; of `stream` and `scope`, or of all. `confirmed`: a person said that what is missing was deleted. */
  census: z.enum(["now", "confirmed"]).optional(),
  /** Only that part of the tool. */
  scope: z.string().optional(),
  /** Read the archive again from there on, after a change of the mapping; or one record that was set aside, by its name. */
  replay: z.object({ after: z.string().optional(), letter: z.string().optional() }).optional(),
});
export type Job = z.output<typeof Job>;

/** What a timer on AWS starts a connection with: the moment that its round was meant for. */
export const Round = z.object({ connection: z.string(), timer: z.string() });
export type Round = z.output<typeof Round>;

/** Unpublished: entities that the feed may have lost, by id. */
export const LostMessage = z.object({ ids: z.array(z.string()) });
export type LostMessage = z.output<typeof LostMessage>;

/** A page or a re-read as it lies in the archive: raw records by stream. */
export const PageBody = z.object({
  records: z.record(z.string(), z.array(z.unknown())),
  gone: z.array(Gone).optional(),
});
export type PageBody = z.output<typeof PageBody>;
