import * as z from "zod";
import { MappedJson } from "./mapped-json.ts";

const Time = z.iso.datetime();

export const NamedJson = z
  .object({ id: z.string().nullable(), name: z.string().nullable().describe("Null if its tool never told it.") })
  .meta({ id: "Named" });

export const EstimateJson = z.object({ value: z.number(), unit: z.enum(["points", "hours"]) }).meta({ id: "Estimate" });

const times = {
  from: Time,
  to: Time.nullable().describe("Null while it lasts."),
  by: NamedJson.nullable().describe("Who began it."),
  endedBy: NamedJson.nullable(),
};
const course = <Shape extends z.ZodRawShape>(value: Shape) =>
  z.object({
    agrees: z.boolean().describe("Whether the tool's history ends in the present value; if not, it is late or cut."),
    isComplete: z.boolean().describe("False if the tool left out some change between."),
    intervals: z.array(z.object({ ...value, ...times })).describe("Oldest first."),
  });

export const IntervalsJson = z
  .object({
    status: course({ status: MappedJson }),
    assignees: course({ assignee: NamedJson.nullable() }),
    cycles: course({ cycle: NamedJson }).describe("Every sprint or cycle that it was ever in."),
    parent: course({ parent: NamedJson.nullable() }),
    estimate: course({ estimate: EstimateJson.nullable() }),
    keys: course({ key: z.string().nullable() }),
  })
  .meta({ id: "Intervals" });

export const TimeInStatusJson = z
  .object({
    category: z.string(),
    seconds: z.int().describe("Of the stays that have ended."),
    since: Time.nullable().describe("Since when it is there now; null if it is elsewhere."),
  })
  .meta({ id: "TimeInStatus" });
