import type { Fact, Stage } from "../../shared/domain/stage.ts";
import { STAGES, TIERS } from "../../shared/domain/stage.ts";
import type { RuleSet } from "../../shared/lifecycle/derive.ts";

// The rules of the lifecycle reference, section 8, written once more and as plainly as possible: at every moment at
// which anything could change, everything is looked up again among all facts. Slow, and shares no code with the fold.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EVENTS = [
  "design.edited",
  "pr.reverted",
  "experiment.shipped",
  "usage",
  "announced",
  "ticket",
  "removal.merged",
  "asserted",
];
const SHORT_LIVED = ["design.edited", "usage", "ticket"];

interface Was {
  state: "not_started" | "active" | "done" | "regressed";
  since: number | undefined;
  undone: boolean;
  entered: boolean;
  counts: boolean;
  confidence: number;
  carriers: Fact[];
}

export interface OracleResult {
  readonly headline: Stage | null;
  readonly stages: Record<Stage, Was>;
  readonly path: { headline: Stage | null; at: number }[];
  readonly disposition: string;
}

const time = (fact: Fact): number => Date.parse(fact.occurredAt);
const key = (fact: Fact): string => {
  const scope = ["need", "item.stage", "asserted"].includes(fact.signal) ? `${fact.signal}:${fact.stage}` : fact.signal;
  return JSON.stringify([scope, fact.tool, fact.recordId]);
};
/** Sorts as the fold does: by time, record, stage, polarity, value. */
const identity = (fact: Fact): string => {
  const scope = ["need", "item.stage", "asserted"].includes(fact.signal) ? `${fact.signal}:${fact.stage}` : fact.signal;
  return [
    scope,
    fact.tool,
    fact.recordId,
    fact.stage,
    fact.polarity,
    fact.value ?? "",

    fact.occurredAt,
  ].join("\u0000");
};
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of two facts of one identity: the surer link, else the one known earlier, else the one that ends last or never. */
const stands = (fact: Fact, held: Fact): boolean => {
  if (fact.linkConfidence !== held.linkConfidence) return fact.linkConfidence > held.linkConfidence;
  if (fact.recordedAt !== held.recordedAt) return fact.recordedAt < held.recordedAt;
  return (fact.expiresAt ?? "9999") > (held.expiresAt ?? "9999");
};

export const oracle = (
  given: readonly Fact[],
  rules: RuleSet,
  hasDeployments: boolean,
  asOf: number,
  knownAt = asOf,
): OracleResult => {
  const known = given.filter((fact) => Date.parse(fact.recordedAt) <= knownAt && time(fact) <= asOf);
  const facts: Fact[] = [];
  for (const fact of known) {
    const same = facts.findIndex((other) => identity(other) === identity(fact));
    const held = facts[same];
    if (held === undefined) facts.push(fact);
    else if (stands(fact, held)) facts[same] = fact;
  }
  facts.sort((a, b) => time(a) - time(b) || text(identity(a), identity(b)));

  const windows = [
    0,
    HOUR * rules.reopenGraceHours,
    ...[rules.fullyExposedDays, rules.designFreshDays, rules.marketingQuietDays, rules.lapseDays].map(
      (days) => days * DAY,
    ),
  ];
  const moments = new Set<number>();
  for (const fact of facts) {
    for (const window of windows) moments.add(time(fact) + window);
    if (fact.expiresAt !== undefined) moments.add(Date.parse(fact.expiresAt));
  }
  const stages = Object.fromEntries(
    STAGES.map((stage) => [
      stage,
      {
        state: "not_started",
        since: undefined,
        undone: false,
        entered: false,
        counts: false,
        confidence: 0,
        carriers: [],
      },
    ]),
  ) as unknown as Record<Stage, Was>;
  const path: OracleResult["path"] = [];
  const reopens: number[] = [];
  let fullySince: number | undefined;
  let exposedSince: number | undefined;
  let headline: Stage | null = null;
  let disposition = "open";
  const first = Math.min(...facts.map(time));

  for (const now of [...moments].filter((moment) => moment >= first && moment <= asOf).sort((a, b) => a - b)) {
    const past = facts.filter((fact) => time(fact) <= now);
    const today = facts.filter((fact) => time(fact) === now);
    /** The facts that hold now: of a state the latest, of events all that are neither retracted nor over. */
    const holding = past.filter((fact, index) => {
      if (fact.value === "gone") return false;
      const later = past.slice(index + 1).filter((other) => key(other) === key(fact));
      if (!EVENTS.includes(fact.signal)) return later.length === 0;
      if (later.some((other) => other.value === "gone")) return false;
      if (SHORT_LIVED.includes(fact.signal) && now >= time(fact) + rules.lapseDays * DAY) return false;
      return fact.expiresAt === undefined || now < Date.parse(fact.expiresAt);
    });
    const all = (signal: string, ...values: string[]): Fact[] =>
      holding.filter((fact) => fact.signal === signal && (values.length === 0 || values.includes(fact.value ?? "")));
    const before = (fact: Fact): Fact | undefined =>
      past.filter((other) => key(other) === key(fact) && time(other) < time(fact)).at(-1);
    /** A state's change today, the last word of the day counting. */
    const turned = (signal: string, to: string): Fact[] =>
      today.filter(
        (fact, index) =>
          fact.signal === signal &&
          fact.value === to &&
          !today.slice(index + 1).some((other) => key(other) === key(fact)) &&
          before(fact)?.value !== to &&
          !(to === "gone" && before(fact) === undefined),
      );
    // Of "some" nobody tells how many: more than the threshold, and not all.
    const percent = (fact: Fact): number => (fact.value === "some" ? 99 : Number(fact.value ?? 0));

    const items = all("item");
    const prs = all("pr");
    const merged = all("pr", "merged");
    const lastMerge = Math.max(...merged.map(time));
    const reverts = all("pr.reverted").filter((fact) => time(fact) >= lastMerge);
    const open = [
      ...items.filter(({ value }) => value !== "done" && value !== "cancelled"),
      ...prs.filter(({ value }) => value !== "merged" && value !== "closed"),
    ];
    const finished = all("item", "done").length + Math.max(0, merged.length - reverts.length);
    /** Open items that were done, with the moment they were opened again. */
    const reopened = all("item").flatMap((fact) => {
      if (fact.value === "done" || fact.value === "cancelled") return [];
      const own = past.filter(
        (other, index) =>
          key(other) === key(fact) &&
          !past.slice(index + 1).some((later) => key(later) === key(other) && time(later) === time(other)),
      );
      const end = own.findLastIndex(({ value }) => value === "done" || value === "cancelled" || value === "gone");
      const done = own[end];
      let from: Fact | undefined;
      let when: Fact | undefined;
      for (const [index, other] of own.entries()) {
        if (index <= end || done?.value !== "done") continue;
        const previous = own[index - 1];
        if (
          previous?.value === "done" &&
          ["triage", "backlog", "todo", "in_progress", "in_review"].includes(other.value ?? "")
        ) {
          when = other;
          from = previous;
        }
      }
      return when === undefined || from === undefined ? [] : [{ at: time(when), from }];
    });
    if (stages.development.state === "done") for (const { at } of reopened) if (at === now) reopens.push(at);
    const graceFrom = now - rules.reopenGraceHours * HOUR;
    const single =
      reopened.length === 1 &&
      (reopened[0]?.at ?? 0) > graceFrom &&
      reopens.filter((at) => at > graceFrom).length === 1;
    const grace = stages.development.state === "done" && open.length === 1 && reverts.length === 0 && single;

    const live = all("deploy.prod", "live");
    const flags = all("exposure");
    const exposedFlags = flags.filter((fact) => percent(fact) > rules.exposedAbovePercent);
    const exposed = live.length > 0 && (flags.length === 0 || exposedFlags.length > 0);
    const dark = live.length > 0 && !exposed;
    const fully = exposed && (flags.every((fact) => percent(fact) >= 100) || all("experiment.shipped").length > 0);
    fullySince = fully ? (fullySince ?? now) : undefined;
    const green = all("test.run", "green");
    const red = all("test.run", "red");
    const failing = red.some((fact) => merged.length > 0 && time(fact) >= lastMerge);
    const sunset = all("flag.archived", "archived").length > 0 && all("removal.merged").length > 0;
    const lastSend = Math.max(...[...all("campaign", "sent"), ...all("announced")].map(time));
    const needs = all("need", "open", "closed_loop").filter(({ stage }) => stage === "vision");

    const decide = (stage: Stage, wanted: { entered: boolean; done: boolean; ended: boolean; carriers: Fact[] }) => {
      const was = stages[stage];
      let { entered, done, carriers } = wanted;
      const placed = all("item.stage", "in").filter((fact) => fact.stage === stage);
      if (placed.length > 0) {
        entered = true;
        carriers = [...carriers, ...placed];
      }
      const asserted = all("asserted").filter((fact) => fact.stage === stage);
      const winner = asserted
        .toSorted((a, b) => time(a) - time(b) || a.linkConfidence - b.linkConfidence || text(identity(a), identity(b)))
        .at(-1);
      const strong = (entered || done) && carriers.some(({ tier }) => TIERS[tier] > TIERS.asserted);
      if (winner?.polarity === "-" && !strong) {
        entered = false;
        done = false;
      } else {
        const supporters = asserted.filter(({ polarity }) => polarity === "+");
        if (supporters.length > 0 && (stage !== "production" || !hasDeployments)) entered = true;
        carriers = [...carriers, ...supporters];
      }
      if (!entered && !done) carriers = [];
      const lost = was.state === "done" || (was.state === "active" && !entered);
      const undone = !done && (was.undone || (lost && wanted.ended));
      const state = done ? "done" : undone ? "regressed" : entered ? "active" : "not_started";
      const tools = new Set(carriers.map(({ tool }) => tool));
      const doubt = [...tools].reduce(
        (left, tool) =>
          left *
          (1 -
            Math.max(
              ...carriers.filter((fact) => fact.tool === tool).map((fact) => TIERS[fact.tier] * fact.linkConfidence),
            )),
        1,
      );
      const confidence = Math.round((1 - doubt) * 10_000) / 10_000;
      const counts = (entered || done) && confidence >= rules.establishedAt[stage];
      stages[stage] = {
        state,
        since: state === was.state ? was.since : now,
        undone,
        entered,
        counts,
        confidence,
        carriers,
      };
    };

    const edits = all("design.edited");
    const ready = all("design.ready", "ready");
    const editedAfter = ready.some((mark) =>
      past.some(
        (fact, index) =>
          fact.signal === "design.edited" &&
          fact.value !== "gone" &&
          fact.tool === mark.tool &&
          fact.recordId === mark.recordId &&
          time(fact) > time(mark) &&
          !past.slice(index + 1).some((later) => key(later) === key(fact) && later.value === "gone"),
      ),
    );
    const designing = all("design.item", "in_progress");
    decide("design", {
      entered: edits.length + designing.length + ready.length > 0,
      done: ready.length > 0 && !editedAfter && designing.length === 0,
      ended: turned("design.ready", "not").length > 0,
      carriers: [...edits, ...designing, ...ready],
    });
    decide("development", {
      entered:
        all("item", "in_progress", "in_review").length + all("pr", "open").length > 0 ||
        (finished > 0 && open.length + reverts.length > 0),
      done: (open.length === 0 && reverts.length === 0 && finished > 0) || grace,
      ended:
        today.some(({ signal, value }) => signal === "pr.reverted" && value !== "gone") ||
        (stages.development.state === "done" ? reopened.length > 0 && !single : reopened.some((one) => one.at === now)),
      carriers: [
        ...all("item", "in_progress", "in_review", "done"),
        ...all("pr", "open", "merged"),
        ...(grace ? reopened.map(({ from }) => from) : []),
      ],
    });
    const zeroed = today.filter(
      (fact, index) =>
        fact.signal === "exposure" &&
        fact.value !== "gone" &&
        !today.slice(index + 1).some((other) => key(other) === key(fact)) &&
        percent(fact) <= rules.exposedAbovePercent &&
        (before(fact) === undefined ||
          before(fact)?.value === "gone" ||
          percent(before(fact) ?? fact) > rules.exposedAbovePercent),
    );
    const claims = all("claim.done", "yes");
    decide("production", {
      entered: exposed || (!hasDeployments && claims.length > 0),
      done: fullySince !== undefined && now >= fullySince + rules.fullyExposedDays * DAY,
      ended: zeroed.length + turned("deploy.prod", "rolled_back").length > 0,
      carriers: [
        ...(exposed ? [...live, ...exposedFlags, ...all("experiment.shipped"), ...all("usage")] : []),
        ...(exposed || !hasDeployments ? claims : []),
      ],
    });
    if (stages.production.entered) exposedSince ??= now;
    const tests = failing ? [] : [...green, ...(merged.length > 0 ? red : [])];
    decide("testing", {
      entered:
        dark ||
        tests.length +
          all("deploy.nonprod", "live").length +
          all("flag.internal", "on").length +
          all("experiment", "draft", "running").length >
          0,
      done:
        stages.production.counts || (merged.length > 0 && !failing && green.some((fact) => time(fact) >= lastMerge)),
      ended: failing,
      carriers: [
        ...all("deploy.nonprod", "live"),
        ...tests,
        ...all("flag.internal", "on"),
        ...all("experiment", "draft", "running"),
        ...(dark ? [...live, ...flags] : []),
        ...(stages.production.counts ? stages.production.carriers : []),
      ],
    });
    const campaigns = all("campaign");
    const cancelled = all("campaign", "cancelled");
    decide("marketing", {
      entered: all("campaign", "scheduled", "sending", "sent").length + all("announced").length > 0,
      done:
        campaigns.every(({ value }) => value === "sent" || value === "cancelled") &&
        Number.isFinite(lastSend) &&
        now >= lastSend + rules.marketingQuietDays * DAY,
      ended: cancelled.length > 0 && cancelled.length === campaigns.length && all("announced").length === 0,
      carriers: [...all("campaign", "scheduled", "sending", "sent"), ...all("announced")],
    });
    const plans = [...all("target", "set"), ...all("initiative", "active"), ...all("scored", "yes")];
    decide("strategy", {
      entered: plans.length > 0,
      done:
        plans.length > 0 && all("committed", "yes").length > 0 && (stages.design.counts || stages.development.counts),
      ended: turned("target", "removed").length > 0,
      carriers: [...plans, ...all("committed", "yes")],
    });
    const visions = [
      ...all("idea", "exists"),
      ...all("objective", "linked"),
      ...(new Set(needs.map(({ recordId }) => recordId)).size >= rules.visionNeeds ? needs : []),
    ];
    decide("vision", {
      entered: visions.length > 0,
      done: visions.length > 0 && stages.strategy.counts,
      ended: [...turned("idea", "gone"), ...turned("objective", "unlinked"), ...turned("objective", "gone")].length > 0,
      carriers: visions,
    });
    const launched = stages.production.counts && stages.production.state === "done";
    const asked = [...all("ticket"), ...all("need", "open").filter(({ stage }) => stage === "support")].filter(
      (fact) => exposedSince !== undefined && time(fact) >= exposedSince,
    );
    decide("support", {
      entered: launched || asked.length > 0,
      done: sunset,
      ended: false,
      carriers: [
        ...asked,
        ...(launched ? stages.production.carriers : []),
        ...(sunset ? [...all("flag.archived", "archived"), ...all("removal.merged")] : []),
      ],
    });

    const furthest = STAGES.findLast(
      (stage) => stages[stage].counts && (!["marketing", "support"].includes(stage) || stages.production.counts),
    );
    if ((furthest ?? null) !== headline) path.push({ headline: furthest ?? null, at: now });
    headline = furthest ?? null;
    const declared = all("declared")
      .toSorted((a, b) => time(a) - time(b) || a.linkConfidence - b.linkConfidence || text(identity(a), identity(b)))
      .at(-1);
    const lastObserved = Math.max(
      ...past.filter((fact) => fact.tier === "observed" && fact.value !== "gone").map(time),
    );
    disposition = sunset
      ? "sunset"
      : declared?.value === "cancelled" && now >= lastObserved + rules.lapseDays * DAY
        ? "cancelled"
        : "open";
  }
  return { headline, stages, path, disposition };
};
