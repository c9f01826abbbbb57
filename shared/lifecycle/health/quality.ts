import { DAY, HOUR } from "../rule-set.ts";
import { counted, listed } from "../sentence.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { HealthInput } from "./input.ts";
import { chanceOfAtLeast } from "./poisson.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, isOpen, isUnderWay, keyOf, percent } from "./standing.ts";

const WEEK = 7 * DAY;
const BASELINE_WEEKS = 4;
const FEWEST_PER_WEEK = 0.25;
const REOPENED_WITHIN = 28 * DAY;

/** Whether more bugs come than before, work comes back, an urgent bug waits, or its deployment broke something. */
export const quality = (input: HealthInput, { quality: rules }: HealthRules): Dimension => {
  if (!isUnderWay(input)) return notApplicable("quality", "no work is under way");
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const bugs = input.items.flatMap((item) => {
    const at = Date.parse(item.sourceCreatedAt ?? "");
    return item.fields.type.category === "bug" && at <= now ? [{ item, at }] : [];
  });
  const inflow = inflowOf(
    bugs.map(({ at }) => at),
    now,
  );
  const told = `${counted(inflow.recent, "bug")} within 7 d, usual ${inflow.usual} per week`;
  const findings: Finding[] = [];
  if (inflow.recent >= rules.fewestBugs && inflow.chance < rules.atRiskBelow)
    findings.push({
      level: inflow.chance < rules.offTrackBelow ? "off_track" : "at_risk",
      text: told,
      value: `${inflow.recent} in 7 d`,
      threshold: `usual ${inflow.usual} per week`,
      evidence: bugs.filter(({ at }) => at > now - WEEK).map(({ item }) => item.source.url),
    });
  const urgent = bugs.filter(({ item }) => isOpen(item.fields) && item.fields.priority?.category === "urgent");
  for (const { item, at } of urgent)
    if (now >= at + rules.urgentHours * HOUR)
      findings.push({
        level: "off_track",
        text: `urgent bug ${keyOf(item)} open since ${day(at)}`,
        value: `since ${day(at)}`,
        threshold: `less than ${rules.urgentHours} h`,
        evidence: [item.source.url],
      });
  const closings = input.items.flatMap(({ past }) => past?.closedAt ?? []).map(Date.parse);
  const reopened = reopenedItems(input, now);
  const closed = closings.filter((at) => at <= now && at > now - REOPENED_WITHIN).length;
  if (closed >= rules.fewestClosed && reopened.count / closed > rules.reopenedAbove)
    findings.push({
      level: "at_risk",
      text: `${reopened.count} of ${closed} items closed within 28 d were opened again: ${listed(reopened.items.map(keyOf))}`,
      value: percent(reopened.count / closed),
      threshold: `at most ${percent(rules.reopenedAbove)}`,
      evidence: reopened.items.map(({ source }) => source.url),
    });
  for (const incident of incidentsOf(input))
    findings.push({
      level: "off_track",
      gates: true,
      text: `its deployment caused an incident: ${incident.name}`,
      value: incident.name,
      threshold: "no open incident",
      evidence: [incident.url],
    });
  const dimension = judged("quality", findings, {
    text: told,
    value: `${inflow.recent} in 7 d`,
    threshold: `usual ${inflow.usual} per week`,
    evidence: bugs.map(({ item }) => item.source.url),
    dataAt: newest(input.items.map(({ sourceUpdatedAt }) => sourceUpdatedAt)),
    isRequired: true,
    turns: [
      ...bugs.flatMap(({ at }) => [at + WEEK, at + (1 + BASELINE_WEEKS) * WEEK]),
      ...urgent.map(({ at }) => at + rules.urgentHours * HOUR),
      ...[...closings, ...reopened.times].map((at) => at + REOPENED_WITHIN),
    ],
  });
  return unlessBlind(dimension, input, "work");
};

/**
 * What came in the last 7 d, beside the weekly mean of the 4 weeks before.
 *
 * @param growth how many times as many are there now who might bring something
 */
export const inflowOf = (times: readonly number[], now: number, growth = 1) => {
  const recent = times.filter((at) => at <= now && at > now - WEEK).length;
  const before = times.filter((at) => at <= now - WEEK && at > now - (1 + BASELINE_WEEKS) * WEEK).length;
  const mean = (before / BASELINE_WEEKS) * growth;
  return {
    recent,
    usual: Math.round(mean * 10) / 10,
    chance: chanceOfAtLeast(recent, Math.max(mean, FEWEST_PER_WEEK)),
  };
};

const reopenedItems = ({ items }: HealthInput, now: number) => {
  const times = items.flatMap(({ past }) => past?.reopenedAt ?? []).map(Date.parse);
  const isRecent = (at: number) => at <= now && at > now - REOPENED_WITHIN;
  return {
    times,
    count: times.filter(isRecent).length,
    items: items.filter(({ past }) => past?.reopenedAt.some((at) => isRecent(Date.parse(at)))),
  };
};

/** Open incidents that name a deployment of the feature as their cause, be they records of their own or items. */
const incidentsOf = ({ incidents = [], items, deploymentIds = [], asOf }: HealthInput) => {
  const carried = new Set(deploymentIds);
  const isOurs = (causes: readonly string[] | undefined) => causes?.some((id) => carried.has(id)) === true;
  const own = incidents.filter(
    ({ causes, resolvedAt, goneAt }) =>
      isOurs(causes) && goneAt === undefined && (resolvedAt === undefined || resolvedAt > asOf),
  );
  const tracked = items.flatMap((item) =>
    item.fields.type.category === "incident" && isOpen(item.fields) && isOurs(item.past?.causes)
      ? [{ name: keyOf(item), url: item.source.url }]
      : [],
  );
  return [...own.map(({ name, url }) => ({ name, url })), ...tracked];
};
