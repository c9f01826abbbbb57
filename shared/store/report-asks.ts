import type { Instant } from "../domain/instant.ts";
import type { Table } from "../ports/table.ts";
import type { Who } from "./access.ts";
import { rowsOf, update } from "./entities.ts";
import { partition, reportAskKey } from "./keys.ts";

/** What somebody asked of a report beside its schedule, and how far it is. */
export interface ReportAsk {
  readonly report: string;
  /** `run`: made and sent now; `test`: shown to one mail address, kept nowhere. */
  readonly what: "run" | "test";
  /** Of a test: `email:<address>`. */
  readonly to?: string | undefined;
  readonly by: Who;
  readonly at: Instant;
  /** `taken`: somebody is at it; `unknown`: it may have arrived. */
  readonly state: "waiting" | "taken" | "done" | "failed" | "unknown";
  readonly takenAt?: Instant | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
}

const KEPT_SECONDS = 30 * 86_400;

const keyOf = ({ report, what, by }: Pick<ReportAsk, "report" | "what" | "by">) => reportAskKey(report, what, by.id);

const expiry = (at: Instant): number => Math.ceil(Date.parse(at) / 1000) + KEPT_SECONDS;

/** Asks for it; what the same person asked for before and nobody took yet is forgotten. @returns what waits now */
export const askReport = async (
  table: Table,
  wanted: Pick<ReportAsk, "report" | "what" | "to" | "by">,
  now: Date,
): Promise<ReportAsk> => {
  const at = now.toISOString();
  const ask: ReportAsk = { ...wanted, at, state: "waiting" };
  await update<ReportAsk>(table, keyOf(ask), () => ({ data: ask, expiresAt: expiry(at) }));
  return ask;
};

/** Changes one unless it was asked anew meanwhile. @returns whether it was changed */
export const setAsk = (table: Table, held: ReportAsk, next: Partial<ReportAsk>): Promise<boolean> =>
  update<ReportAsk>(table, keyOf(held), (row) =>
    row === undefined || row.data.at !== held.at || row.data.state !== held.state
      ? undefined
      : { data: { ...row.data, ...next }, expiresAt: expiry(held.at) },
  );

/** What was asked of a report in the last weeks. */
export const asksOf = async (table: Table, report: string): Promise<ReportAsk[]> => {
  const found: ReportAsk[] = [];
  for await (const { data } of rowsOf<ReportAsk>(table, partition.ofReport(report), "W#")) found.push(data);
  return found;
};
