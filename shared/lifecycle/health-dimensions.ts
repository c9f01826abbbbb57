import type { Stage } from "../domain/stage.ts";
import type { Dimension, HealthInput, Level, WorkItemSummary } from "./health-input.ts";
import { chanceOfAtLeast } from "./poisson.ts";
import { DAY, HOUR, RULE_SET } from "./rule-set.ts";
import { counted, dayIn, listed } from "./sentence.ts";

type Finding = readonly [level: "at_risk" | "off_track", reason: string];

const MONTHS_OF = { month: 1, quarter: 3, half_year: 6, year: 12 } as const;

/** The moment a target has passed: "March" means the end of March. Undefined if there is none. */
export const targetEndOf = ({ feature }: HealthInput): number | undefined => {
  const { targetDate, targetDateResolution = "day" } = feature.fields;
  if (targetDate === undefined) return undefined;
  const date = new Date(`${targetDate}T00:00:00.000Z`);
  if (targetDateResolution === "day") return date.getTime() + DAY;
  const months = MONTHS_OF[targetDateResolution];
  return Date.UTC(date.getUTCFullYear(), (Math.floor(date.getUTCMonth() / months) + 1) * months, 1);
};

const isStarted = ({ status }: WorkItemSummary["fields"]): boolean =>
  status.category === "in_progress" || status.category === "in_review";

const isOpen = ({ status }: WorkItemSummary["fields"]): boolean =>
  status.category !== "done" && status.category !== "cancelled";

/** Days as texts name them; by the year of the newest record, so that no text changes because time passes. */
const dayOf = ({ feature, items }: HealthInput) =>
  dayIn(
    Number.parseInt(
      [feature, ...items]
        .map(({ sourceUpdatedAt }) => sourceUpdatedAt)
        .toSorted()
        .at(-1) ?? "",
      10,
    ),
  );

const keyOf = ({ source }: WorkItemSummary): string => source.key ?? source.externalId;

/** Whether a stage is active or done beyond doubt. */
const isReached = ({ explanation }: HealthInput, stage: Stage): boolean => {
  const { state, confidence } = explanation.stages[stage];
  return (state === "active" || state === "done") && confidence >= RULE_SET.establishedAt[stage];
};

/** From development on there is work to judge; a feature that is out and has nothing open is judged by its users. */
export const isUnderWay = (input: HealthInput): boolean =>
  input.items.some(({ fields }) => isStarted(fields)) ||
  isReached(input, "development") ||
  input.explanation.stages.development.state === "regressed" ||
  isReached(input, "testing") ||
  isReached(input, "production");

const isVisible = ({ coverage }: HealthInput, stage: Stage): boolean =>
  coverage.some((one) => one.stage === stage && one.visible);

/** Customers have it; or nobody could see that they have it, and the work is done. */
const isDelivered = (input: HealthInput): boolean =>
  isReached(input, "production") ||
  (input.explanation.stages.production.state === "unknown" &&
    (input.explanation.stages.development.state === "done" ||
      input.feature.fields.declaredStatus.category === "completed"));

const dimension = (name: Dimension["name"], findings: readonly Finding[], turns: readonly number[]): Dimension => {
  const level: Level = findings.some(([found]) => found === "off_track")
    ? "off_track"
    : findings.length > 0
      ? "at_risk"
      : "on_track";
  const worstFirst = findings.toSorted(([a], [b]) => (a === b ? 0 : a === "off_track" ? -1 : 1));
  return { name, level, reasons: worstFirst.map(([, reason]) => reason), turns };
};

const none = (name: Dimension["name"], level: "unknown" | "not_applicable", reason?: string): Dimension => ({
  name,
  level,
  reasons: reason === undefined ? [] : [reason],
  turns: [],
});

const blind = (name: Dimension["name"], { coverage }: HealthInput): Dimension =>
  none(
    name,
    "unknown",
    coverage.find(({ stage }) => stage === "development")?.reason ?? "no connected tool shows the work",
  );

/** Bad news found in data that we hold stands, good news needs data that is fresh. */
const unlessBlind = (found: Dimension, input: HealthInput): Dimension =>
  found.level === "off_track" || found.level === "at_risk" || isVisible(input, "development")
    ? found
    : { ...blind(found.name, input), turns: found.turns };

const DUE_SOON_DAYS = 7;
const DONE_ENOUGH = 0.7;

/** By due dates: forecasts need more history than trackers alone give (lifecycle reference, 9). */
export const schedule = (input: HealthInput): Dimension => {
  const now = Date.parse(input.asOf);
  const end = targetEndOf(input);
  if (isDelivered(input)) return end === undefined ? none("schedule", "not_applicable") : dimension("schedule", [], []);
  const late = input.items.filter(
    ({ fields }) => isOpen(fields) && fields.dueAt !== undefined && dueEnd(fields.dueAt) <= now,
  );
  const dues = input.items.flatMap(({ fields }) =>
    isOpen(fields) && fields.dueAt !== undefined ? [dueEnd(fields.dueAt)] : [],
  );
  if (end === undefined && dues.length === 0) return none("schedule", "not_applicable");

  const day = dayOf(input);
  const findings: Finding[] = [];
  if (end !== undefined) {
    const counting = input.items.filter(({ fields }) => fields.status.category !== "cancelled");
    const done = counting.filter(({ fields }) => fields.status.category === "done").length;
    const progress = `${done} of ${counted(counting.length, "work item")} done`;
    if (now >= end) findings.push(["off_track", `the target ${day(end - DAY)} has passed and it is not in production`]);
    else if (now >= end - DUE_SOON_DAYS * DAY && (counting.length === 0 || done / counting.length < DONE_ENOUGH))
      findings.push(["at_risk", `the target is ${day(end - DAY)}, and ${progress}`]);
  }
  if (late.length > 0)
    findings.push(["at_risk", `${counted(late.length, "work item")} past the due date: ${listed(late.map(keyOf))}`]);
  const turns = [...dues, ...(end === undefined ? [] : [end, end - DUE_SOON_DAYS * DAY])];
  return unlessBlind(dimension("schedule", findings, turns), input);
};

const dueEnd = (dueAt: string): number => Date.parse(`${dueAt}T00:00:00.000Z`) + DAY;

const QUIET_DAYS = 7;
const BLOCKED_DAYS = { at_risk: 3, off_track: 10 } as const;
const USUAL_FROM = 10;
const USUAL_WITHIN_DAYS = 90;
const PERCENTILE = 0.85;

/** Whether work moves: nothing blocked for long, nothing older than usual, and not silent. */
export const flow = (input: HealthInput): Dimension => {
  if (!isUnderWay(input)) return none("flow", "not_applicable");
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const open = input.items.filter(({ fields }) => isOpen(fields));
  const findings: Finding[] = [];
  const turns: number[] = [];

  for (const item of open.filter(({ fields }) => fields.isBlocked)) {
    // Trackers seldom tell since when: it is blocked for at least as long as nothing was changed about it.
    const at = Date.parse(item.sourceUpdatedAt);
    turns.push(at + BLOCKED_DAYS.at_risk * DAY, at + BLOCKED_DAYS.off_track * DAY);
    if (now >= at + BLOCKED_DAYS.off_track * DAY)
      findings.push(["off_track", `${keyOf(item)} is blocked, without change since ${day(at)}`]);
    else if (now >= at + BLOCKED_DAYS.at_risk * DAY)
      findings.push(["at_risk", `${keyOf(item)} is blocked, without change since ${day(at)}`]);
  }
  for (const item of open.filter(({ fields }) => isStarted(fields))) {
    const usual = usualAge(input, item.fields.type.category, now);
    const at = Date.parse(item.fields.startedAt ?? "");
    if (usual === undefined || Number.isNaN(at)) continue;
    turns.push(at + usual, at + 2 * usual);
    if (now < at + usual) continue;
    const told = `${keyOf(item)} is in progress since ${day(at)}; 85 % of its kind take at most ${Math.ceil(usual / DAY)} d`;
    findings.push([now >= at + 2 * usual ? "off_track" : "at_risk", told]);
  }
  for (const { fields } of input.peers ?? input.items)
    if (fields.completedAt !== undefined) turns.push(Date.parse(fields.completedAt) + USUAL_WITHIN_DAYS * DAY);
  const isWorking = open.length > 0 || input.explanation.stages.development.state !== "done";
  const last = lastActivity(input);
  if (isWorking && last !== undefined && !isDelivered(input)) {
    turns.push(last + QUIET_DAYS * DAY);
    if (now >= last + QUIET_DAYS * DAY)
      findings.push(["at_risk", `no activity since ${day(last)}, for more than ${QUIET_DAYS} d`]);
  }
  return unlessBlind(dimension("flow", findings, turns), input);
};

const lastActivity = ({ items, lastFactAt, asOf }: HealthInput): number | undefined => {
  const times = [
    ...items.map(({ sourceUpdatedAt }) => sourceUpdatedAt),
    ...(lastFactAt === undefined ? [] : [lastFactAt]),
  ];
  const last = times
    .filter((at) => at <= asOf)
    .toSorted()
    .at(-1);
  return last === undefined ? undefined : Date.parse(last);
};

/** How long 85 % of the finished items of a type took over 90 d, in milliseconds; undefined if fewer than ten are known. */
const usualAge = ({ peers, items }: HealthInput, type: string, now: number): number | undefined => {
  const ages = (peers ?? items)
    .flatMap(({ fields }) => {
      if (fields.type.category !== type || fields.startedAt === undefined || fields.completedAt === undefined)
        return [];
      const ended = Date.parse(fields.completedAt);
      return ended <= now && ended > now - USUAL_WITHIN_DAYS * DAY ? [ended - Date.parse(fields.startedAt)] : [];
    })
    .toSorted((a, b) => a - b);
  return ages.length < USUAL_FROM ? undefined : ages.at(Math.ceil(ages.length * PERCENTILE) - 1);
};

const WEEK = 7 * DAY;
const FEWEST_BUGS = 3;
const FEWEST_PER_WEEK = 0.25;
const URGENT_HOURS = 48;

/** Whether more bugs come than the four weeks before let expect, and whether an urgent one waits. */
export const quality = (input: HealthInput): Dimension => {
  if (!isUnderWay(input)) return none("quality", "not_applicable");
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const bugs = input.items.flatMap((item) => {
    const at = Date.parse(item.sourceCreatedAt ?? "");
    return item.fields.type.category === "bug" && at <= now ? [{ item, at }] : [];
  });
  const recent = bugs.filter(({ at }) => at > now - WEEK).length;
  const before = bugs.filter(({ at }) => at <= now - WEEK && at > now - 5 * WEEK).length;
  const chance = chanceOfAtLeast(recent, Math.max(before / 4, FEWEST_PER_WEEK));
  const findings: Finding[] = [];
  if (recent >= FEWEST_BUGS && chance < 0.05)
    findings.push([
      chance < 0.01 ? "off_track" : "at_risk",
      `${recent} bugs within 7 d, usual ${Math.round((before / 4) * 10) / 10} per week`,
    ]);
  const urgent = bugs.filter(({ item }) => isOpen(item.fields) && item.fields.priority?.category === "urgent");
  for (const { item, at } of urgent)
    if (now >= at + URGENT_HOURS * HOUR)
      findings.push(["off_track", `urgent bug ${keyOf(item)} open since ${day(at)}`]);
  const turns = [
    ...bugs.flatMap(({ at }) => [at + WEEK, at + 5 * WEEK]),
    ...urgent.map(({ at }) => at + URGENT_HOURS * HOUR),
  ];
  return unlessBlind(dimension("quality", findings, turns), input);
};
