import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link, Place as LinkPlace } from "../domain/link.ts";
import type { Fact } from "../domain/stage.ts";
import type { WorkItemSummary } from "../lifecycle/health-input.ts";
import type { Place, Row, Table } from "../ports/table.ts";
import { linksOf, update } from "../store/entities.ts";
import { factsKey, timelineKey } from "../store/keys.ts";
import type { EvidenceLine, TimelineLine } from "../store/views.ts";
import { hash } from "./entity-of.ts";
import type { Contribution } from "./relink.ts";
import { UPWARD } from "./statements.ts";

/** What one record says about one feature. */
export interface Said {
  readonly line: EvidenceLine;
  readonly facts: readonly Fact[];
  readonly timeline: readonly TimelineLine[];
  /** Of a work item: what health and progress ask of it, null once it is deleted. */
  readonly item?: WorkItemSummary | null | undefined;
  /** Of an experiment: what was decided, in the tool's word. */
  readonly decision?: string | undefined;
}

/** The same as it is stored: what the derivation reads. */
export interface FactsRow extends Omit<Said, "timeline"> {
  readonly gone: boolean;
  /** Its lines of the timeline: `{at}#{place among those of that moment}` to `{version of the line's row}.{its digest}`. */
  readonly lines: Readonly<Record<string, string>>;
}

/** A path longer than this is a loop or says nothing. */
const HOPS = 6;

const PLACES: Readonly<Record<LinkPlace, string>> = {
  native: "linked in its tool",
  parent: "its parent in its tool",
  declared: "declared",
  flag: "the same flag key",
  tag: "tag",
  branch: "key in the branch name",
  closing: "closing keyword",
  title: "key in the title",
  commit: "key in a commit message",
  body: "mention",
};

/** Links that lead from an entity towards features, each with the entity at its other end. */
const upwardOf = async (table: Table, id: string): Promise<{ readonly link: Link; readonly up: string }[]> => {
  const out = (await linksOf(table, id, "out"))
    .filter(({ type }) => UPWARD.has(type))
    .map((link) => ({ link, up: link.to }));
  const parents = (await linksOf(table, id, "in", "parent_of")).map((link) => ({ link, up: link.from }));
  return [...out, ...parents];
};

/** Entities whose way to features leads over this one. */
export const downwardOf = async (table: Table, id: string): Promise<string[]> => {
  const into = (await linksOf(table, id, "in")).filter(({ type }) => UPWARD.has(type)).map(({ from }) => from);
  const children = (await linksOf(table, id, "out", "parent_of")).map(({ to }) => to);
  return [...into, ...children];
};

/** The features that a record speaks about, each by the best of all paths to it. */
export const contributionsOf = async (table: Table, id: string): Promise<readonly Contribution[]> => {
  const found = new Map<string, Contribution>();
  const best = new Map<string, number>([[id, 1]]);
  let edge: { readonly id: string; readonly confidence: number; readonly via: string }[] = [
    { id, confidence: 1, via: "" },
  ];
  for (let hop = 0; hop < HOPS && edge.length > 0; hop++) {
    const next: typeof edge = [];
    for (const at of edge) {
      for (const { link, up } of await upwardOf(table, at.id)) {
        const confidence = round(at.confidence * link.confidence);
        if (confidence <= (best.get(up) ?? 0)) continue;
        best.set(up, confidence);
        const via = at.via === "" || at.via === PLACES.native ? PLACES[link.evidence[0]?.place ?? "native"] : at.via;
        if (kindOf(up) === "feature") found.set(up, { featureId: up, confidence, via });
        else next.push({ id: up, confidence, via });
      }
    }
    edge = next;
  }
  return [...found.values()].sort((a, b) => (a.featureId < b.featureId ? -1 : 1));
};

/** Products of decimals, free of the noise of binary fractions. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/**
 * Writes what a record says about a feature, after the lines of the timeline that came or went with it: a crash in
 * between leaves the row that tells which lines are still to be written.
 *
 * @param held the row as it was read
 * @returns the row as it is now, or `conflict` if somebody else wrote it meanwhile
 */
export const putFacts = async (
  table: Table,
  featureId: string,
  recordId: string,
  said: Said | undefined,
  held: Row<FactsRow> | undefined,
): Promise<Row<FactsRow> | undefined | "conflict"> => {
  const before = held === undefined || held.data.gone ? undefined : held.data;
  const timeline = numbered(said?.timeline ?? []);
  const past = before?.lines ?? {};
  const wanted = said && factsRow(said, timeline, past);
  if (JSON.stringify(before) === JSON.stringify(wanted)) return held;
  for (const place of Object.keys(past)) if (!timeline.has(place)) await removeLine(table, featureId, recordId, place);
  for (const [place, line] of timeline) {
    const version = wanted?.lines[place];
    if (version !== undefined && past[place] !== version)
      await setLine(table, lineKey(featureId, recordId, place), line, Number.parseInt(version, 10));
  }
  const data = wanted ?? (before && { ...before, lines: {}, gone: true });
  if (data === undefined) return held;
  const row = { ...factsKey(featureId, recordId), version: (held?.version ?? 0) + 1, data };
  return (await table.put(row)) ? row : "conflict";
};

/** As {@link putFacts}, whatever the row is now. */
export const setFacts = async (
  table: Table,
  featureId: string,
  recordId: string,
  said: Said | undefined,
): Promise<void> => {
  const { pk, sk } = factsKey(featureId, recordId);
  while ((await putFacts(table, featureId, recordId, said, await table.get<FactsRow>(pk, sk))) === "conflict");
};

const factsRow = (
  { line, facts, item, decision }: Said,
  timeline: ReadonlyMap<string, TimelineLine>,
  past: FactsRow["lines"],
): FactsRow => ({
  gone: false,
  line,
  facts,
  ...(item !== undefined && { item }),
  ...(decision !== undefined && { decision }),
  lines: Object.fromEntries([...timeline].map(([place, told]) => [place, nextLine(past[place], told)])),
});

const nextLine = (past: string | undefined, line: TimelineLine): string => {
  const digest = hash(line).slice(0, 12);
  const [version = "0", told] = past?.split(".") ?? [];
  return told === digest ? `${version}.${digest}` : `${Number(version) + 1}.${digest}`;
};

/** Lines by a place that stays when their words change. */
const numbered = (timeline: readonly TimelineLine[]): Map<string, TimelineLine> => {
  const places = new Map<string, TimelineLine>();
  const told = new Map<string, number>();
  for (const line of timeline) {
    const nth = told.get(line.at) ?? 0;
    told.set(line.at, nth + 1);
    places.set(`${line.at}#${nth}`, line);
  }
  return places;
};

const lineKey = (featureId: string, recordId: string, place: string) => {
  const [at = "", nth = ""] = place.split("#");
  return timelineKey(featureId, at, `${recordId}#${nth}`);
};

interface LineRow {
  readonly line: TimelineLine;
  readonly gone: boolean;
}

/** @param version that the row should have next: nearly always it does, and what it holds need not be read */
const setLine = async (table: Table, key: Place, line: TimelineLine, version: number): Promise<void> => {
  const data: LineRow = { line, gone: false };
  if (await table.put({ ...key, version, data })) return;
  await update<LineRow>(table, key, (held) =>
    JSON.stringify(held?.data) === JSON.stringify(data) ? undefined : { data },
  );
};

const removeLine = (table: Table, featureId: string, recordId: string, place: string): Promise<boolean> =>
  update<LineRow>(table, lineKey(featureId, recordId, place), (held) =>
    held === undefined || held.data.gone ? undefined : { data: { ...held.data, gone: true } },
  );

/** What was decided of an experiment that is still there. */
export const decisionOf = (entity: Entity): string | undefined =>
  isKind(entity, "experiment") && entity.presence.state !== "deleted" ? entity.fields.decision?.detail : undefined;

/** What is kept of a work item with each feature that it speaks about. */
export const summaryOf = (entity: Entity): WorkItemSummary | null | undefined => {
  if (!isKind(entity, "workItem")) return undefined;
  if (entity.presence.state === "deleted") return null;
  const { status, type, priority, startedAt, completedAt, isBlocked, dueAt } = entity.fields;
  const { key, externalId } = entity.source;
  return {
    fields: { status, type, priority, startedAt, completedAt, isBlocked, dueAt },
    source: { key, externalId },
    sourceCreatedAt: entity.sourceCreatedAt,
    sourceUpdatedAt: entity.sourceUpdatedAt,
  };
};

export const evidenceLine = (entity: Entity, { confidence, via }: Contribution): EvidenceLine => {
  const { id, kind, source, fields } = entity;
  const words = fields as {
    status?: EvidenceLine["status"];
    state?: EvidenceLine["status"];
    result?: EvidenceLine["status"];
  };
  const status = words.status ?? words.state ?? words.result;
  return {
    id,
    kind,
    ...(source.key !== undefined && { key: source.key }),
    name: nameOf(entity),
    tool: source.tool,
    url: source.url,
    ...(status !== undefined && { status }),
    confidence,
    via,
    at: entity.sourceUpdatedAt,
  };
};

/** What happened to a record, in sentences, oldest first. */
export const timelineOf = (entity: Entity, history: readonly HistoryEntry[]): TimelineLine[] => {
  const { source, kind, id } = entity;
  const name = source.key ?? nameOf(entity);
  const line = (at: string | undefined, text: string): TimelineLine[] =>
    at === undefined
      ? []
      : [
          {
            at,
            tool: source.tool,
            kind,
            recordId: id,
            ...(source.key !== undefined && { key: source.key }),
            text,
            url: source.url,
          },
        ];
  const lines: TimelineLine[] = [];
  if (isKind(entity, "pullRequest")) {
    lines.push(...line(entity.sourceCreatedAt, `${name} was opened: ${entity.fields.title}`));
    if (entity.fields.mergedAt !== undefined) lines.push(...line(entity.fields.mergedAt, `${name} was merged`));
    else lines.push(...line(entity.fields.closedAt, `${name} was closed without a merge`));
  } else if (isKind(entity, "deployment")) {
    lines.push(
      ...line(
        entity.fields.finishedAt ?? entity.fields.startedAt,
        `Deployment to ${entity.fields.environment.detail}: ${entity.fields.result.category.replaceAll("_", " ")}`,
      ),
    );
  } else if (isKind(entity, "release")) {
    lines.push(...line(entity.fields.publishedAt, `${entity.fields.name} was released`));
  } else if (isKind(entity, "review")) {
    lines.push(...line(entity.fields.at, `Review: ${entity.fields.state.detail}`));
  } else if (isKind(entity, "testRun")) {
    lines.push(...line(entity.fields.at, `${entity.fields.suite}: ${entity.fields.result.detail}`));
  } else if (isKind(entity, "campaign")) {
    lines.push(...line(entity.fields.sentAt, `Campaign ${name}: ${entity.fields.status.category}`));
  } else if (isKind(entity, "announcement")) {
    lines.push(...line(entity.fields.at, `Announced: ${entity.fields.title}`));
  } else if (isKind(entity, "feedback")) {
    lines.push(...line(entity.fields.at, `Feedback: ${entity.fields.title}`));
  } else if (isKind(entity, "experiment")) {
    lines.push(...line(entity.fields.startedAt, `Experiment ${name} was started`));
    lines.push(
      ...line(
        entity.fields.endedAt,
        `Experiment ${name} was stopped${entity.fields.result === undefined ? "" : `: ${entity.fields.result.detail}`}`,
      ),
    );
  } else if (isKind(entity, "supportTicket")) {
    lines.push(...line(entity.sourceCreatedAt, `Ticket ${name} was opened: ${entity.fields.subject}`));
    lines.push(...line(entity.fields.solvedAt, `Ticket ${name} was solved`));
  } else if (kind === "design" || kind === "featureFlag" || kind === "document") {
    lines.push(...line(entity.sourceCreatedAt, `${nameOf(entity)} was created`));
  } else if (kind === "workItem" || kind === "feature") {
    lines.push(...line(entity.sourceCreatedAt, `${name} was created: ${nameOf(entity)}`));
    for (const entry of history) {
      for (const { field, from, to } of entry.changes) {
        const words = [from?.name ?? from?.id, to?.name ?? to?.id];
        if (!TOLD_FIELDS.has(field)) continue;
        lines.push(
          ...line(
            entry.at,
            `${name}: ${field.replaceAll("_", " ")} changed from ${words[0] ?? "nothing"} to ${words[1] ?? "nothing"}`,
          ),
        );
      }
    }
  }
  if (entity.presence.state !== "present")
    lines.push(...line(entity.presence.since, `${name} is ${entity.presence.state.replaceAll("_", " ")}`));
  return lines;
};

const TOLD_FIELDS: ReadonlySet<string> = new Set([
  "status",
  "assignee",
  "parent",
  "cycle",
  "estimate",
  "key",
  "priority",
  "title",
  "target",
  "health",
  "resolution",
]);
