import { DAY } from "../rule-set.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { Around, HealthInput } from "./input.ts";
import type { HealthRules } from "./rules.ts";
import { dayOf, exposedAt, percent } from "./standing.ts";

interface Judged {
  readonly metric: Around<"metric">;
  readonly target: number;
  /** epoch milliseconds, the end of the agreed day */
  readonly due: number;
}

/** Whether customers use it as much as was agreed, from the agreed day on. */
export const adoption = (input: HealthInput, rules: HealthRules): Dimension => {
  const exposed = exposedAt(input);
  if (exposed === undefined) return notApplicable("adoption", "customers do not have it yet");
  const wanted = (input.metrics ?? []).flatMap((metric) => wantedOf(metric, input, rules, exposed));
  if (wanted.length === 0) return notApplicable("adoption", "none of its metrics has a target");
  const now = Date.parse(input.asOf);
  const day = dayOf(input);
  const due = wanted.filter((one) => one.due <= now);
  const reached = due.flatMap(({ metric, target }) => {
    const value = lastValues(metric, 1)[0];
    return value === undefined ? [] : [{ metric, target, value, share: shareOf(metric, value, target) }];
  });
  const findings = reached.flatMap(({ metric, target, value, share }): Finding[] =>
    share >= 1
      ? []
      : [
          {
            level: share < rules.adoption.offTrackBelow ? "off_track" : "at_risk",
            text: `${metric.fields.name} is at ${percent(share)} of its target (${numeral(value)} of ${numeral(target)})`,
            value: numeral(value),
            threshold: numeral(target),
            evidence: [metric.source.url],
          },
        ],
  );
  const next = wanted.map((one) => one.due).sort((a, b) => a - b)[0] ?? now;
  const [first] = reached;
  const dimension = judged("adoption", findings, {
    text: due.length === 0 ? `to be judged from ${day(next)} on` : "as many use it as was agreed",
    ...(first !== undefined && { value: numeral(first.value), threshold: numeral(first.target) }),
    evidence: wanted.map(({ metric }) => metric.source.url),
    dataAt: newest(wanted.map(({ metric }) => metric.sourceUpdatedAt)),
    turns: wanted.map((one) => one.due),
  });
  if (due.length > 0 && reached.length < due.length && findings.length === 0) {
    const text = "a metric with a target has no values yet";
    return { ...dimension, level: "unknown", text, reasons: [text] };
  }
  return unlessBlind(dimension, input, "adoption");
};

const wantedOf = (
  metric: Around<"metric">,
  input: HealthInput,
  { adoption: rules }: HealthRules,
  exposed: string,
): Judged[] => {
  const { name, key = "" } = metric.fields;
  const given = rules.targets;
  const agreed =
    (Object.hasOwn(given, name) ? given[name] : Object.hasOwn(given, key) ? given[key] : undefined) ??
    input.agreed?.find(({ metricId }) => metricId === metric.id);
  if (agreed === undefined || agreed.target === 0) return [];
  const due = agreed.by === undefined ? Date.parse(exposed) + rules.afterDays * DAY : Date.parse(agreed.by) + DAY;
  return [{ metric, target: agreed.target, due }];
};

/** 1 is the target itself, whichever way is good. */
const shareOf = ({ fields }: Around<"metric">, value: number, target: number): number =>
  fields.direction === "down_good" ? (value <= 0 ? 1 : target / value) : value / target;

const numeral = (value: number): string => String(Math.round(value * 100) / 100);

/** The newest values of a metric over everybody, oldest first; an interval that is not over is left out. */
export const lastValues = ({ fields }: Around<"metric">, count: number): number[] =>
  (fields.points ?? [])
    .filter(({ isPartial, segment }) => isPartial !== true && segment === undefined)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-count)
    .map(({ value }) => value);
