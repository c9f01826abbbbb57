import { HubError } from "../../shared/connector/errors.ts";
import type { HubOptions } from "./hub-stack.ts";

const NAME = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * The operator's choices from `--context name=value`.
 *
 * @throws HubError config_invalid with the value given and what is allowed
 */
export const optionsOf = (context: (key: string) => unknown): HubOptions => {
  const environment = String(context("env") ?? "dev");
  if (!NAME.test(environment)) throw invalid("env", environment, "at most 20 lower-case letters, digits and hyphens");
  const email = context("alarmEmail");
  if (email !== undefined && !String(email).includes("@")) throw invalid("alarmEmail", email, "a mail address");
  return {
    environment,
    alarms: isOn(context, "alarms", true),
    ...(email !== undefined && { alarmEmail: String(email) }),
    reservedConcurrency: isOn(context, "reservedConcurrency", true),
    tracing: isOn(context, "tracing", false),
    maxWriteUnits: unitsOf(context, "maxWriteUnits", 1000),
    maxReadUnits: unitsOf(context, "maxReadUnits", 3000),
  };
};

/** The command line gives words, cdk.json gives values. */
const isOn = (context: (key: string) => unknown, key: string, otherwise: boolean): boolean => {
  const given = context(key) ?? otherwise;
  if (given !== true && given !== false && given !== "true" && given !== "false")
    throw invalid(key, given, "true or false");
  return String(given) === "true";
};

const unitsOf = (context: (key: string) => unknown, key: string, otherwise: number): number => {
  const given = Number(context(key) ?? otherwise);
  if (!Number.isInteger(given) || given < 10) throw invalid(key, context(key), "a whole number from 10 on");
  return given;
};

const invalid = (key: string, given: unknown, allowed: string): HubError =>
  new HubError("config_invalid", `--context ${key}=${String(given)}: ${allowed}`, { retry: "never" });
