import * as z from "zod";
import { HEALTH_VALUES } from "./entity.ts";
import { IDENTITY_RULES } from "./identity.ts";
import { STAGES } from "./stage.ts";

export const Named = z.object({ id: z.string(), key: z.string().optional(), name: z.string(), url: z.string() });
export const Stage = z.enum(STAGES).nullable().describe("headline stage; null when nothing is established");
export const Health = z.enum([...HEALTH_VALUES, "unknown"]);
export const Cause = z.enum(["sync", "override", "replay", "rule_change", "time"]);
export const productIds = z.array(z.string());
export const onFeature = { feature: Named, productIds, cause: Cause };
export const onPersons = {
  persons: z.array(z.string()).describe("ids of the persons, before and after"),
  accounts: z.array(z.string()).describe("ids of the accounts"),
  rule: z.enum(IDENTITY_RULES).nullable(),
  cause: Cause,
};
const connection = z.object({ id: z.string(), name: z.string() });
export const onConnection = {
  connection,
  stream: z.string(),
  scope: z.string().describe("the part of the tool that was read, e.g. a repository; empty for all of it"),
};

/** What is known of a type of event. */
export interface EventType<Data extends z.ZodObject = z.ZodObject> {
  /** Ends the sentence "Fires when …". */
  readonly when: string;
  /** Ends the sentence "Not when …". */
  readonly not?: string | undefined;
  /** False: it stays in the change log and never goes out. */
  readonly public: boolean;
  /** So frequent that it comes into being only where the config asks for it. */
  readonly optIn: boolean;
  readonly data: Data;
}

interface Told<Data extends z.ZodObject> {
  readonly when: string;
  readonly not?: string;
  readonly optIn?: boolean;
  readonly data: Data;
}

/** A type of event that goes out. */
export const told = <Data extends z.ZodObject>(type: Told<Data>): EventType<Data> => ({
  public: true,
  optIn: false,
  ...type,
});

/** A type of event that stays in the change log. */
export const kept = <Data extends z.ZodObject>(type: Told<Data>): EventType<Data> => ({
  optIn: false,
  ...type,
  public: false,
});
