import { waitsSince } from "../../domain/experiment-outcome.ts";
import { trustOf } from "../../domain/experiment-trust.ts";
import { DAY } from "../rule-set.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { Around, HealthInput } from "./input.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, percent } from "./standing.ts";

/** Whether its experiments can be trusted, do no harm and get decided. */
export const experiment = (input: HealthInput, rules: HealthRules): Dimension => {
  const begun = (input.experiments ?? []).filter(({ fields }) => fields.status.category !== "draft");
  if (begun.length === 0) return notApplicable("experiment", "no experiment was started");
  const waiting = begun.filter((one) => waitsSince(one) !== undefined);
  const isRunning = begun.some(({ fields }) => fields.status.category === "running");
  const dimension = judged(
    "experiment",
    begun.flatMap((one) => findingsOf(one, input, rules)),
    {
      text: isRunning
        ? "running, with no problems found"
        : waiting.length > 0
          ? "ended, waiting for a decision"
          : "decided",
      threshold: `sample ratio p of at least ${rules.experiment.sampleRatioBelow}`,
      evidence: begun.map(({ source }) => source.url),
      dataAt: newest(begun.map(({ fields, sourceUpdatedAt }) => fields.snapshot?.at ?? sourceUpdatedAt)),
      isRequired: isRunning,
      turns: begun.flatMap((one) => turnsOf(one, rules)),
    },
  );
  const told = unlessBlind(dimension, input, "experiment");
  return waiting.length === 0 ? told : { ...told, waiting: waiting.map(({ id, fields: { name } }) => ({ id, name })) };
};

const findingsOf = (one: Around<"experiment">, input: HealthInput, rules: HealthRules): Finding[] => {
  const { name, status, decision, snapshot } = one.fields;
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const { sampleRatioBelow, multipleAbove, reviewDays, fewestUsers } = rules.experiment;
  const evidence = [one.source.url];
  const findings: Finding[] = [];
  const isRunning = status.category === "running";
  if (decision?.category === "rollback")
    findings.push({
      level: "off_track",
      gates: true,
      evidence,
      text: `experiment ${name} was decided against: rolled back`,
      value: decision.detail,
    });
  const isShipped = decision?.category === "ship";
  // Once decided, what its numbers said is history.
  if (snapshot !== undefined && (isRunning || decision === undefined) && !isShipped) {
    const { isSkewed, isMixed, mixed, people, share } = trustOf(snapshot, rules.experiment);
    if (isSkewed)
      findings.push({
        level: "off_track",
        gates: true,
        evidence,
        text: `experiment ${name}: sample ratio mismatch, the split between variations is not to be trusted`,
        value: `p ${snapshot.srmP}`,
        threshold: `at least ${sampleRatioBelow}`,
      });
    if (isMixed)
      findings.push({
        level: "off_track",
        gates: true,
        evidence,
        text: `experiment ${name}: ${mixed} of ${people} people saw more than one variation`,
        value: percent(share),
        threshold: `at most ${percent(multipleAbove)}`,
      });
    for (const harm of harmsOf(one, input))
      findings.push({
        level: "off_track",
        gates: true,
        evidence,
        text: `experiment ${name}: guardrail ${harm.metric} is worse in ${harm.variation}`,
        value: harm.interval,
        threshold: "an interval that reaches the good side",
      });
    const least = Math.min(...snapshot.users.map(({ users }) => users));
    if (isRunning && poweredAt(one, rules) <= now && least < fewestUsers)
      findings.push({
        level: "at_risk",
        evidence,
        text: `experiment ${name} has too few users to tell anything: ${least} in its smallest variation`,
        value: `${least} users`,
        threshold: `at least ${fewestUsers}`,
      });
  }
  const ended = Date.parse(one.fields.endedAt ?? "");
  if (isRunning && now >= ended)
    findings.push({
      level: "at_risk",
      evidence,
      text: `experiment ${name} is still running past its end, ${day(ended)}`,
      value: "running",
      threshold: `until ${day(ended)}`,
    });
  const waits = Date.parse(waitsSince(one) ?? "");
  if (now >= waits + reviewDays * DAY)
    findings.push({
      level: "at_risk",
      evidence,
      text: `experiment ${name} has been waiting for a decision since ${day(waits)}`,
      value: `since ${day(waits)}`,
      threshold: `within ${reviewDays} d`,
    });
  return findings;
};

const turnsOf = (one: Around<"experiment">, rules: HealthRules): number[] =>
  [
    poweredAt(one, rules),
    Date.parse(one.fields.endedAt ?? ""),
    Date.parse(waitsSince(one) ?? "") + rules.experiment.reviewDays * DAY,
  ].filter(Number.isFinite);

const poweredAt = ({ fields }: Around<"experiment">, { experiment: { powerDays } }: HealthRules): number => {
  const at = Date.parse(fields.startedAt ?? "");
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at + powerDays * DAY;
};

/** Guardrails whose interval lies wholly on the bad side. Where nobody says which side is good, more is. */
const harmsOf = ({ fields }: Around<"experiment">, { metrics = [] }: HealthInput) =>
  (fields.snapshot?.results ?? []).flatMap(({ metric, role, variation, interval }) => {
    if (role !== "guardrail" || interval === undefined) return [];
    const told = metrics.find((one) => one.fields.name === metric || one.fields.key === metric);
    const [low, high] = interval;
    const isBad = told?.fields.direction === "down_good" ? low > 0 : high < 0;
    return isBad ? [{ metric, variation, interval: `${percent(low)} to ${percent(high)}` }] : [];
  });
