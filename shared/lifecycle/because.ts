import type { Because, Stage } from "../domain/stage.ts";
import type { Folded, View } from "./fold.ts";
import type { Group } from "./group.ts";
import { type Held, weightOf } from "./held.ts";
import { type Ledger, percentOf, SOME } from "./ledger.ts";
import { DAY } from "./rule-set.ts";
import { customersOf, isInReopenGrace, openWork, RULES } from "./rules.ts";
import { capitalised, counted, firstOf, latestOf, listed, recordName, toolName } from "./sentence.ts";

/** At most so many proofs stand under one line; more is found at its records. */
const EVIDENCE = 5;

type Day = (at: number) => string;
type Clauses = (ledger: Ledger, day: Day, folded: Folded) => readonly (string | undefined | false)[];

/** The rule that decided a stage: being deployed dark is a rule of its own. */
export const ruleOf = (stage: Stage, { ledger }: Folded): string =>
  stage === "testing" && ledger.isDark ? "R6b" : RULES[stage].id;

/** Why a stage is active, done or regressed: one sentence and its proof, or nothing if it is none of these. */
export const becauseOf = (stage: Stage, folded: Folded, day: Day): Because[] => {
  const { ledger, views } = folded;
  const view = views[stage];
  if (view.state === "not_started") return [];
  const end = view.isUndone ? ledger.endedBy.get(stage) : undefined;
  const clauses = [
    ...(view.isUndone ? [endOf(stage, folded, day)] : []),
    ...(view.entered || view.state === "done" ? CLAUSES[stage](ledger, day, folded) : []),
    ...placedClauses(stage, view, ledger, day),
  ].filter((clause) => typeof clause === "string");
  if ((view.entered || view.state === "done") && !view.counts)
    clauses.push(
      `not enough to count yet (confidence ${view.confidence}, needs ${ledger.ruleSet.establishedAt[stage]})`,
    );
  return [
    {
      stage,
      rule: ruleOf(stage, folded),
      text: capitalised(clauses.join("; ")),
      evidence: evidenceOf([
        ...(end === undefined ? [] : [end]),
        ...(view.isUndone && stage === "testing" ? best(ledger.group("test.run", "red").values()) : []),
        ...(stage === "support" ? (floodOf(ledger)?.week.slice(0, 2) ?? []) : []),
        ...best(supportOf(view)),
      ]),
      at: new Date(view.since ?? ledger.now).toISOString(),
    },
  ];
};

/** URLs in the order given, each once, at most five. */
export const evidenceOf = (held: readonly Held[]): string[] =>
  [...new Set(held.map(({ fact }) => fact.url).filter((url) => url !== ""))].slice(0, EVIDENCE);

const supportOf = ({ support }: View): Held[] => support.flatMap((group) => [...group.values()]);

/** Best first: the heaviest, of these the latest. */
const best = (held: Iterable<Held>): Held[] =>
  [...held].sort(
    (a, b) => weightOf(b.fact) - weightOf(a.fact) || b.at - a.at || (a.identity < b.identity ? -1 : a === b ? 0 : 1),
  );

const placedClauses = (stage: Stage, view: View, ledger: Ledger, day: Day): string[] => {
  const clauses: string[] = [];
  const placed = latestOf(ledger.group(`item.stage:${stage}`, "in").values());
  if (placed?.fact.rule !== undefined)
    clauses.push(`${recordName(placed)} fits the rule ${placed.fact.rule} since ${day(placed.at)}`);
  else if (placed !== undefined)
    clauses.push(`${recordName(placed)} is in a status that stands for ${stage} since ${day(placed.at)}`);
  const asserted = ledger.group(`asserted:${stage}`, "+");
  const last = latestOf(asserted.values());
  if (last !== undefined && view.support.includes(asserted)) {
    const until = last.fact.expiresAt === undefined ? "" : `, until ${day(Date.parse(last.fact.expiresAt))}`;
    clauses.push(`${last.fact.recordKey} asserted it ${day(last.at)}${until}`);
  }
  return clauses;
};

/** What undid the stage. */
const endOf = (stage: Stage, { ledger }: Folded, day: Day): string | undefined => {
  const end = ledger.endedBy.get(stage);
  if (stage === "testing") {
    const red = latestOf(ledger.group("test.run", "red").values());
    return red && `tests of ${red.fact.recordKey} red since ${day(red.at)}, after the last merge`;
  }
  if (stage === "marketing") return "all campaigns are cancelled and nothing is announced";
  if (end === undefined) return undefined;
  const name = recordName(end);
  switch (end.fact.signal) {
    case "idea":
      return `${name} has been gone since ${day(end.at)}`;
    case "objective":
      return `no longer linked to ${name} since ${day(end.at)}`;
    case "target":
      return `the target date was removed ${day(end.at)} in ${name}`;
    case "design.ready":
      return `the ready mark of ${name} was withdrawn ${day(end.at)}`;
    case "pr.reverted":
      return `reverted by ${end.fact.recordKey} ${day(end.at)}`;
    case "item":
      return `${name} was done and is open again since ${day(end.at)}`;
    case "exposure":
      return `flag ${end.fact.recordKey} was set to ${percentOf(end.fact.value)} % ${day(end.at)}`;
    default:
      return `the deployment to ${end.fact.recordKey} was rolled back ${day(end.at)}`;
  }
};

const since = (held: Held | undefined, day: Day, say: (name: string, date: string) => string): string | undefined =>
  held && say(recordName(held), day(held.at));

const CLAUSES: Readonly<Record<Stage, Clauses>> = {
  vision: (ledger, day, { views }) => [
    since(firstOf(ledger.group("idea", "exists").values()), day, (name, date) => `${name} has existed since ${date}`),
    since(
      firstOf(ledger.group("objective", "linked").values()),
      day,
      (name, date) => `contributes to ${name} since ${date}`,
    ),
    askedFor([ledger.group("need:vision", "open"), ledger.group("need:vision", "closed_loop")]),
    views.vision.state === "done" && "strategy gives it a time frame",
  ],
  strategy: (ledger, day) => [
    since(latestOf(ledger.group("target", "set").values()), day, (name, date) => `target date set ${date} in ${name}`),
    since(
      firstOf(ledger.group("initiative", "active").values()),
      day,
      (name, date) => `part of ${name} since ${date}, which is planned or active`,
    ),
    since(firstOf(ledger.group("scored", "yes").values()), day, (name, date) => `priority set ${date} in ${name}`),
    since(firstOf(ledger.group("committed", "yes").values()), day, (_, date) => `committed ${date}`),
  ],
  design: (ledger, day) => {
    const changed = latestOf(ledger.changedAfterReady);
    const inProgress = ledger.count("design.item", "in_progress");
    const edit = latestOf(ledger.group("design.edited").values());
    return [
      since(
        latestOf(ledger.group("design.ready", "ready").values()),
        day,
        (name, date) => `${name} ready for development since ${date}`,
      ),
      changed && `${recordName(changed)} was edited after it was marked ready`,
      inProgress > 0 && `${counted(inProgress, "design item")} in progress`,
      edit && `last edit ${day(edit.at)}`,
      isDesignHeld(ledger) &&
        `no edit for more than ${ledger.ruleSet.designFreshDays} d, held until ${ledger.ruleSet.lapseDays} d`,
    ];
  },
  development: (ledger, day, { scene, views }) => [
    ...workClauses(ledger, day),
    isInReopenGrace(scene, views.development.state) &&
      `${listed([...ledger.reopened.values()].map(({ from }) => from.fact.recordKey))} was reopened less than ${ledger.ruleSet.reopenGraceHours} h before`,
  ],
  testing: (ledger, day, { scene }) => {
    const green = [...ledger.group("test.run", "green").values()];
    const experiments = ["draft", "running"].flatMap((status) => [...ledger.group("experiment", status).values()]);
    return [
      deployedTo(ledger, "deploy.nonprod", day),
      !ledger.isFailing &&
        green.length > 0 &&
        `tests green ${day(latestOf(green)?.at ?? 0)} (${listed(green.map(({ fact }) => fact.recordKey))})`,
      !ledger.isFailing && redBeforeMerge(ledger, day),
      since(
        latestOf(ledger.group("flag.internal", "on").values()),
        day,
        (name, date) => `flag ${name} on for internal users since ${date}`,
      ),
      experiments.length > 0 &&
        `experiment ${listed(experiments.map(({ fact }) => fact.recordKey))} ${latestOf(experiments)?.fact.value ?? ""}`,
      ledger.isDark && `in production behind ${flagsAt(ledger, "zero")}: no customer sees it`,
      scene.counts("production") && "it is in production",
    ];
  },
  production: (ledger, day, { views }) => {
    const usage = latestOf(ledger.group("usage").values());
    const claims = views.production.support.includes(ledger.group("claim.done", "yes"))
      ? [...ledger.group("claim.done", "yes").values()]
      : [];
    return [
      ledger.isExposed && deployedTo(ledger, "deploy.prod", day),
      ledger.isExposed && (flagsAt(ledger, "part", "full") || undefined),
      ledger.isExposed &&
        since(
          latestOf(ledger.group("experiment.shipped").values()),
          day,
          (name, date) => `winner of experiment ${name} shipped ${date}`,
        ),
      ledger.isExposed && usage && `used, last seen ${day(usage.at)}`,
      claims.length > 0 && `${listed(claims.map(recordName))} ${claims.length === 1 ? "says" : "say"} done`,
      views.production.state === "done" &&
        ledger.fullySince !== undefined &&
        `open to every customer since ${day(ledger.fullySince)}, for more than ${ledger.ruleSet.fullyExposedDays} d`,
    ];
  },
  marketing: (ledger, day, { views }) => {
    const sent = [...ledger.group("campaign", "sent").values()];
    const coming = ["sending", "scheduled"].flatMap((status) => [...ledger.group("campaign", status).values()]);
    const announced = latestOf(ledger.group("announced").values());
    return [
      announced && `announced ${day(announced.at)} in ${recordName(announced)}`,
      sent.length > 0 && `${counted(sent.length, "campaign")} sent, the last ${day(latestOf(sent)?.at ?? 0)}`,
      coming.length > 0 && `${counted(coming.length, "campaign")} scheduled or sending`,
      tooEarly(ledger, day),
      views.marketing.state === "done" && `nothing sent for more than ${ledger.ruleSet.marketingQuietDays} d`,
    ];
  },
  support: (ledger, day, { views, scene }) => {
    const tickets = [...ledger.group("ticket", "after").values()];
    return [
      views.support.state === "done" && "the feature is sunset: its flag is archived and its code removed",
      flood(ledger, day),
      tickets.length > 0 &&
        `${counted(tickets.length, "ticket")} within ${ledger.ruleSet.lapseDays} d, the last ${day(latestOf(tickets)?.at ?? 0)}`,
      askedFor([ledger.group("need:support", "after")], "more after exposure"),
      scene.stateOf("production") === "done" &&
        scene.counts("production") &&
        `launched: production has been done since ${day(views.production.since ?? 0)}`,
    ];
  },
};

/** `5 customers asked for it, and 6 requests name no customer` */
const askedFor = (needs: readonly Group[], forMore = ""): string | undefined => {
  const customers = customersOf(needs);
  const unnamed = needs.reduce(
    (sum, { size, customers: of }) => sum + size - [...of.values()].reduce((a, b) => a + b, 0),
    0,
  );
  const rest = `${counted(unnamed, "request")} ${unnamed === 1 ? "names" : "name"} no customer`;
  if (customers === 0) return unnamed === 0 ? undefined : `${rest}${forMore === "" ? "" : ` (${forMore})`}`;
  return `${counted(customers, "customer")} asked for ${forMore || "it"}${unnamed === 0 ? "" : `, and ${rest}`}`;
};

/** Whether customers got a campaign before they could have what it promises. */
export const isTooEarly = ({ firstSend, exposedSince }: Ledger): boolean =>
  firstSend !== undefined && (exposedSince === undefined || firstSend < exposedSince);

const tooEarly = (ledger: Ledger, day: Day): string | undefined => {
  const { firstSend, exposedSince } = ledger;
  if (firstSend === undefined || !isTooEarly(ledger)) return undefined;
  return exposedSince === undefined
    ? "before customers can have it"
    : `the first ${day(firstSend)}, before customers could have it (${day(exposedSince)})`;
};

/** So many tickets within a week at least, and more than half of all. */
const FLOOD_AT_LEAST = 6;
const FLOOD_DAYS = 7;

/** The tickets of the fullest week since customers first had it, if they are a flood. */
export const floodOf = ({
  tickets,
  exposedSince,
}: Ledger): { readonly week: readonly Held[]; readonly all: number } | undefined => {
  const after = tickets.filter(({ at }) => exposedSince !== undefined && at >= exposedSince);
  let week: readonly Held[] = [];
  for (const [index, { at }] of after.entries()) {
    const end = after.findLastIndex((one) => one.at < at + FLOOD_DAYS * DAY);
    if (end + 1 - index > week.length) week = after.slice(index, end + 1);
  }
  return week.length >= FLOOD_AT_LEAST && week.length * 2 > after.length ? { week, all: after.length } : undefined;
};

/** What came at once, in words. */
export const flood = (ledger: Ledger, day: Day): string | undefined => {
  const found = floodOf(ledger);
  const first = found?.week[0];
  if (found === undefined || first === undefined || ledger.exposedSince === undefined) return undefined;
  const isAtOnce = first.at < ledger.exposedSince + FLOOD_DAYS * DAY;
  return `${found.week.length} of ${found.all} tickets came within ${FLOOD_DAYS} d from ${day(first.at)}${isAtOnce ? `, right after customers first had it (${day(ledger.exposedSince)})` : ""}`;
};

/** Whether only edits older than the entry window hold design active. */
export const isDesignHeld = (ledger: Ledger): boolean =>
  ledger.group("design.edited").size > 0 &&
  ledger.now >= ledger.group("design.edited").latest + ledger.ruleSet.designFreshDays * DAY &&
  ledger.count("design.item", "in_progress") + ledger.count("design.ready", "ready") === 0 &&
  ledger.group("item.stage:design", "in").size + ledger.group("asserted:design", "+").size === 0;

const workClauses = (ledger: Ledger, day: Day): (string | false)[] => {
  const [items, done, cancelled] = [
    ledger.total("item"),
    ledger.count("item", "done"),
    ledger.count("item", "cancelled"),
  ];
  const running = ledger.count("item", "in_progress", "in_review");
  const [prs, merged, open] = [ledger.total("pr"), ledger.group("pr", "merged"), ledger.group("pr", "open")];
  const merge = latestOf(merged.values());
  const oldest = firstOf(open.values());
  return [
    items > 0 &&
      `${done} of ${counted(items, "work item")} done${running > 0 ? `, ${running} in progress` : ""}${cancelled > 0 ? `, ${cancelled} cancelled` : ""}`,
    prs > 0 &&
      `${merged.size} of ${counted(prs, "pull request")} merged${merge === undefined ? "" : `, the last (${merge.fact.recordKey}) ${day(merge.at)}`}`,
    oldest !== undefined &&
      `${listed([...open.values()].map(({ fact }) => fact.recordKey))} open since ${day(oldest.at)}`,
    items > 0 && openWork(ledger) === 0 && done === items && items > 1 && "nothing is left open",
  ];
};

/** `deployed to production of acme/web 3 Mar` */
const deployedTo = (ledger: Ledger, slot: string, day: Day): string | undefined => {
  const live = [...ledger.group(slot, "live").values()];
  const last = latestOf(live);
  return last && `deployed to ${listed(live.map(({ fact }) => fact.recordKey))} ${day(last.at)}`;
};

const redBeforeMerge = (ledger: Ledger, day: Day): string | undefined => {
  const red = latestOf(ledger.group("test.run", "red").values());
  const merge = ledger.group("pr", "merged");
  return red && merge.size > 0
    ? `tests of ${red.fact.recordKey} red ${day(red.at)}, not run since the last merge`
    : undefined;
};

/** `flag checkout-v2 at 25 %`; where two tools have a flag of one name, each with its tool. */
export const flagsAt = (ledger: Ledger, ...steps: readonly string[]): string => {
  const flags = steps.flatMap((step) => [...ledger.group("exposure", step).values()]);
  const isTwice = (key: string) => flags.filter(({ fact }) => fact.recordKey === key).length > 1;
  const named = flags.map(
    ({ fact }) =>
      `${fact.recordKey} ${shareIn(fact.value)}${isTwice(fact.recordKey) ? ` in ${toolName(fact.tool)}` : ""}`,
  );
  return flags.length === 0 ? "" : `flag ${listed(named)}`;
};

const shareIn = (value: string | undefined): string =>
  value === SOME ? "on for some customers" : `at ${percentOf(value)} %`;
