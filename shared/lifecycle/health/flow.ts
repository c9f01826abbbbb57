import type { Instant } from "../../domain/instant.ts";
import { percentile } from "../../flow/spread.ts";
import { DAY } from "../rule-set.ts";
import { listed } from "../sentence.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { HealthInput, WorkItemSummary } from "./input.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, isDelivered, isOpen, isStarted, isUnderWay, keyOf } from "./standing.ts";

const USUAL_FROM = 10;
const USUAL_WITHIN_DAYS = 90;
const USUAL_SHARE = 0.85;

/** What was found, and when time alone may find more. */
interface Found {
  readonly findings: readonly Finding[];
  readonly turns: readonly number[];
}

/** Whether work moves: nothing blocked for long, nothing older than usual, and not silent. */
export const flow = (input: HealthInput, rules: HealthRules): Dimension => {
  if (!isUnderWay(input)) return notApplicable("flow", "no work is under way");
  const open = input.items.filter(({ fields }) => isOpen(fields));
  const found = [blockedItems(input, open, rules), oldItems(input, open), silence(input, open, rules)];
  const dimension = judged(
    "flow",
    found.flatMap(({ findings }) => findings),
    {
      text: "work moves: nothing is blocked for long, older than usual or silent",
      threshold: `blocked for less than ${rules.flow.blockedAtRiskDays} d, active within ${rules.flow.quietDays} d`,
      evidence: open.filter(({ fields }) => isStarted(fields)).map(({ source }) => source.url),
      dataAt: newest([...input.items.map(({ sourceUpdatedAt }) => sourceUpdatedAt), input.lastFactAt]),
      isRequired: true,
      turns: found.flatMap(({ turns }) => turns),
    },
  );
  return unlessBlind(dimension, input, "work");
};

const blockedItems = (input: HealthInput, open: readonly WorkItemSummary[], { flow: rules }: HealthRules): Found => {
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const { blockedAtRiskDays, blockedOffTrackDays } = rules;
  const findings: Finding[] = [];
  const turns: number[] = [];
  for (const item of open.filter(({ fields }) => fields.isBlocked)) {
    // Trackers seldom tell since when: it is blocked for at least as long as nothing was changed about it.
    const told = item.past?.blocked.at(-1);
    const isTold = told !== undefined && told.to === undefined && told.from < item.sourceUpdatedAt;
    const at = Date.parse(isTold ? told.from : item.sourceUpdatedAt);
    turns.push(at + blockedAtRiskDays * DAY, at + blockedOffTrackDays * DAY);
    const level =
      now >= at + blockedOffTrackDays * DAY ? "off_track" : now >= at + blockedAtRiskDays * DAY ? "at_risk" : undefined;
    if (level === undefined) continue;
    findings.push({
      level,
      text: `${keyOf(item)} is blocked${byWhom(item)}${isTold ? "" : ", without change"} since ${day(at)}`,
      value: `since ${day(at)}`,
      threshold: `less than ${level === "off_track" ? blockedOffTrackDays : blockedAtRiskDays} d`,
      evidence: [item.source.url],
    });
  }
  return { findings, turns };
};

const byWhom = ({ blockers = [] }: WorkItemSummary): string => (blockers.length === 0 ? "" : ` by ${listed(blockers)}`);

const oldItems = (input: HealthInput, open: readonly WorkItemSummary[]): Found => {
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const findings: Finding[] = [];
  const turns: number[] = [];
  for (const item of open.filter(({ fields }) => isStarted(fields))) {
    const usual = usualAge(input, item.fields.type.category, now);
    const at = Date.parse(item.past?.startedAt ?? item.fields.startedAt ?? "");
    if (usual === undefined || Number.isNaN(at)) continue;
    turns.push(at + usual, at + 2 * usual);
    if (now < at + usual) continue;
    const threshold = `at most ${Math.ceil(usual / DAY)} d`;
    findings.push({
      level: now >= at + 2 * usual ? "off_track" : "at_risk",
      text: `${keyOf(item)} has been in progress since ${day(at)}; 85 % of similar items take ${threshold}`,
      value: `since ${day(at)}`,
      threshold,
      evidence: [item.source.url],
    });
  }
  for (const { fields } of input.peers ?? input.items)
    if (fields.completedAt !== undefined) turns.push(Date.parse(fields.completedAt) + USUAL_WITHIN_DAYS * DAY);
  return { findings, turns };
};

/** How long 85 % of the finished items of a type took over 90 d, in milliseconds; undefined if fewer than ten are known. */
const usualAge = ({ peers, items }: HealthInput, type: string, now: number): number | undefined => {
  const ages = (peers ?? items).flatMap(({ fields }) => {
    if (fields.type.category !== type || fields.startedAt === undefined || fields.completedAt === undefined) return [];
    const ended = Date.parse(fields.completedAt);
    return ended <= now && ended > now - USUAL_WITHIN_DAYS * DAY ? [ended - Date.parse(fields.startedAt)] : [];
  });
  return ages.length < USUAL_FROM ? undefined : percentile(ages, USUAL_SHARE);
};

const silence = (input: HealthInput, open: readonly WorkItemSummary[], { flow: { quietDays } }: HealthRules): Found => {
  const isWorking = open.length > 0 || input.explanation.stages.development.state !== "done";
  const times = timesOf(input);
  const last = times.at(-1);
  if (!isWorking || last === undefined || isDelivered(input)) return { findings: [], turns: [] };
  const quiet = Math.max(quietDays * DAY, usualGap(times, last) ?? 0);
  if (Date.parse(input.asOf) < last + quiet) return { findings: [], turns: [last + quiet] };
  const day = dayOf(input)(last);
  const days = Math.ceil(quiet / DAY);
  const finding = {
    level: "at_risk",
    text: `no activity since ${day}, for more than ${days} d`,
    value: `since ${day}`,
    threshold: `within ${days} d`,
    evidence: open.map(({ source }) => source.url),
  } as const;
  return { findings: [finding], turns: [last + quiet] };
};

/** When something happened, oldest first, each moment once. */
const timesOf = ({ items, lastFactAt, activity = [], asOf }: HealthInput): number[] => {
  const told: (Instant | undefined)[] = [
    ...items.map(({ sourceUpdatedAt }) => sourceUpdatedAt),
    lastFactAt,
    ...activity,
  ];
  const times = told.flatMap((at) => (at === undefined || at > asOf ? [] : [Date.parse(at)]));
  return [...new Set(times)].sort((a, b) => a - b);
};

/** The silence that 85 % of those of the last 90 d before the last sign of life did not exceed. */
const usualGap = (times: readonly number[], last: number): number | undefined => {
  const recent = times.filter((at) => at > last - USUAL_WITHIN_DAYS * DAY);
  const gaps = recent.slice(1).map((at, index) => at - (recent[index] ?? at));
  return gaps.length < USUAL_FROM ? undefined : percentile(gaps, USUAL_SHARE);
};
