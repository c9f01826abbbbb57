import * as z from "zod";
import type { HealthDimension } from "../../store/views.ts";

export const HealthDimensionJson = z
  .object({
    name: z.enum(["schedule", "scope", "flow", "quality", "experiment", "support", "adoption", "freshness"]),
    level: z.enum(["on_track", "at_risk", "off_track", "unknown", "not_applicable"]),
    value: z.string().nullable().describe("What was measured, with its unit."),
    threshold: z.string().nullable().describe("The limit that it was compared with."),
    text: z.string().describe("One sentence."),
    evidence: z
      .array(z.string())
      .describe("At most five URLs of records behind it; check them before you link to them."),
    dataAt: z.iso
      .datetime()
      .nullable()
      .describe("Newest source time of what it rests on: the age of its data counts from there."),
  })
  .meta({ id: "HealthDimension" });

export const healthDimensionsJson = (dimensions: readonly HealthDimension[]): z.input<typeof HealthDimensionJson>[] =>
  dimensions.map(({ name, level, value, threshold, text, evidence, dataAt }) => ({
    name,
    level,
    value: value ?? null,
    threshold: threshold ?? null,
    text,
    evidence: [...evidence],
    dataAt: dataAt ?? null,
  }));
