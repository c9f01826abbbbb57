import type { Context } from "aws-lambda";

/** Time kept back from a function's limit, to store the last cursor. */
const RESERVE_MS = 5_000;

/** Aborts shortly before the function would be stopped. */
export const deadline = (context: Pick<Context, "getRemainingTimeInMillis">): AbortSignal =>
  AbortSignal.timeout(Math.min(2 ** 31 - 1, Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS)));
