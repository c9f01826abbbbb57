import type { Instant } from "../domain/instant.ts";
import { type Because, type Explanation, STAGES, type Stage } from "../domain/stage.ts";
import type { HealthValue } from "./health.ts";

/** Why a view was last written. */
type Cause = "sync" | "time" | "rule_change" | "override";

/** What of a feature is compared. Views of the store fit. */
export interface Compared {
  readonly id: string;
  readonly key?: string | undefined;
  readonly name: string;
  readonly url: string;
  readonly productIds: readonly string[];
  readonly presence: { readonly state: string };
  /** The feature that stands for it, where it is the same one in another tool. */
  readonly sameAs?: string | undefined;
  readonly status: { readonly category: string; readonly detail: string };
  readonly targetDate?: string | undefined;
  readonly explanation: Explanation;
  readonly health: {
    readonly value: HealthValue;
    readonly disagree: boolean;
    readonly declared?: { readonly value: HealthValue } | undefined;
    readonly derived: { readonly value: HealthValue; readonly reasons: readonly string[] };
  };
  readonly counts: { readonly workItems: number };
  /** Of its experiments, each in its tool's word. */
  readonly decisions?:
    | readonly { readonly id: string; readonly name: string; readonly decision: string; readonly url: string }[]
    | undefined;
  readonly observedAt: Instant;
  readonly cause?: Cause | undefined;
}

/** Every kind of change, the most important first: the order in which a summary tells them. */
export const CHANGES = {
  moved_back: "A stage was taken back: the headline stands earlier than it did, or none is established any more.",
  went_off_track: "Its health became off track.",
  decided: "An experiment about it was decided, or decided otherwise.",
  uncounted: "It is no longer counted: deleted, out of scope, of another product, or the same as another feature.",
  slipped: "Its target date moved later.",
  went_at_risk: "Its health became at risk, or nothing tells of it any more.",
  closed: "It was completed, cancelled or retired.",
  moved_forward: "The headline stands later than it did.",
  added: "It is new, or counted anew.",
  reopened: "It was closed and is open again.",
  disagreed: "What is declared and what the evidence says of its health differ since, or agree again.",
  recovered: "Its health became better.",
  retargeted: "Its target date moved earlier, was set or taken away.",
  rescoped: "Work items came or went.",
} as const;
export type ChangeKind = keyof typeof CHANGES;

const KINDS = Object.keys(CHANGES) as ChangeKind[];

/** One difference between two moments. */
export interface FeatureChange {
  readonly feature: Pick<Compared, "id" | "key" | "name" | "url">;
  readonly productIds: readonly string[];
  readonly kind: ChangeKind;
  /** 1 is the most important: the place in {@link CHANGES}. */
  readonly importance: number;
  readonly from: string | null;
  readonly to: string | null;
  /** For people, where there is more to say than from and to. */
  readonly why: readonly string[];
  readonly evidence: readonly string[];
  readonly cause: Cause;
  /** When the hub first showed the later state, or one that differs from it in nothing that counts. */
  readonly at: Instant;
}

/** Evidence beyond this is one click away. */
const EVIDENCE = 5;
const HEALTH_WORST_FIRST: readonly HealthValue[] = ["off_track", "at_risk", "unknown", "on_track"];

/**
 * What became of a feature between two moments: the two are compared, so that what went away and came back is no change,
 * and several steps are one. Pure.
 *
 * @param before undefined: it was not known, or not counted
 * @param products only these count; all without it
 */
export const featureChanges = (
  before: Compared | undefined,
  now: Compared | undefined,
  products?: readonly string[],
): FeatureChange[] => {
  const [was, is] = [counted(before, products), counted(now, products)];
  const [shown] = [now ?? before];
  if (shown === undefined || (was === undefined && is === undefined)) return [];
  const { id, key, name, url } = shown;
  const about = { feature: { id, ...(key !== undefined && { key }), name, url }, productIds: shown.productIds };
  const change = (kind: ChangeKind, from: string | null, to: string | null, rest: Partial<FeatureChange> = {}) => ({
    ...about,
    kind,
    importance: KINDS.indexOf(kind) + 1,
    from,
    to,
    why: [],
    evidence: [url],
    cause: shown.cause ?? "sync",
    at: shown.observedAt,
    ...rest,
  });
  if (was === undefined) return [change("added", null, is?.explanation.headline ?? null)];
  if (is === undefined) return [change("uncounted", was.explanation.headline, reasonGone(now))];
  return [
    ...stageChange(was, is, change),
    ...healthChanges(was, is, change),
    ...targetChange(was, is, change),
    ...decisions(was, is, change),
    ...closing(was, is, change),
    ...(was.counts.workItems === is.counts.workItems
      ? []
      : [change("rescoped", String(was.counts.workItems), String(is.counts.workItems))]),
  ].sort(byImportance);
};

type Make = (kind: ChangeKind, from: string | null, to: string | null, rest?: Partial<FeatureChange>) => FeatureChange;

export const byImportance = (a: FeatureChange, b: FeatureChange): number =>
  a.importance - b.importance ||
  compare(b.at, a.at) ||
  compare(a.feature.id, b.feature.id) ||
  compare(a.to ?? "", b.to ?? "");

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const counted = (view: Compared | undefined, products: readonly string[] | undefined): Compared | undefined => {
  if (view?.sameAs !== undefined) return undefined;
  if (view === undefined || view.presence.state === "deleted" || view.presence.state === "out_of_scope")
    return undefined;
  return products === undefined || view.productIds.some((id) => products.includes(id)) ? view : undefined;
};

const reasonGone = (now: Compared | undefined): string =>
  now?.sameAs !== undefined
    ? "same_as"
    : now?.presence.state === "present"
      ? "other_product"
      : (now?.presence.state ?? "unknown");

const placeOf = (stage: Stage | null): number => (stage === null ? -1 : STAGES.indexOf(stage));

const stageChange = ({ explanation: was }: Compared, { explanation: is }: Compared, change: Make): FeatureChange[] => {
  const [from, to] = [placeOf(was.headline), placeOf(is.headline)];
  if (from === to) return [];
  const told = whyMoved(is.because, was.headline, is.headline);
  const evidence = [...new Set(told.flatMap((one) => one.evidence))].slice(0, EVIDENCE);
  return [
    change(to > from ? "moved_forward" : "moved_back", was.headline, is.headline, {
      why: told.map(({ text }) => text),
      ...(evidence.length > 0 && { evidence }),
    }),
  ];
};

/** Of the reasons of all stages those of a move. Why a stage was taken back stands under the stage that was lost. */
export const whyMoved = (all: readonly Because[], from: Stage | null, to: Stage | null): readonly Because[] => {
  const because = all.filter(({ stage }) => stage === (placeOf(to) > placeOf(from) ? to : from));
  return because.length > 0 ? because : all.filter(({ stage }) => stage === to);
};

const healthChanges = ({ health: was }: Compared, { health: is }: Compared, change: Make): FeatureChange[] => {
  const changes: FeatureChange[] = [];
  if (was.value !== is.value) {
    const isWorse = HEALTH_WORST_FIRST.indexOf(is.value) < HEALTH_WORST_FIRST.indexOf(was.value);
    const worse = is.value === "off_track" ? "went_off_track" : "went_at_risk";
    changes.push(change(isWorse ? worse : "recovered", was.value, is.value, { why: is.derived.reasons }));
  }
  if (was.disagree !== is.disagree) {
    const why = is.disagree
      ? [`declared ${words(is.declared?.value ?? "unknown")}, evidence says ${words(is.derived.value)}`]
      : [];
    changes.push(change("disagreed", was.disagree ? "differ" : "agree", is.disagree ? "differ" : "agree", { why }));
  }
  return changes;
};

const words = (value: string): string => value.replaceAll("_", " ");

const targetChange = (was: Compared, is: Compared, change: Make): FeatureChange[] => {
  const [from, to] = [was.targetDate ?? null, is.targetDate ?? null];
  if (from === to) return [];
  return [change(from !== null && to !== null && to > from ? "slipped" : "retargeted", from, to)];
};

const decisions = (was: Compared, is: Compared, change: Make): FeatureChange[] => {
  const old = new Map(was.decisions?.map(({ id, decision }) => [id, decision]));
  return (is.decisions ?? [])
    .filter(({ id, decision }) => old.get(id) !== decision)
    .map(({ id, name, decision, url }) =>
      change("decided", old.get(id) ?? null, decision, { why: [name], evidence: [url] }),
    );
};

const isClosed = ({ explanation, status }: Compared): boolean =>
  explanation.disposition !== "open" || status.category === "completed" || status.category === "cancelled";

const closing = (was: Compared, is: Compared, change: Make): FeatureChange[] => {
  if (isClosed(was) === isClosed(is)) return [];
  const kind = isClosed(is) ? "closed" : "reopened";
  return [
    change(
      kind,
      was.status.detail,
      is.explanation.disposition === "open" ? is.status.detail : is.explanation.disposition,
    ),
  ];
};
