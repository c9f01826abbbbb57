import * as z from "zod";

/** Parts that fields of several kinds are made of. */
export const Time = z.iso.datetime({ precision: 3 }).describe("ISO 8601, UTC, milliseconds");
export const Id = z.string().describe("id of an entity of ours");
export const Day = z.iso.date().describe("a calendar day without a zone");
export const Text = z.string().describe("plain text");
export const Count = z.int().nonnegative();
export const Share = z.number().min(0).max(1).describe("0 to 1");
export const Money = z.object({ amount: z.number(), currency: z.string().describe("ISO 4217") });
export const Labels = z.array(z.string());
