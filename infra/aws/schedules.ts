import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Construct } from "constructs";
import { reportsOf } from "../../shared/platform/reports.ts";
import { awsCron, scheduleWords } from "../../shared/report/schedule.ts";
import { allow } from "./grants.ts";
import type { HubFunction } from "./hub-function.ts";

/** So much of an interval a timer may come late, so that connections do not all start at the same moment. */
const JITTER = 1 / 5;
/** Scheduler puts the moment of the round in its place: a round that waited too long is left out. */
const MEANT_FOR = "<aws.scheduler.scheduled-time>";
const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440 };

const RETRY = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 };

/** Timers of the functions that the topology starts by time: one for each connection, one for the rest. */
export const schedules = (scope: Construct, functions: readonly HubFunction[]): void => {
  const timed = functions.flatMap((one) =>
    one.deployed.row.on.flatMap((trigger) => {
      if ("everyMinutes" in trigger) return [{ ...one, minutes: trigger.everyMinutes, input: "{}" }];
      if (!("everyConnection" in trigger)) return [];
      return Object.entries(one.deployed.config.connections).map(([connection, { pollEvery }]) => ({
        ...one,
        minutes: pollEvery === undefined ? Number.parseInt(trigger.everyConnection, 10) : minutesOf(pollEvery),
        input: JSON.stringify({ connection, timer: MEANT_FOR }),
      }));
    }),
  );
  const invoke = allow(
    ["lambda:InvokeFunction"],
    timed.map(({ fn }) => fn.functionArn),
  );
  const { roleArn } = new Role(scope, "Timers-role", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com"),
    managedPolicies: [new ManagedPolicy(scope, "Timers-grants", { statements: [invoke] })],
  });
  for (const { deployed, fn } of functions) {
    if (!deployed.row.on.some((trigger) => "schedule" in trigger)) continue;
    for (const { name, schedule, zone } of reportsOf(deployed.config))
      new CfnSchedule(scope, `${deployed.name}-${name}-timer`, {
        description: `Report ${name}: ${scheduleWords(schedule, zone)}`,
        scheduleExpression: awsCron(schedule),
        scheduleExpressionTimezone: zone,
        flexibleTimeWindow: { mode: "OFF" },
        // What is missed all the same is made up for by the function's other timer.
        target: { arn: fn.functionArn, roleArn, input: JSON.stringify({ report: name }), retryPolicy: RETRY },
      });
  }
  for (const { deployed, fn, minutes, input } of timed) {
    const late = Math.floor(minutes * JITTER);
    new CfnSchedule(scope, `${deployed.name}-timer`, {
      description: `${deployed.name} every ${minutes} minutes`,
      scheduleExpression: `rate(${minutes} ${minutes === 1 ? "minute" : "minutes"})`,
      flexibleTimeWindow: late < 1 ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: Math.min(60, late) },
      target: {
        arn: fn.functionArn,
        roleArn,
        input,
        // What is missed now is made up for by the next round.
        retryPolicy: RETRY,
      },
    });
  }
};

/** `30s` as 1: a schedule of AWS counts in minutes. */
const minutesOf = (duration: string): number =>
  Math.max(1, Math.ceil(Number(duration.slice(0, -1)) * (MINUTES[duration.slice(-1)] ?? 1)));
