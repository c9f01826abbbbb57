import type { Assertion } from "../domain/assertion.ts";
import { type Entity, nameOf } from "../domain/entity.ts";
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
