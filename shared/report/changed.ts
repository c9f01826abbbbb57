import type { Because, Stage } from "../domain/stage.ts";
import {
  CHANGES,
  type ChangeKind,
  type Compared,
  type FeatureChange,
  featureChanges,
  whyMoved,
} from "../lifecycle/changes.ts";
import type { FeatureBrief } from "../store/counted-reads.ts";
import type { FeatureView, HealthValue } from "../store/views.ts";
import type { Report } from "./document.ts";
import { daysFrom, dayWords } from "./period.ts";
import { byText, featureCell, line, top } from "./section.ts";
import { CHANGE_WORDS, HEALTH_WORDS, STAGE_WORDS } from "./words.ts";

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
  /** These three are absent in what an earlier version remembers. */
  readonly status?: FeatureView["status"] | undefined;
  readonly disagree?: boolean | undefined;
  readonly decisions?: FeatureView["decisions"];
}

export const snapshotOf = (view: FeatureBrief, stage: Stage | null): Snapshot => ({
  id: view.id,
  name: line(view.name),
  ...(view.key !== undefined && { key: view.key }),
  stage,
  health: view.health.value,
  ...(view.targetDate !== undefined && { target: view.targetDate }),
  isClosed: view.explanation.disposition !== "open",
  status: view.status,
  disagree: view.health.disagree,
  decisions: view.decisions ?? [],
});

/** Whether two states differ in nothing that is told; what is not remembered differs in nothing. */
export const isAlike = (was: Snapshot, is: Snapshot): boolean =>
  was.stage === is.stage &&
  was.health === is.health &&
  was.target === is.target &&
  was.isClosed === is.isClosed &&
  (was.disagree ?? is.disagree) === is.disagree &&
  isSame(was.status ?? is.status, is.status) &&
  isSame(was.decisions ?? is.decisions, is.decisions);

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** A feature as it was, as far as it is remembered: of what is not, it was as it is. */
const remembered = (was: Snapshot, is: Compared): Compared => ({
  ...is,
  // What was not counted is not remembered.
  presence: { state: "present" },
  sameAs: undefined,
  targetDate: was.target,
  status: was.status ?? is.status,
  explanation: { ...is.explanation, headline: was.stage, disposition: was.isClosed ? "cancelled" : "open" },
  health: { ...is.health, value: was.health, disagree: was.disagree ?? is.health.disagree },
  decisions: was.decisions ?? is.decisions,
});

const SHIPPED = "shipped";
/** The most important first. */
const WORDS = (Object.keys(CHANGES) as ChangeKind[]).flatMap((kind) =>
  kind === "moved_forward" ? [SHIPPED, CHANGE_WORDS[kind]] : CHANGE_WORDS[kind],
);
const ROWS = 500;

/**
 * What changed between two states of features, by importance. Nothing of them is held but what is told.
 *
 * @param slipDays a target that moved by less is not told
 */
export const changes = (hubUrl: string, base: string, slipDays: number) => {
  const counts = new Map<string, number>();
  const found = top<FeatureChange>(ROWS, (a, b) => a.importance - b.importance || byText(a.feature.id, b.feature.id));
  const tell = (change: FeatureChange) => {
    const days = daysMoved(change);
    // Scope stands under health, with what grew since when: a report that tells each work item tells nothing.
    if (change.kind === "rescoped" || (days !== undefined && Math.abs(days) < slipDays)) return;
    counts.set(wordOf(change), (counts.get(wordOf(change)) ?? 0) + 1);
    found.add(change);
  };
  return {
    /** One feature at the end of what is told. @param stage its headline then */
    compare(was: Snapshot | undefined, view: FeatureView, stage: Stage | null): void {
      const is: Compared = { ...view, explanation: { ...view.explanation, headline: stage } };
      for (const change of featureChanges(was && remembered(was, is), is)) tell(change);
    },
    /** One that was there. */
    gone: (was: Snapshot): void => tell(gone(was)),
    /** @param becauseAt why features stood where they did at the end of what is told */
    async told(
      becauseAt: (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly Because[]>>,
    ): Promise<Report["changed"]> {
      const items = found.items();
      const reasons = await becauseAt(items.filter(isMove).map(({ feature }) => feature.id));
      return {
        base,
        counts: WORDS.flatMap((word) => {
          const count = counts.get(word) ?? 0;
          return count === 0 ? [] : [{ word, count }];
        }),
        rows: items.map((change) => {
          const { text, url } = featureCell(hubUrl, change.feature);
          const because = reasons.get(change.feature.id) ?? [];
          const told = isMove(change)
            ? whyMoved(because, change.from as Stage | null, change.to as Stage | null).map((one) => one.text)
            : change.why;
          const why = told.slice(0, 3).join("; ");
          return {
            what: wordOf(change),
            name: text,
            url,
            change: stepOf(change),
            why: why === "" ? "" : line(why, 300),
          };
        }),
        more: found.more(),
      };
    },
  };
};

const isMove = ({ kind }: FeatureChange): boolean => kind === "moved_back" || kind === "moved_forward";

/** What left the scope of a report is known by what the last one remembers alone. */
const gone = ({ id, key, name, stage }: Snapshot): FeatureChange => ({
  feature: { id, ...(key !== undefined && { key }), name, url: "" },
  productIds: [],
  kind: "uncounted",
  importance: Object.keys(CHANGES).indexOf("uncounted") + 1,
  from: stage,
  to: null,
  why: ["it left the scope of this report, or its tool"],
  evidence: [],
  cause: "sync",
  at: "",
});

const wordOf = ({ kind, to }: FeatureChange): string =>
  kind === "moved_forward" && to === "production" ? SHIPPED : CHANGE_WORDS[kind];

const stageWord = (stage: string | null): string => STAGE_WORDS[(stage ?? "none") as Stage | "none"];
const healthWord = (value: string | null): string => HEALTH_WORDS[(value ?? "unknown") as HealthValue].word;

/** By how many days a target moved; undefined where it was set or taken away, and of all other changes. */
const daysMoved = ({ kind, from, to }: FeatureChange): number | undefined =>
  (kind === "slipped" || kind === "retargeted") && from !== null && to !== null ? daysFrom(from, to) : undefined;

/** From what to what, in words. */
const stepOf = (change: FeatureChange): string => {
  const { kind, from, to } = change;
  switch (kind) {
    case "moved_back":
    case "moved_forward":
      return `${stageWord(from)} → ${stageWord(to)}`;
    case "went_off_track":
    case "went_at_risk":
    case "recovered":
      return `${healthWord(from)} → ${healthWord(to)}`;
    case "slipped":
    case "retargeted": {
      const [was, is] = [from, to].map((day) => (day === null ? "no target" : dayWords(day)));
      const days = daysMoved(change);
      return `${was} → ${is}${days === undefined ? "" : ` (${days > 0 ? "+" : ""}${days} d)`}`;
    }
    case "added":
      return `in ${stageWord(to)}`;
    case "uncounted":
      return `was in ${stageWord(from)}`;
    case "disagreed":
      return to === "differ" ? "plan and evidence differ" : "plan and evidence agree again";
    default:
      return from === null ? line(to ?? "") : `${line(from)} → ${line(to ?? "")}`;
  }
};
