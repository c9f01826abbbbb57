import type { Assertion } from "../domain/assertion.ts";
import { type Entity, isKind, nameOf } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link, Place } from "../domain/link.ts";
import type { Fact } from "../domain/stage.ts";
import type { FlowRecord } from "../flow/record.ts";
import type { DeclaredHealth } from "../lifecycle/said-facts.ts";
import type { Table } from "../ports/table.ts";
import { linksOf, update } from "../store/entities.ts";
import { factsKey, timelineKey } from "../store/keys.ts";
import type { EvidenceLine, TimelineLine } from "../store/views.ts";
import { hash } from "./entity-of.ts";
import type { Contribution } from "./relink.ts";
import { UPWARD } from "./statements.ts";

/** All that one record says about one feature: what the derivation reads. */
export interface FactsRow {
  readonly gone: boolean;
  readonly line: EvidenceLine;
  readonly facts: readonly Fact[];
  readonly timeline: readonly TimelineLine[];
  /** Where a person says it. */
  readonly assertion?: Assertion | undefined;
  readonly declared?: DeclaredHealth | undefined;
  /** Its times, for figures and health. */
  readonly flow?: FlowRecord | undefined;
}

/** A path longer than this is a loop or says nothing. */
const HOPS = 6;

const PLACES: Readonly<Record<Place, string>> = {
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
 */
export const putFacts = async (
  table: Table,
  featureId: string,
  recordId: string,
  wanted: FactsRow | undefined,
): Promise<void> => {
  const key = factsKey(featureId, recordId);
  for (;;) {
    const held = await table.get<FactsRow>(key.pk, key.sk);
    const before = held === undefined || held.data.gone ? undefined : held.data;
    if (JSON.stringify(before) === JSON.stringify(wanted)) return;
    const now = new Map((wanted?.timeline ?? []).map((line) => [hash(line), line]));
    const past = new Map((before?.timeline ?? []).map((line) => [hash(line), line]));
    for (const [id, line] of past) if (!now.has(id)) await setLine(table, featureId, id, line, true);
    for (const [id, line] of now) if (!past.has(id)) await setLine(table, featureId, id, line, false);
    const data = wanted ?? (before && { ...before, gone: true });
    if (data === undefined) return;
    if (await table.put({ ...key, version: (held?.version ?? 0) + 1, data })) return;
  }
};

const setLine = (table: Table, featureId: string, id: string, line: TimelineLine, gone: boolean): Promise<boolean> =>
  update<{ line: TimelineLine; gone: boolean }>(table, timelineKey(featureId, line.at, id), (held) =>
    held?.data.gone === gone ? undefined : { data: { line, gone } },
  );

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
