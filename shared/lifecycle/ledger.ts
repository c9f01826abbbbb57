import type { Stage } from "../domain/stage.ts";
import { Group } from "./group.ts";
import { GONE, type Held, isEvent, LAPSING, SLOTS } from "./held.ts";
import { DAY, HOUR, type RuleSet } from "./rule-set.ts";

const EMPTY = new Group();
/** Exposure to customers of which nobody tells how many. */
export const SOME = "some";
/** Work item categories from which a finished item can only have been reopened. */
const UNFINISHED = new Set(["triage", "backlog", "todo", "in_progress", "in_review"]);

/** Everything the rules ask about one feature's facts up to a moment, kept up to date fact by fact. */
export class Ledger {
  now = Number.NEGATIVE_INFINITY;
  readonly ruleSet: RuleSet;
  readonly hasDeploymentSource: boolean;
  /** slot -> value -> facts */
  readonly #slots = new Map<string, Map<string, Group>>();
  /** The current fact of each state signal and record. */
  readonly #current = new Map<string, Held>();
  /** Facts that lapse, oldest first, per slot, and how many of them are spent. */
  readonly #lapsing = new Map<string, { readonly queue: Held[]; spent: number }>();
  /** Each edit counts 14 d as fresh; of each design record the last edit. */
  readonly #lastEdit = new Map<string, number>();
  readonly #assertions = new Map<string, Set<Held>>();
  /** Slots of which something came or went at this breakpoint. */
  readonly touched = new Set<string>();
  /** Stages of which something of "ended by" came at this breakpoint. */
  readonly ended = new Set<Stage>();
  /** What ended a stage last, for the texts. */
  readonly endedBy = new Map<Stage, Held>();
  /** Items that were done and are open again: when, and the fact that said done. */
  readonly reopened = new Map<string, { readonly at: number; readonly from: Held }>();
  /** The facts that said done of {@link reopened}. */
  readonly wasDone = new Group();
  /** Reopens of items of a finished development, oldest first. */
  readonly reopens: number[] = [];
  /** Since when every customer can have it, without a break. */
  fullySince: number | undefined;
  /** When customers could first have it. */
  exposedSince: number | undefined;
  /** When a campaign was first sent. */
  firstSend: number | undefined;
  /** Every ticket since customers could have it, oldest first: what lapses as support is still part of the story. */
  readonly tickets: Held[] = [];
  lastObserved = Number.NEGATIVE_INFINITY;

  constructor(ruleSet: RuleSet, hasDeploymentSource: boolean) {
    this.ruleSet = ruleSet;
    this.hasDeploymentSource = hasDeploymentSource;
  }

  group(slot: string, value = ""): Group {
    return this.#slots.get(slot)?.get(value) ?? EMPTY;
  }

  count(slot: string, ...values: readonly string[]): number {
    let sum = 0;
    for (const value of values) sum += this.group(slot, value).size;
    return sum;
  }

  /** How many records of a state signal there are, whatever their value. */
  total(slot: string): number {
    let sum = 0;
    for (const group of this.#slots.get(slot)?.values() ?? []) sum += group.size;
    return sum;
  }

  /** The current facts of a state signal, oldest first within a value. */
  all(slot: string): Held[] {
    return [...(this.#slots.get(slot)?.values() ?? [])].flatMap((group) => [...group.values()]);
  }

  /** Moves to a moment: what ended before or at it lapses, what happens at it is taken in. */
  advance(now: number, facts: readonly Held[]): void {
    this.now = now;
    this.ended.clear();
    this.touched.clear();
    for (const [slot, lapsing] of this.#lapsing) {
      for (;;) {
        const oldest = lapsing.queue[lapsing.spent];
        if (oldest === undefined || oldest.at + this.ruleSet.lapseDays * DAY > now) break;
        lapsing.spent += 1;
        this.touched.add(slot);
        for (const group of this.#slots.get(slot)?.values() ?? []) group.delete(oldest);
      }
    }
    for (const set of this.#assertions.values()) {
      for (const held of set) if (expiryOf(held) <= now) this.#drop(held, set);
    }
    for (const held of facts) this.#take(held);
    this.fullySince = this.isFullyExposed ? (this.fullySince ?? now) : undefined;
  }

  #take(held: Held): void {
    this.touched.add(held.slot);
    if (held.fact.tier === "observed" && held.fact.value !== GONE) this.lastObserved = held.at;
    if (isEvent(held)) this.#takeEvent(held);
    else this.#takeState(held);
  }

  #takeState(held: Held): void {
    const before = this.#current.get(held.record);
    if (before !== undefined) this.#slot(before.slot, this.#valueOf(before)).delete(before);
    this.#noteReopen(held, before);
    this.#noteEnd(held, before);
    if (held.fact.value === GONE) {
      this.#current.delete(held.record);
      return;
    }
    this.#current.set(held.record, held);
    this.#slot(held.slot, this.#valueOf(held)).add(held);
    if (held.slot === "campaign" && held.fact.value === "sent") this.firstSend ??= held.at;
  }

  #takeEvent(held: Held): void {
    const { slot, fact } = held;
    if (fact.value === GONE) {
      if (fact.signal === "design.edited") this.#lastEdit.delete(recordOf(held));
      for (const group of this.#slots.get(slot)?.values() ?? [])
        for (const earlier of [...group.values()]) if (earlier.record === held.record) group.delete(earlier);
      for (const set of this.#assertions.values())
        for (const earlier of set) if (earlier.record === held.record) set.delete(earlier);
      if (slot === "ticket")
        this.tickets.splice(0, Infinity, ...this.tickets.filter((one) => one.record !== held.record));
      return;
    }
    if (slot === "ticket") this.tickets.push(held);
    if (fact.signal === "asserted") {
      if (expiryOf(held) <= held.at) return;
      const set = this.#assertions.get(slot) ?? new Set<Held>();
      this.#assertions.set(slot, set.add(held));
    }
    if (fact.signal === "design.edited") this.#lastEdit.set(recordOf(held), held.at);
    if (fact.signal === "pr.reverted") {
      this.ended.add("development");
      this.endedBy.set("development", held);
    }
    if (LAPSING.has(slot)) {
      const lapsing = this.#lapsing.get(slot) ?? { queue: [], spent: 0 };
      this.#lapsing.set(slot, lapsing);
      lapsing.queue.push(held);
    }
    this.#slot(slot, this.#valueOf(held)).add(held);
  }

  #drop(held: Held, set: Set<Held>): void {
    set.delete(held);
    this.touched.add(held.slot);
    this.#slot(held.slot, held.fact.polarity).delete(held);
  }

  #slot(slot: string, value: string): Group {
    const values = this.#slots.get(slot) ?? new Map<string, Group>();
    this.#slots.set(slot, values);
    const group = values.get(value) ?? new Group();
    values.set(value, group);
    return group;
  }

  /** The value as the rules read it: exposure in three steps, assertions by polarity, tickets and needs by exposure. */
  #valueOf(held: Held): string {
    const { slot, fact, at } = held;
    if (slot === "exposure") {
      if (fact.value === SOME) return "part";
      const percent = percentOf(fact.value);
      if (percent >= 100) return "full";
      return percent > this.ruleSet.exposedAbovePercent ? "part" : "zero";
    }
    if (fact.signal === "asserted") return fact.polarity;
    if (slot === "ticket" || (slot === "need:support" && fact.value === "open"))
      return this.exposedSince !== undefined && at >= this.exposedSince ? "after" : "before";
    return isEvent(held) ? "" : (fact.value ?? "");
  }

  #noteReopen(held: Held, before: Held | undefined): void {
    if (held.slot !== "item") return;
    const { value = "" } = held.fact;
    if (before?.fact.value === "done" && UNFINISHED.has(value)) {
      this.reopened.set(held.record, { at: held.at, from: before });
      this.wasDone.add(before);
      this.endedBy.set("development", held);
    }
    const reopened = this.reopened.get(held.record);
    if (reopened === undefined || !(value === "done" || value === "cancelled" || value === GONE)) return;
    this.reopened.delete(held.record);
    this.wasDone.delete(reopened.from);
  }

  #noteEnd(held: Held, before: Held | undefined): void {
    const to = held.fact.value === GONE ? GONE : this.#valueOf(held);
    const stage = ENDS.get(`${held.slot} ${to}`);
    if (stage === undefined || (before === undefined ? to === GONE : this.#valueOf(before) === to)) return;
    this.ended.add(stage);
    this.endedBy.set(stage, held);
  }

  /** Customers can have it from now on: tickets and needs of this moment come after exposure. */
  expose(): void {
    if (this.exposedSince !== undefined) return;
    this.exposedSince = this.now;
    for (const slot of ["ticket", "need:support"])
      for (const held of [...this.group(slot, "before").values()]) {
        if (held.at !== this.now) continue;
        this.#slot(slot, "before").delete(held);
        this.#slot(slot, "after").add(held);
      }
  }

  get isExposed(): boolean {
    if (this.count("deploy.prod", "live") === 0) return false;
    return this.total("exposure") === 0 || this.count("exposure", "part", "full") > 0;
  }

  get isDark(): boolean {
    return this.count("deploy.prod", "live") > 0 && !this.isExposed;
  }

  get isFullyExposed(): boolean {
    if (!this.isExposed) return false;
    return this.count("exposure", "part", "zero") === 0 || this.group("experiment.shipped").size > 0;
  }

  /** Merges that a later revert took back; a merge after it is taken as the mended change. */
  get outstandingReverts(): Held[] {
    const lastMerge = this.group("pr", "merged").latest;
    return [...this.group("pr.reverted").values()].filter(({ at }) => at >= lastMerge);
  }

  /** Whether a suite's last run is red, on or after the last merge. */
  get isFailing(): boolean {
    const { size, latest } = this.group("pr", "merged");
    return size > 0 && this.group("test.run", "red").latest >= latest;
  }

  /** Design records that were edited after their ready mark. */
  get changedAfterReady(): Held[] {
    return [...this.group("design.ready", "ready").values()].filter(
      (held) => (this.#lastEdit.get(recordOf(held)) ?? 0) > held.at,
    );
  }

  /** The deciding assertion about a stage: the latest, then the surest link, then the last by identity. */
  assertion(stage: Stage): Held | undefined {
    let winner: Held | undefined;
    for (const held of this.#assertions.get(SLOTS[stage].asserted) ?? [])
      if (winner === undefined || outdoes(held, winner)) winner = held;
    return winner;
  }

  /** What the planning tools declare the feature to be: of several, the deciding one. */
  get declared(): Held | undefined {
    let winner: Held | undefined;
    for (const held of this.all("declared")) if (winner === undefined || outdoes(held, winner)) winner = held;
    return winner;
  }

  /** The earliest moment after now at which time alone could change an answer. */
  get nextTimer(): number | undefined {
    const { fullyExposedDays, reopenGraceHours, designFreshDays, marketingQuietDays, lapseDays } = this.ruleSet;
    const times = [(this.fullySince ?? Number.NaN) + fullyExposedDays * DAY];
    for (const { at } of this.reopened.values()) times.push(at + reopenGraceHours * HOUR);
    for (const { queue, spent } of this.#lapsing.values())
      times.push((queue[spent]?.at ?? Number.NaN) + lapseDays * DAY);
    times.push(this.group("design.edited").latest + designFreshDays * DAY);
    times.push(this.lastSend + marketingQuietDays * DAY);
    for (const set of this.#assertions.values()) for (const held of set) times.push(expiryOf(held));
    if (this.group("declared", "cancelled").size > 0) times.push(this.lastObserved + lapseDays * DAY);
    let next: number | undefined;
    for (const time of times) if (time > this.now && time < (next ?? Number.POSITIVE_INFINITY)) next = time;
    return next;
  }

  /** When customers were last told: epoch milliseconds, minus infinity if never. */
  get lastSend(): number {
    return Math.max(this.group("campaign", "sent").latest, this.group("announced").latest);
  }
}

/** "Ended by" of the rules, where one state signal says it. It only matters where the stage is lost by it. */
const ENDS = new Map<string, Stage>([
  ["idea gone", "vision"],
  ["objective unlinked", "vision"],
  ["objective gone", "vision"],
  ["target removed", "strategy"],
  ["design.ready not", "design"],
  ["deploy.prod rolled_back", "production"],
  ["exposure zero", "production"],
]);

const outdoes = (a: Held, b: Held): boolean =>
  (a.at - b.at || a.fact.linkConfidence - b.fact.linkConfidence || (a.identity > b.identity ? 1 : -1)) > 0;

const recordOf = ({ fact }: Held): string => `${fact.tool}\u0000${fact.recordId}`;

const expiryOf = ({ fact }: Held): number =>
  fact.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(fact.expiresAt);

/** The share of customers a flag reaches; a word that is no number reaches none. */
export const percentOf = (value: string | undefined): number => {
  const percent = Number.parseFloat(value ?? "");
  return Number.isFinite(percent) ? percent : 0;
};
