import * as z from "zod";
import { type Assertion, endOf, SAYS_OF_STAGE, type Update } from "../../domain/assertion.ts";
import { HEALTH_VALUES } from "../../domain/entity.ts";
import { STAGES } from "../../domain/stage.ts";

const Author = z.object({ id: z.string(), name: z.string() });
const Time = z.iso.datetime();

export const AssertionJson = z
  .object({
    id: z.string(),
    about: z.enum(["stage", "health"]),
    stage: z.enum(STAGES).nullable(),
    polarity: z.enum(SAYS_OF_STAGE).nullable(),
    health: z.enum(HEALTH_VALUES).nullable(),
    reason: z.string().describe("Plain text, as the person wrote it."),
    by: Author,
    at: Time,
    expiresAt: Time,
    endedAt: Time.nullable().describe("When somebody took it back, or said something else, before it expired."),
  })
  .meta({ id: "Assertion" });

export const assertionJson = (assertion: Assertion): z.input<typeof AssertionJson> => {
  const { id, said, reason, by, at, expiresAt, clearedAt } = assertion;
  return {
    id,
    about: said.about,
    stage: said.about === "stage" ? said.stage : null,
    polarity: said.about === "stage" ? said.says : null,
    health: said.about === "health" ? said.value : null,
    reason,
    by,
    at,
    expiresAt,
    endedAt: clearedAt !== undefined && endOf(assertion) === clearedAt ? clearedAt : null,
  };
};

export const UpdateJson = z
  .object({
    id: z.string(),
    about: z.string().describe("Id of the feature or initiative."),
    health: z.enum(HEALTH_VALUES).nullable(),
    text: z.string().describe("Plain text, as the person wrote it."),
    by: Author,
    at: Time,
  })
  .meta({ id: "Update" });

export const updateJson = ({ health, ...rest }: Update): z.input<typeof UpdateJson> => ({
  ...rest,
  health: health ?? null,
});
