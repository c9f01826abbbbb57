import { WEEK_MS, weekStart } from "../../flow/week.ts";
import { DAY } from "../rule-set.ts";
import { counted, listed } from "../sentence.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import { type Foreseen, forecastOf } from "./forecast.ts";
import type { HealthInput, WorkItemSummary } from "./input.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, isDelivered, isOpen, keyOf, percent, targetEndOf } from "./standing.ts";

/** Whether the work will be there in time: by forecast where history allows one, else by dates. */
export const schedule = (input: HealthInput, rules: HealthRules): Dimension & { readonly forecast?: Foreseen } => {
  const end = targetEndOf(input);
  if (isDelivered(input)) {
    if (end === undefined) return notApplicable("schedule", "delivered, and no target was set");
    return judged("schedule", [], { text: "it is in production", evidence: [input.feature.source?.url] });
  }
  const dated = input.items.filter(({ fields }) => isOpen(fields) && fields.dueAt !== undefined);
  const found = forecastOf(input);
  const forecast = typeof found === "string" ? undefined : found;
  if (end === undefined && dated.length === 0)
    return {
      ...notApplicable("schedule", "no target date"),
      ...(forecast !== undefined && { forecast }),
      turns: forecast === undefined ? [] : [nextDay(input)],
    };
  const day = dayOf(input);
  const findings = [
    ...(end === undefined ? [] : [...targetFindings(input, rules, end, forecast), ...moveFindings(input, rules)]),
    ...dueFindings(dated, Date.parse(input.asOf)),
  ];
  const dimension = judged("schedule", findings, {
    text:
      forecast === undefined || end === undefined
        ? `nothing is late${typeof found === "string" ? `; ${found}` : ""}`
        : `85 % of forecasts end by ${forecast.p85}, the target is ${day(end - DAY)}`,
    ...(forecast !== undefined && { value: forecast.p85 ?? BEYOND }),
    ...(end !== undefined && { threshold: dateOf(end - DAY) }),
    evidence: [input.feature.source?.url],
    dataAt: newest([input.feature.sourceUpdatedAt, ...input.items.map(({ sourceUpdatedAt }) => sourceUpdatedAt)]),
    isRequired: true,
    turns: [
      ...dated.map(({ fields }) => dueEnd(fields.dueAt ?? "")),
      ...(end === undefined ? [] : [end, end - rules.schedule.dueSoonDays * DAY]),
      // History grows by the week, a forecast is made anew each day.
      forecast === undefined ? weekStart(Date.parse(input.asOf)) + WEEK_MS : nextDay(input),
    ],
  });
  return { ...unlessBlind(dimension, input, "work"), ...(forecast !== undefined && { forecast }) };
};

const BEYOND = "more than 104 weeks away";

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const nextDay = ({ asOf }: HealthInput): number => Date.parse(`${asOf.slice(0, 10)}T00:00:00.000Z`) + DAY;
const dueEnd = (dueAt: string): number => Date.parse(`${dueAt}T00:00:00.000Z`) + DAY;

const targetFindings = (
  input: HealthInput,
  { schedule: { dueSoonDays, doneEnough } }: HealthRules,
  end: number,
  forecast: Foreseen | undefined,
): Finding[] => {
  const now = Date.parse(input.asOf);
  const target = dayOf(input)(end - DAY);
  const evidence = [
    input.feature.source?.url,
    ...input.items.filter(({ fields }) => isOpen(fields)).map(({ source }) => source.url),
  ];
  const common = { threshold: dateOf(end - DAY), evidence, gates: true } as const;
  if (now >= end)
    return [
      {
        ...common,
        level: "off_track",
        text: `the target ${target} has passed and it is not in production`,
        value: "not in production",
      },
    ];
  if (forecast !== undefined) {
    const { p50, p85, ends, basis } = forecast;
    if (ends.p50 > end)
      return [
        {
          ...common,
          level: "off_track",
          value: p50 ?? BEYOND,
          text:
            p50 === null
              ? `at the rate that work is added, it is not done within 104 weeks, and the target is ${target} (${basis})`
              : `half of all forecasts end after ${dayOf(input)(ends.p50 - DAY)}, the target is ${target} (${basis})`,
        },
      ];
    if (ends.p85 > end)
      return [
        {
          ...common,
          level: "at_risk",
          value: p85 ?? BEYOND,
          text: `only some forecasts end by the target ${target}, 85 % by ${p85 === null ? "more than 104 weeks from now" : dayOf(input)(ends.p85 - DAY)} (${basis})`,
        },
      ];
    return [];
  }
  const counting = input.items.filter(({ fields }) => fields.status.category !== "cancelled");
  const done = counting.filter(({ fields }) => fields.status.category === "done").length;
  if (now < end - dueSoonDays * DAY || (counting.length > 0 && done / counting.length >= doneEnough)) return [];
  const progress = `${done} of ${counted(counting.length, "work item")} done`;
  return [{ ...common, level: "at_risk", value: progress, text: `the target is ${target}, and ${progress}` }];
};

/** Targets that move are a warning by themselves, however far away they are now. */
const moveFindings = (input: HealthInput, { schedule: { movedTimes, movedShare } }: HealthRules): Finding[] => {
  const moves = (input.targetMoves ?? []).filter(({ at, from, to }) => at <= input.asOf && from !== to);
  const first = moves[0];
  const last = moves.at(-1);
  if (first === undefined || last === undefined) return [];
  const day = dayOf(input);
  const told = `first ${day(Date.parse(first.from))}, now ${day(Date.parse(last.to))}`;
  const evidence = [input.feature.source?.url];
  if (moves.length >= movedTimes)
    return [
      {
        level: "at_risk",
        text: `the target was moved ${moves.length} times, ${told}`,
        value: `${moves.length} times`,
        threshold: `fewer than ${movedTimes}`,
        evidence,
      },
    ];
  const began = input.feature.fields.startDate ?? input.committedAt ?? input.feature.sourceCreatedAt ?? first.at;
  const duration = Date.parse(first.from) - Date.parse(began);
  const slipped = Date.parse(last.to) - Date.parse(first.from);
  if (slipped <= 0 || (duration > 0 && slipped / duration <= movedShare)) return [];
  const value = duration > 0 ? percent(slipped / duration) : `${Math.round(slipped / DAY)} d`;
  return [
    {
      level: "at_risk",
      text: `the target was moved by ${value} of its time, ${told}`,
      value,
      threshold: `at most ${percent(movedShare)}`,
      evidence,
    },
  ];
};

const dueFindings = (dated: readonly WorkItemSummary[], now: number): Finding[] => {
  const late = dated.filter(({ fields }) => dueEnd(fields.dueAt ?? "") <= now);
  if (late.length === 0) return [];
  const text = `${counted(late.length, "work item")} past the due date: ${listed(late.map(keyOf))}`;
  return [
    {
      level: "at_risk",
      text,
      value: counted(late.length, "work item"),
      threshold: "none",
      evidence: late.map(({ source }) => source.url),
    },
  ];
};
