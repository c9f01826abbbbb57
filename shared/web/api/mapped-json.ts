import * as z from "zod";

/** A vendor's enum value on the wire. Categories are open: new ones may come. */
export const MappedJson = z
  .object({
    category: z.string().describe("Our word; `unknown` if nothing maps the tool's word."),
    detail: z.string().describe("The tool's own word."),
    mappedBy: z.enum(["tool", "user", "default"]).describe("Who chose the category."),
    id: z.string().optional().describe("The tool's id of the value."),
  })
  .meta({ id: "Mapped" });
