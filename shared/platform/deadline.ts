import type { Context } from "aws-lambda";

/** Time kept back from a function's limit, to store the last cursor. */
const RESERVE_MS = 5_000;

/** A function's context; a process that people can stop adds its own signal. */
export interface Running extends Pick<Context, "getRemainingTimeInMillis"> {
  readonly stopping?: AbortSignal;
}

/** Aborts shortly before the function would be stopped. */
export const deadline = (context: Running): AbortSignal => {
  const late = AbortSignal.timeout(Math.min(2 ** 31 - 1, Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS)));
  return context.stopping === undefined ? late : AbortSignal.any([late, context.stopping]);
};
