import type { Instant } from "../domain/instant.ts";
import { OPEN } from "../flow/buckets.ts";
import type { Figure } from "../flow/figures.ts";
import { figuresOf } from "../flow/figures-of.ts";
import type { FlowRecord } from "../flow/record.ts";
import { WEEK_MS, weekOf, weekStart } from "../flow/week.ts";
import type { Row, Table } from "../ports/table.ts";
import { rowsOf } from "./entities.ts";
import { partition } from "./keys.ts";

/** Records of one week of a product, by id; spread over sixteen rows, so that none grows too large. */
export interface FlowRow {
  readonly lines: Readonly<Record<string, FlowRecord>>;
}

/** Figures of flow and delivery over the last weeks. */
export interface FlowView {
  /** The Monday that the first week begins with. */
  readonly from: Instant;
  readonly asOf: Instant;
  /** Full weeks; what came of the running one counts where nothing is counted by the week. */
  readonly weeks: number;
  readonly figures: readonly Figure[];
  /** Where its teams have their work, with how many records each has: `linear:PAY`, `github:acme/web`. */
  readonly places: readonly { readonly place: string; readonly records: number }[];
}

export interface FlowReads {
  /** Bounded by the feature. @param visible which of the records count: all without it */
  featureFlow(
    featureId: string,
    weeks: number,
    visible?: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
  ): Promise<FlowView>;
  /** Bounded by what came, ended or is in progress in these weeks. With a place, only of what lies there. */
  productFlow(productId: string, weeks: number, place?: string): Promise<FlowView>;
}

const PAGE = 500;

export const flowViews = (table: Table, now: () => Date): FlowReads => ({
  async featureFlow(featureId, weeks, visible) {
    const records: FlowRecord[] = [];
    for await (const { data } of rowsOf<{ gone: boolean; flow?: FlowRecord }>(
      table,
      partition.ofEntity(featureId),
      "F#",
    ))
      if (!data.gone && data.flow !== undefined) records.push(data.flow);
    const seen = await visible?.(records.map(({ id }) => id));
    const counted = seen === undefined ? records : records.filter(({ id }) => seen.has(id));
    return flowView(counted, now(), weeks, "feature");
  },
  async productFlow(productId, weeks, place) {
    const at = now();
    const records = await recordsSince(table, productId, weekStart(at.getTime()) - weeks * WEEK_MS);
    return flowView(records, at, weeks, "product", place);
  },
});

/** What the weeks from a Monday on hold, and what is in progress: `open` follows all weeks. */
const recordsSince = async (table: Table, productId: string, monday: number): Promise<FlowRecord[]> => {
  const records: FlowRecord[] = [];
  for (let after = weekOf(monday); ; ) {
    const rows: Row<FlowRow>[] = await table.query<FlowRow>({
      pk: partition.ofFlow(productId),
      after,
      upTo: `${OPEN}#~`,
      limit: PAGE,
    });
    records.push(...rows.flatMap(({ data }) => Object.values(data.lines)));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return records;
    after = last.sk;
  }
};

/** @param place only records that lie there */
export const flowView = (
  records: readonly FlowRecord[],
  now: Date,
  weeks: number,
  part: "feature" | "product",
  place?: string,
): FlowView => {
  const unique = [...new Map(records.map((record) => [record.id, record])).values()];
  const byPlace = Map.groupBy(unique, (record) => record.place);
  const asOf = now.toISOString();
  return {
    from: new Date(weekStart(now.getTime()) - weeks * WEEK_MS).toISOString(),
    asOf,
    weeks,
    figures: figuresOf(place === undefined ? unique : (byPlace.get(place) ?? []), { asOf, weeks, part }),
    places: [...byPlace]
      .map(([name, held]) => ({ place: name, records: held.length }))
      .sort((a, b) => (a.place < b.place ? -1 : 1)),
  };
};
