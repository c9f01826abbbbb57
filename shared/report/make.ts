import type { Entity, FieldedKind } from "../domain/entity.ts";
import type { TrustLimits } from "../domain/experiment-trust.ts";
import { TICKET_STATUSES } from "../domain/fields-around.ts";
import type { Instant } from "../domain/instant.ts";
import type { Because, Stage } from "../domain/stage.ts";
import type { TargetMove } from "../domain/target-moves.ts";
import { type CountedReads, SAID_KINDS, type SaidKind } from "../store/counted-reads.ts";
import type { EntityReads } from "../store/entity-reads.ts";
import type { KeyResultView } from "../store/shown-plan.ts";
import type { ConnectionView, FeatureView, Views } from "../store/views.ts";
import { waitsForData } from "../store/waits-for-data.ts";
import { changes, isAlike, type Snapshot, snapshotOf } from "./changed.ts";
import { sectionsOf } from "./definitions.ts";
import type { Report } from "./document.ts";
import { counted } from "./figures.ts";
import { daysFrom, dayWords, type Period, periodId, periodsBack, periodWords, previousOf } from "./period.ts";
import { scheduleWords } from "./schedule.ts";
import { type About, type Collector, line } from "./section.ts";
import type { ReportSettings } from "./settings.ts";
import { isGone, stageAt } from "./stage-path.ts";

/** All that a report reads: pages in ascending order of ids, and a few things by id. */
export interface ReportReads extends EntityReads, CountedReads, Pick<Views, "connections"> {
  entitiesById(ids: readonly string[]): Promise<ReadonlyMap<string, Entity>>;
  featuresById(ids: readonly string[]): Promise<ReadonlyMap<string, FeatureView>>;
  /** Why features stood where they did at a moment, by their ids: none where no facts of them are held. */
  becauseAt(ids: readonly string[], at: Instant): Promise<ReadonlyMap<string, readonly Because[]>>;
  /** Features that records speak about, by the id of the record. */
  featuresOf(records: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** When the target of a record of a plan was moved, by its id. */
  targetMoves(id: string): Promise<readonly TargetMove[]>;
  /** When experiments of features of these products are not to be trusted, by the config. */
  trustLimits(productIds: readonly string[]): TrustLimits;
  /** A key result with what its metric says now. */
  keyResult(entity: Entity<"keyResult">): Promise<KeyResultView>;
}

/** The report before, with what it remembers, in ascending order of ids. */
export interface Earlier {
  readonly period: Pick<Period, "last">;
  readonly madeAt: string;
  readonly snapshots: AsyncIterable<Snapshot>;
}

const PAGE = 200;
/** Of what is counted without a look at all of it. */
const COUNTED_PAGE = 500;
const PERIODS = 8;
/** Kinds of which a section asks what features their records speak about: each read of the others would tell nothing. */
const LINKED: { readonly [K in FieldedKind]?: (entity: Entity<K>, since: Instant) => boolean } = {
  experiment: () => true,
  metric: () => true,
  campaign: ({ fields: { sentAt } }, since) => sentAt !== undefined && sentAt >= since,
};
/** What is open counts however old it is. */
const OPEN_TICKETS = ["unknown", ...TICKET_STATUSES.filter((status) => status !== "solved" && status !== "closed")];
/** In this order, so that what is defined comes before what refers to it. */
const STREAMED = [
  "initiative",
  "objective",
  "keyResult",
  "experiment",
  "metric",
  "campaign",
  "survey",
] as const satisfies readonly FieldedKind[];

/**
 * Makes a report. Everything is streamed past the sections once and counted there: what is held does not grow with what
 * the hub holds.
 *
 * @param remember is given the state of each feature, in ascending order of ids, for the report after this one
 */
export const makeReport = async (
  settings: ReportSettings,
  period: Period,
  around: { readonly reads: ReportReads; readonly hubUrl: string; readonly madeAt: Date },
  earlier: Earlier | undefined,
  remember: (snapshot: Snapshot) => Promise<void> = async () => {},
): Promise<Report> => {
  const { reads, hubUrl } = around;
  const madeAt = around.madeAt.toISOString();
  const { name, definition, thresholds, products } = settings;
  const run = periodId(period);
  const runUrl = `${hubUrl}/reports/${name}/runs/${run}`;
  const previous = previousOf(period);
  const about: About = {
    period,
    previous,
    periods: periodsBack(period, PERIODS),
    madeAt,
    thresholds,
    hubUrl,
    runUrl,
  };
  const opened = sectionsOf(definition).map((section) => ({ section, collector: section.open(about) }));
  const collectors = opened.map(({ collector }) => collector);
  const ids = products.map(({ id }) => id);
  const isMine = (of: readonly string[]) => ids.length === 0 || of.some((id) => ids.includes(id));
  const changed = await streamFeatures(collectors, about, around, earlier, isMine, remember);
  for (const kind of STREAMED) await streamEntities(kind, collectors, reads, isMine, previous.start);
  for (const kind of SAID_KINDS) await streamSaid(kind, collectors, reads, isMine, previous.start);
  const told = await Promise.all(
    opened.map(async ({ section, collector }) => ({
      section,
      told: await collector.end({
        features: (wanted) => reads.featuresById(wanted),
        becauseAt: (wanted) => reads.becauseAt(wanted, lastMoment(period)),
        entities: (wanted) => reads.entitiesById(wanted),
        targetMoves: (id) => reads.targetMoves(id),
        trustLimits: (productIds) => reads.trustLimits(productIds),
        keyResult: (entity) => reads.keyResult(entity),
      }),
    })),
  );
  const slipped = changed.counts.find(({ word }) => word === "slipped")?.count ?? 0;
  const [first = [], ...others] = told.map((one) => one.told.lead ?? []);
  const lead = [...first, ...(slipped > 0 ? [`${slipped} slipped`] : []), ...others.flat()].slice(0, 5);
  const isNews = changed.counts.length > 0 || told.some((one) => one.told.isNews === true);
  const subjectOf = products.map((product) => product.name).join(", ") || definition.title;
  return {
    schema: "report.v1",
    report: name,
    run,
    kind: settings.kind,
    title: `${products.length > 0 ? `${line(subjectOf)}: ` : ""}${definition.title}`,
    subject: line(
      `${subjectOf}: ${isNews ? lead.slice(0, 3).join(", ") || counted(total(changed), "change") : "nothing changed"}`,
      120,
    ),
    lead: isNews ? `${capital(lead.join(", ") || counted(total(changed), "change"))}.` : "Nothing changed.",
    products: products.map((product) => line(product.name)),
    period,
    previous,
    madeAt,
    isNews,
    changed,
    sections: told.map(({ section: { id, title }, told: { blocks } }) => ({ id, title, blocks: [...blocks] })),
    caveats: caveatsOf(await reads.connections(), period, previous, madeAt),
    why: `You get this because "${name}" is among the reports of the hub's configuration (${scheduleWords(settings.schedule, settings.zone)}). Who gets it and when is changed there, under reports.${name}.`,
    url: runUrl,
  };
};

const total = ({ counts }: Report["changed"]): number => counts.reduce((sum, { count }) => sum + count, 0);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Features past the sections and past what the report before remembers. */
const streamFeatures = async (
  collectors: readonly Collector[],
  { period, thresholds, hubUrl }: About,
  { reads }: { readonly reads: ReportReads },
  earlier: Earlier | undefined,
  isMine: (of: readonly string[]) => boolean,
  remember: (snapshot: Snapshot) => Promise<void>,
): Promise<Report["changed"]> => {
  const base =
    earlier === undefined
      ? `since ${dayWords(period.first)}, the start of the period: there is no earlier report, so only stage changes are listed`
      : `since the report up to ${dayWords(earlier.period.last)}`;
  const compared = changes(hubUrl, base, thresholds.slipDays);
  const before = (earlier?.snapshots ?? none)[Symbol.asyncIterator]();
  let held = await before.next();
  for (let after: string | undefined; ; ) {
    const { items, next } = await reads.features(after, COUNTED_PAGE);
    const changed: { readonly id: string; readonly was: Snapshot | undefined; readonly stage: Stage | null }[] = [];
    for (const brief of items) {
      if (isGone(brief) || brief.sameAs !== undefined || !isMine(brief.productIds)) continue;
      for (; held.done !== true && held.value.id < brief.id; held = await before.next()) compared.gone(held.value);
      const stage = stageAt(brief, period.end);
      const now = snapshotOf(brief, stage);
      await remember(now);
      const isKnown = held.done !== true && held.value.id === brief.id;
      const known = isKnown ? (held.value as Snapshot) : undefined;
      const was = earlier === undefined ? { ...now, stage: stageAt(brief, period.start) } : known;
      if (isKnown) held = await before.next();
      if (was === undefined || !isAlike(was, now)) changed.push({ id: brief.id, was, stage });
      for (const { feature } of collectors) feature?.(brief);
    }
    const views = changed.length === 0 ? undefined : await reads.featuresById(changed.map(({ id }) => id));
    for (const { id, was, stage } of changed) {
      const view = views?.get(id);
      if (view !== undefined) compared.compare(was, view, stage);
    }
    if (next === undefined) break;
    after = next;
  }
  for (; held.done !== true; held = await before.next()) compared.gone(held.value);
  return compared.told((wanted) => reads.becauseAt(wanted, lastMoment(period)));
};

/** Just before the end, which belongs to what comes next. */
const lastMoment = ({ end }: Period): Instant => new Date(Date.parse(end) - 1).toISOString();

const none: AsyncIterable<Snapshot> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

const streamEntities = async <K extends Exclude<FieldedKind, SaidKind>>(
  kind: K,
  collectors: readonly Collector[],
  reads: ReportReads,
  isMine: (of: readonly string[]) => boolean,
  since: Instant,
): Promise<void> => {
  const asks = LINKED[kind] as ((entity: Entity<K>, since: Instant) => boolean) | undefined;
  const takers = collectors.flatMap(({ entity }) => entity?.[kind] ?? []);
  if (takers.length === 0) return;
  for (let after: string | undefined; ; ) {
    const { items, next } = await reads.entities(kind, after, PAGE);
    const mine = items.filter((entity) => !isGone(entity) && isMine(entity.productIds));
    const linked = asks === undefined ? [] : mine.filter((entity) => asks(entity, since));
    const links = linked.length === 0 ? undefined : await reads.featuresOf(linked.map(({ id }) => id));
    for (const entity of mine) for (const take of takers) take(entity, links?.get(entity.id) ?? []);
    if (next === undefined) return;
    after = next;
  }
};

/** What was said or solved in the two periods, and tickets that are open. */
const streamSaid = async <K extends SaidKind>(
  kind: K,
  collectors: readonly Collector[],
  reads: ReportReads,
  isMine: (of: readonly string[]) => boolean,
  since: Instant,
): Promise<void> => {
  const wanted = { since, ...(kind === "supportTicket" && { standing: OPEN_TICKETS }) };
  const takers = collectors.flatMap(({ said }) => said?.[kind] ?? []);
  if (takers.length === 0) return;
  for (let after: string | undefined; ; ) {
    const { items, next } = await reads.said(kind, after, COUNTED_PAGE, wanted);
    for (const brief of items) if (!isGone(brief) && isMine(brief.productIds)) for (const take of takers) take(brief);
    if (next === undefined) return;
    after = next;
  }
};

/** What the reader must know before the figures are believed. */
const caveatsOf = (
  connections: readonly ConnectionView[],
  period: Period,
  previous: Period,
  madeAt: string,
): string[] => {
  const behind = connections.filter(
    (one) => ["stale", "needs_auth", "failed", "pending"].includes(one.state) && !waitsForData(one),
  );
  const [days, before] = [period, previous].map(({ first, last }) => daysFrom(first, last) + 1);
  return [
    ...behind.map(({ title, state, dataAsOf }) =>
      line(
        `${title} is behind (${state.replaceAll("_", " ")}${dataAsOf === undefined ? ", nothing was read yet" : `, data of ${dataAsOf.slice(0, 16).replace("T", " ")} UTC`}): newer events there are missing.`,
        300,
      ),
    ),
    ...connections.filter(waitsForData).map(({ title }) => line(`${title} only sends, and has sent nothing yet.`)),
    ...connections.flatMap(({ title, quarantined }) =>
      quarantined > 0
        ? [
            line(
              `${title}: ${counted(quarantined, "record")} could not be read and ${quarantined === 1 ? "is" : "are"} not counted.`,
            ),
          ]
        : [],
    ),
    ...(days === before
      ? []
      : [`${periodWords(period)} has ${days} days, the period before ${before}: compare sums with care.`]),
    `Stages and their reasons are as of the end of the period, by the tools' own timestamps. Health, targets and progress are as of ${madeAt.slice(0, 16).replace("T", " ")} UTC, when this report was created.`,
  ];
};
