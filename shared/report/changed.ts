import type { Stage } from "../domain/stage.ts";
import type { FeatureView, HealthValue } from "../store/views.ts";
import type { Report } from "./document.ts";
import { daysFrom, dayWords } from "./period.ts";
import { byText, featureCell, line, top } from "./section.ts";
import { movement, reasonOf } from "./stage-path.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "./words.ts";

/** What a report remembers of a feature, so that the next one can tell what changed. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly key?: string | undefined;
  readonly stage: Stage | null;
  readonly health: HealthValue;
  readonly target?: string | undefined;
  /** Cancelled or sunset. */
  readonly isClosed: boolean;
}

export const snapshotOf = (view: FeatureView, stage: Stage | null): Snapshot => ({
  id: view.id,
  name: line(view.name),
  ...(view.key !== undefined && { key: view.key }),
  stage,
  health: view.health.value,
  ...(view.targetDate !== undefined && { target: view.targetDate }),
  isClosed: view.explanation.disposition !== "open",
});

const WHAT = {
  worse: "turned worse",
  back: "moved back",
  slipped: "slipped",
  shipped: "shipped",
  closed: "closed",
  forward: "moved forward",
  earlier: "is due earlier",
  better: "turned better",
  gone: "no longer counted",
  new: "new",
} as const;
type What = keyof typeof WHAT;
const BY_IMPORTANCE = Object.keys(WHAT) as What[];
const HEALTHS: readonly HealthValue[] = ["off_track", "at_risk", "unknown", "on_track"];

interface Change {
  readonly what: What;
  readonly name: string;
  readonly id: string;
  readonly key?: string | undefined;
  readonly change: string;
  readonly why: string;
}

const ROWS = 500;

/**
 * What changed between two states of all features, by importance. Both come in ascending order of ids, so nothing of
 * them is held but what is told.
 *
 * @param slipDays a target that moved by less is not told
 */
export const changes = (hubUrl: string, base: string, slipDays: number) => {
  const counts = new Map<What, number>();
  const found = top<Change>(
    ROWS,
    (a, b) => BY_IMPORTANCE.indexOf(a.what) - BY_IMPORTANCE.indexOf(b.what) || byText(a.id, b.id),
  );
  const tell = (what: What, { id, name, key }: Snapshot, change: string, why = "") => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
    found.add({ what, id, name, key, change, why: why === "" ? "" : line(why, 300) });
  };
  return {
    /** One feature, or a feature that was there or is there only. */
    compare(before: Snapshot | undefined, now: Snapshot | undefined, view: FeatureView | undefined): void {
      if (now === undefined || view === undefined) {
        if (before !== undefined)
          tell("gone", before, `was in ${stageWord(before.stage)}`, "it left the scope of this report, or its tool");
        return;
      }
      if (before === undefined) {
        tell("new", now, `in ${stageWord(now.stage)}`);
        return;
      }
      if (before.isClosed !== now.isClosed)
        tell("closed", now, now.isClosed ? view.explanation.disposition : "open again");
      const moved = movement(before.stage, now.stage);
      const steps = `${stageWord(before.stage)} → ${stageWord(now.stage)}`;
      if (moved < 0) tell("back", now, steps, reasonOf(view, now.stage));
      else if (moved > 0)
        tell(now.stage === "production" ? "shipped" : "forward", now, steps, reasonOf(view, now.stage));
      compareTargets(tell, before, now, slipDays);
      const health = HEALTHS.indexOf(now.health) - HEALTHS.indexOf(before.health);
      if (health !== 0)
        tell(
          health < 0 ? "worse" : "better",
          now,
          `${HEALTH_WORDS[before.health].word} → ${HEALTH_WORDS[now.health].word}`,
          view.health.derived.reasons.slice(0, 3).join("; "),
        );
    },
    told: (): Report["changed"] => ({
      base,
      counts: BY_IMPORTANCE.flatMap((what) => {
        const count = counts.get(what) ?? 0;
        return count === 0 ? [] : [{ word: WHAT[what], count }];
      }),
      rows: found.items().map(({ what, change, why, ...feature }) => {
        const { text, url } = featureCell(hubUrl, feature);
        return { what: WHAT[what], name: text, url, change, why };
      }),
      more: found.more(),
    }),
  };
};

const stageWord = (stage: Stage | null): string => STAGE_WORDS[stage ?? "none"];

const compareTargets = (
  tell: (what: What, feature: Snapshot, change: string) => void,
  before: Snapshot,
  now: Snapshot,
  slipDays: number,
): void => {
  if (before.target === now.target) return;
  const [from, to] = [before.target, now.target].map((day) => (day === undefined ? "no target" : dayWords(day)));
  const days =
    before.target === undefined || now.target === undefined ? undefined : daysFrom(before.target, now.target);
  if (days !== undefined && Math.abs(days) < slipDays) return;
  tell(
    days === undefined || days > 0 ? "slipped" : "earlier",
    now,
    `${from} → ${to}${days === undefined ? "" : ` (${days > 0 ? "+" : ""}${days} d)`}`,
  );
};

/** Walks two ascending orders side by side. */
export async function* sideBySide<A extends { readonly id: string }, B extends { readonly id: string }>(
  before: AsyncIterator<A>,
  now: AsyncIterator<B>,
): AsyncGenerator<readonly [A | undefined, B | undefined]> {
  let [a, b] = [await before.next(), await now.next()];
  while (!a.done || !b.done) {
    if (!a.done && (b.done === true || a.value.id < b.value.id)) {
      yield [a.value, undefined];
      a = await before.next();
    } else if (!b.done && (a.done === true || b.value.id < a.value.id)) {
      yield [undefined, b.value];
      b = await now.next();
    } else if (!a.done && !b.done) {
      yield [a.value, b.value];
      [a, b] = [await before.next(), await now.next()];
    }
  }
}
