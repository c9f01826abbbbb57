import type { Assertion } from "../domain/assertion.ts";
import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link, Place as LinkPlace } from "../domain/link.ts";
import type { Fact } from "../domain/stage.ts";
import type { FlowRecord } from "../flow/record.ts";
import type { WorkItemSummary } from "../lifecycle/health/input.ts";
import type { DeclaredHealth } from "../lifecycle/said-facts.ts";
import type { Place, Row, Table } from "../ports/table.ts";
import { linksOf, update } from "../store/entities.ts";
import { factsKey, timelineKey } from "../store/keys.ts";
import type { EvidenceLine, TimelineLine } from "../store/views.ts";
import { hash } from "./entity-of.ts";
import type { Contribution } from "./relink.ts";
import { UPWARD } from "./statements.ts";

/** What one record says about one feature. */
export interface Said {
  /** It says nothing any more but its times, as those of work that was part of the feature once. */
  readonly gone?: true | undefined;
  readonly line: EvidenceLine;
  readonly facts: readonly Fact[];
  readonly timeline: readonly TimelineLine[];
  /** Where a person says it. */
  readonly assertion?: Assertion | undefined;
  readonly declared?: DeclaredHealth | undefined;
  /** Its times, for figures and health. */
  readonly flow?: FlowRecord | undefined;
  /** Of a work item: what health and progress ask of it, null once it is deleted. */
  readonly item?: Omit<WorkItemSummary, "past"> | null | undefined;
  /** Of an experiment: what was decided, in the tool's word. */
  readonly decision?: string | undefined;
}

/** The same as it is stored: what the derivation reads. */
export interface FactsRow extends Omit<Said, "timeline" | "gone"> {
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
        const via = at.via === "" || at.via === PLACES.native ? viaOf(link) : at.via;
        if (kindOf(up) === "feature") found.set(up, { featureId: up, confidence, via });
        else next.push({ id: up, confidence, via });
      }
    }
    edge = next;
  }
  return [...found.values()].sort((a, b) => (a.featureId < b.featureId ? -1 : 1));
};

const viaOf = ({ decision, evidence }: Link): string =>
  decision === undefined ? PLACES[evidence[0]?.place ?? "native"] : `confirmed by ${decision.by.name}`;

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
  const before = held?.data;
  if (said === undefined && (before === undefined || before.gone)) return held;
  const timeline = numbered(said?.timeline ?? []);
  const past = before?.lines ?? {};
  const data = said === undefined ? before && { ...before, lines: {}, gone: true } : factsRow(said, timeline, past);
  if (data === undefined || JSON.stringify(before) === JSON.stringify(data)) return held;
  for (const place of Object.keys(past)) if (!timeline.has(place)) await removeLine(table, featureId, recordId, place);
  for (const [place, line] of timeline) {
    const version = data.lines[place];
    if (version !== undefined && past[place] !== version)
      await setLine(table, lineKey(featureId, recordId, place), line, Number.parseInt(version, 10));
  }
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
  { timeline: _, gone, ...said }: Said,
  timeline: ReadonlyMap<string, TimelineLine>,
  past: FactsRow["lines"],
): FactsRow => ({
  ...said,
  gone: gone === true,
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
export const summaryOf = (entity: Entity): Said["item"] => {
  if (!isKind(entity, "workItem")) return undefined;
  if (entity.presence.state === "deleted") return null;
  const { status, type, priority, startedAt, completedAt, isBlocked, dueAt } = entity.fields;
  const { key, externalId, url } = entity.source;
  return {
    fields: { status, type, priority, startedAt, completedAt, isBlocked, dueAt },
    source: { key, externalId, url },
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
