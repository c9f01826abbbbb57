import type { Entity } from "../../domain/entity.ts";
import { decisionWords, resultWords } from "../../domain/experiment-outcome.ts";
import { trustOf } from "../../domain/experiment-trust.ts";
import type { TargetMove } from "../../domain/target-moves.ts";
import type { Block } from "../document.ts";
import { changeText, counted, numberText } from "../figures.ts";
import { daysFrom } from "../period.ts";
import { type About, byText, featureCell, isIn, line, linked, type Section, top } from "../section.ts";

const ROWS = 40;
/** Initiatives whose past is looked up. */
const PLANS = 200;
/** Key results whose metric is looked up. */
const RESULTS = 200;

/** Key results beside their targets, the furthest behind first. */
const objectives: Section = {
  id: "objectives",
  title: "Key results",
  open: ({ hubUrl, period }) => {
    /** Those that changed since the period began, the newest change first: others moved no date in it. */
    const plans = top<Entity<"initiative">>(
      PLANS,
      (a, b) => byText(b.sourceUpdatedAt, a.sourceUpdatedAt) || byText(a.id, b.id),
    );
    const found = top<Entity<"keyResult">>(RESULTS, (a, b) => byText(a.id, b.id));
    const goals = new Map<string, string>();
    return {
      entity: {
        initiative(entity) {
          if (entity.fields.targetDate !== undefined && entity.sourceUpdatedAt >= period.start) plans.add(entity);
        },
        objective({ id, fields }) {
          if (goals.size < 500) goals.set(id, fields.title);
        },
        keyResult(entity) {
          const { status } = entity.fields;
          if (status.category === "cancelled" || status.category === "draft") return;
          found.add(entity);
        },
      },
      end: async ({ targetMoves, keyResult }) => {
        const results = await Promise.all(
          found.items().map(async (entity) => ({ entity, now: await keyResult(entity) })),
        );
        const furthestFirst = results.toSorted(
          (a, b) => (a.now.progress ?? 2) - (b.now.progress ?? 2) || byText(a.now.id, b.now.id),
        );
        const reached = results.filter(({ now: { progress } }) => (progress ?? 0) >= 1).length;
        const moves = await movesIn(period, plans.items(), targetMoves);
        const slips = moves.filter(({ from, to }) => to > from).length;
        return {
          blocks: [
            {
              type: "table",
              caption: "Key results, the furthest from their target first",
              columns: [
                { name: "Key result", kind: "text" },
                { name: "Objective", kind: "text" },
                { name: "Now", kind: "number" },
                { name: "Target", kind: "number" },
                { name: "Reached", kind: "share" },
              ],
              rows: furthestFirst
                .slice(0, ROWS)
                .map(({ entity: { fields, source }, now: { title, unit, current, target, progress } }) => [
                  linked(unit === undefined ? title : `${title} (${unit})`, source.url),
                  line(goals.get(fields.objectiveId ?? "") ?? "none"),
                  current ?? null,
                  target ?? null,
                  progress,
                ]),
              more: found.more() + Math.max(0, results.length - ROWS),
              url: `${hubUrl}/objectives`,
            },
            ...(moves.length === 0 ? [] : [movedPlans(moves, hubUrl)]),
          ],
          lead: [
            ...(reached > 0 ? [`${counted(reached, "key result")} reached`] : []),
            ...(slips > 0 ? [`${counted(slips, "initiative")} slipped`] : []),
          ],
          ...(moves.length > 0 && { isNews: true }),
        };
      },
    };
  },
};

/** An initiative that was promised for another day before the period. */
interface MovedPlan {
  readonly entity: Entity<"initiative">;
  readonly from: string;
  readonly to: string;
  /** Of all time. */
  readonly moves: number;
}

/** What became of each date over the period: several moves are one, and one that came back is none. */
const movesIn = async (
  period: About["period"],
  plans: readonly Entity<"initiative">[],
  movesOf: (id: string) => Promise<readonly TargetMove[]>,
): Promise<MovedPlan[]> => {
  const found: MovedPlan[] = [];
  for (const entity of plans) {
    const all = await movesOf(entity.id);
    const within = all.filter(({ at }) => isIn(period, at));
    const [from, to] = [within[0]?.from, within.at(-1)?.to];
    if (from !== undefined && to !== undefined && from !== to) found.push({ entity, from, to, moves: all.length });
  }
  return found.sort((a, b) => daysFrom(b.from, b.to) - daysFrom(a.from, a.to) || byText(a.entity.id, b.entity.id));
};

const movedPlans = (moves: readonly MovedPlan[], hubUrl: string): Block => ({
  type: "table",
  caption: "Initiatives whose date moved, the furthest first",
  columns: [
    { name: "Initiative", kind: "text" },
    { name: "From", kind: "day" },
    { name: "To", kind: "day" },
    { name: "Days", kind: "number" },
    { name: "Moves so far", kind: "number" },
  ],
  rows: moves.map(({ entity, from, to, moves: so }) => [
    { text: line(entity.fields.title), url: `${hubUrl}/initiatives/${entity.id}` },
    from,
    to,
    daysFrom(from, to),
    so,
  ]),
  more: 0,
  url: `${hubUrl}/objectives`,
});

interface Shown {
  readonly entity: Entity<"experiment">;
  readonly features: readonly string[];
}

/** The best result of a goal metric, in words: effect with its interval. */
const effectOf = ({ snapshot, variations }: Entity<"experiment">["fields"]): string => {
  const controls = new Set(variations.filter(({ isControl }) => isControl).map(({ key }) => key));
  const results = (snapshot?.results ?? []).filter(
    ({ role, lift, variation }) => role === "goal" && lift !== undefined && !controls.has(variation),
  );
  const best = results.toSorted((a, b) => (b.lift ?? 0) - (a.lift ?? 0))[0];
  if (best?.lift === undefined) return "not reported";
  const sure = best.confidence === undefined ? "" : ` at ${numberText(best.confidence * 100)}%`;
  const range = best.interval && ` (${changeText(best.interval[0])} to ${changeText(best.interval[1])}${sure})`;
  return `${changeText(best.lift)}${range ?? ""}`;
};

const daysOf = ({ startedAt, endedAt }: Entity<"experiment">["fields"], now: string): number | null =>
  startedAt === undefined
    ? null
    : Math.max(0, Math.round((Date.parse(endedAt ?? now) - Date.parse(startedAt)) / 86_400_000));

/** Experiments that ended in the period, and, where `all` is asked for, those that run. */
const experimentsWith = (id: string, title: string, all: boolean): Section => ({
  id,
  title,
  open: ({ period, madeAt, hubUrl }) => {
    const found = top<Shown>(ROWS, (a, b) => byText(b.entity.fields.endedAt ?? "9", a.entity.fields.endedAt ?? "9"));
    let ended = 0;
    return {
      entity: {
        experiment(entity, features) {
          const isOver = isIn(period, entity.fields.endedAt);
          if (isOver) ended += 1;
          if (isOver || (all && entity.fields.status.category === "running")) found.add({ entity, features });
        },
      },
      async end(lookups) {
        const named = await lookups.features(found.items().flatMap(({ features }) => features.slice(0, 1)));
        return {
          blocks: [
            {
              type: "table",
              caption: all ? "Experiments that run, and those that ended" : "Experiments that ended",
              columns: [
                { name: "Experiment", kind: "text" },
                { name: "Feature", kind: "text" },
                { name: "Days", kind: "number" },
                { name: "People", kind: "number" },
                { name: "Effect on its goal", kind: "text" },
                { name: "Result", kind: "text" },
                { name: "Decision", kind: "text" },
              ],
              rows: found.items().map(({ entity, features: [first = ""] }) => {
                const { fields, source, productIds } = entity;
                const feature = named.get(first);
                const people = fields.snapshot?.users.reduce((sum, { users }) => sum + users, 0);
                // Those by which the health of the feature beside it is judged.
                const limits = lookups.trustLimits(feature?.productIds ?? productIds);
                const trust = fields.snapshot && trustOf(fields.snapshot, limits);
                return [
                  linked(fields.name, source.url),
                  feature === undefined ? null : featureCell(hubUrl, feature),
                  daysOf(fields, madeAt),
                  people ?? null,
                  trust?.isSkewed
                    ? "not to be trusted: sample ratio mismatch"
                    : trust?.isMixed
                      ? "not to be trusted: too many people saw more than one variation"
                      : effectOf(fields),
                  line(resultWords(fields) ?? (fields.status.category === "running" ? "running" : "not reported")),
                  line(decisionWords(entity)),
                ];
              }),
              more: found.more(),
              url: `${hubUrl}/features`,
            },
          ],
          ...(ended > 0 && { lead: [`${counted(ended, "experiment")} ended`] }),
          isNews: ended > 0,
        };
      },
    };
  },
});

export const PLAN_SECTIONS = {
  objectives,
  experiments: experimentsWith("experiments", "Experiments that ended", false),
  "experiment-results": experimentsWith("experiment-results", "Experiments", true),
} as const;
