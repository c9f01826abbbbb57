import { BURST, type Budget, type Limits } from "../connector/limits.ts";
import type { Ports } from "../ports/ports.ts";
import { update } from "../store/entities.ts";
import { budgetKey } from "../store/keys.ts";

/** Requests are taken out of the common budget for so long ahead: one write buys many, and little is lost with a process. */
const SLICE_MS = 5_000;

/** What is given out of a connection's budget. Times in milliseconds since the epoch. */
interface GivenOut {
  /** Up to when the requests are given out. */
  readonly until: number;
  /** The vendor said that nothing is left before. */
  readonly blockedUntil: number;
}

/**
 * One vendor's budget for any number of processes: each takes a slice of the time ahead, and has the requests that fit
 * into it. Who is told that nothing is left tells the others.
 */
export const sharedBudget = (
  { table, clock }: Pick<Ports, "table" | "clock">,
  connection: string,
  requestsPerMinute: number,
): Budget => {
  const gap = 60_000 / requestsPerMinute;
  const size = Math.max(1, Math.floor(SLICE_MS / gap));
  const now = () => clock.now().getTime();
  let mine = { next: 0, left: 0 };
  let blockedUntil = 0;
  let taking: Promise<void> | undefined;
  const take = async (): Promise<void> => {
    await update<GivenOut>(table, budgetKey(connection), (held) => {
      const start = Math.max(held?.data.until ?? 0, now() - BURST * gap);
      blockedUntil = held?.data.blockedUntil ?? 0;
      mine = { next: start, left: size };
      return { data: { ...held?.data, until: start + size * gap, blockedUntil } };
    });
  };
  const holdBack = async (at: number): Promise<void> => {
    if (at <= blockedUntil) return;
    blockedUntil = at;
    await update<GivenOut>(table, budgetKey(connection), (held) =>
      (held?.data.blockedUntil ?? 0) >= at
        ? undefined
        : { data: { ...held?.data, until: held?.data.until ?? 0, blockedUntil: at } },
    );
  };
  return {
    holdBack,
    heldMs: () => Math.max(0, blockedUntil - now()),
    async waitMs() {
      while (mine.left === 0) {
        taking ??= take().finally(() => {
          taking = undefined;
        });
        await taking;
      }
      mine = { next: mine.next + gap, left: mine.left - 1 };
      return Math.max(0, mine.next - now(), blockedUntil - now());
    },
    async learn({ remaining, resetAt }: Limits) {
      if (remaining === 0 && resetAt !== undefined) await holdBack(resetAt);
    },
  };
};
