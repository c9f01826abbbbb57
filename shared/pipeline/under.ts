import { type Entity, isKind } from "../domain/entity.ts";
import type { HistoryEntry } from "../domain/history.ts";
import { kindOf } from "../domain/kind.ts";
import type { Link } from "../domain/link.ts";
import type { Row, Table } from "../ports/table.ts";
import { rowsUpTo, type StoredEntity } from "../store/entities.ts";
import { entriesIn, inOrder } from "../store/history-rows.ts";
import { partition } from "../store/keys.ts";
import type { Recency } from "../store/newest-first.ts";
import type { ViewStep } from "../store/past.ts";
import type { FeatureView } from "../store/views.ts";
import type { FactsRow } from "./contribute.ts";
import type { Seen } from "./health-feeds.ts";
import type { Projected } from "./relink.ts";
import type { Signs } from "./view-signs.ts";

/** A feature's row with why it was last written, so that publication can say so. */
export interface StoredView extends FeatureView {
  readonly cause: "sync" | "time" | "rule_change" | "override";
  /** Of the payload that last changed what it says, where one did. */
  readonly trace?: string | undefined;
  /** What it rests on beside its records; rows of the first versions do without. */
  readonly seen?: Seen;
  /** Absent while the tool of the work cannot be seen. */
  readonly signs?: Signs | undefined;
  /** Over all that is shown but what newer records alone move; unlike it, nothing else is shown. */
  readonly meaning: string;
  /** Versions since the last row of its past, oldest first: they differ in what a step has alone. */
  readonly steps?: readonly ViewStep[];
}

/** All that lies under a feature, read at once. */
export interface Under {
  readonly feature: StoredEntity<"feature"> | undefined;
  readonly history: readonly HistoryEntry[];
  readonly facts: Map<string, Row<FactsRow>>;
  /** Initiatives above its own record. */
  readonly initiatives: readonly string[];
  /** What was last found about it. */
  readonly projected: Partial<Projected>;
  readonly view: Row<StoredView> | undefined;
  readonly recency: Recency | undefined;
}

export const underOf = async (table: Table, id: string): Promise<Under> => {
  let feature: StoredEntity<"feature"> | undefined;
  let view: Row<StoredView> | undefined;
  let recency: Recency | undefined;
  const history: HistoryEntry[] = [];
  const facts = new Map<string, Row<FactsRow>>();
  const initiatives: string[] = [];
  let projected: Partial<Projected> = {};
  for await (const row of rowsUpTo(table, partition.ofEntity(id), "V")) {
    const { sk, data } = row;
    if (sk === "A") feature = isKind(data as Entity, "feature") ? (data as StoredEntity<"feature">) : undefined;
    else if (sk === "V") view = row as Row<StoredView>;
    else if (sk === "R") recency = row as Recency;
    else if (sk.startsWith("H#")) history.push(...entriesIn(data));
    else if (sk.startsWith("F#")) facts.set(sk.slice("F#".length), row as Row<FactsRow>);
    else if (sk === "C") projected = data as Projected;
    else if (sk.startsWith("L#<parent_of#")) {
      const { from, validTo } = data as Link;
      if (validTo === undefined && kindOf(from) === "initiative") initiatives.push(from);
    }
  }
  return { feature, history: inOrder(history), facts, initiatives, projected, view, recency };
};
